"""List, show, test, lint, simulate and run the automations, and look at their runs."""
