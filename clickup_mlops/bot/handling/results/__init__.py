"""What became of decisions and automations: decision log, outcomes, run log."""
