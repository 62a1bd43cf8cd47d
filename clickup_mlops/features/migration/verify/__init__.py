"""Compares the source with ClickUp, field by field, independently of what a run has noted."""
