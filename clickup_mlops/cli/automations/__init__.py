"""List, show and test the automations, and look at what they did."""
