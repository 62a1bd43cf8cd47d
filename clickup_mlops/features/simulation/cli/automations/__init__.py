"""Simulate automations, and show what is recorded for that."""
