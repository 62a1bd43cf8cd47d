"""Commands of choices about automations."""
