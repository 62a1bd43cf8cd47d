"""Slash commands about shifts."""
