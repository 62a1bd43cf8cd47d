"""List and test the automations."""
