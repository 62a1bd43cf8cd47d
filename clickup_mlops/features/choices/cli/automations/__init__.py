"""What people chose about automations."""
