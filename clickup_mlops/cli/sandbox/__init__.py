"""Run the local ClickUp sandbox."""
