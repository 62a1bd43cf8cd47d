"""Carries over what changed in the source since the run, where nobody changed it in ClickUp too."""
