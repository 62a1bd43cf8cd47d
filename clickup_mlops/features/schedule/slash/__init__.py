"""Slash commands of the schedule."""
