"""Tools for agents about the schedule."""
