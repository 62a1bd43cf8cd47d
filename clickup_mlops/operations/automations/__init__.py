"""Automations: list, describe, test, lint and simulate them, and look at their runs."""
