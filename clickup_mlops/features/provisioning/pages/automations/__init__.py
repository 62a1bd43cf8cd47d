"""Sections of the page "Automations"."""
