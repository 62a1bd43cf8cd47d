"""Workspaces as code: templates are planned, applied, adopted, verified and undone."""
