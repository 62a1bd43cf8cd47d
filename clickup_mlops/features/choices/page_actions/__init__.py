"""Buttons of choices about automations."""
