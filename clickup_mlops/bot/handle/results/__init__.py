"""Outcomes of decisions and automations: decision log, run log, a task's present state."""
