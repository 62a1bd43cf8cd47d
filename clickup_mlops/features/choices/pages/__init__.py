"""Pages of choices about automations."""
