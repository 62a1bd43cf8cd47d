"""Tables of choices about automations."""
