"""List, show, test, lint and simulate the automations, and look at their runs."""
