"""List, show, test, lint, run and simulate the automations, and look at their runs."""
