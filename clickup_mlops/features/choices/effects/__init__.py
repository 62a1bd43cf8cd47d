"""Effects of choices about automations."""
