"""List, show and test the automations."""
