"""Buttons of shadow mode."""
