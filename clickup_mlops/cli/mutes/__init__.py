"""Automations that leave a task alone for a while: list them, or end that."""
