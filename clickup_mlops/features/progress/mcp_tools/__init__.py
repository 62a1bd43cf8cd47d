"""Tools for agents about runs."""
