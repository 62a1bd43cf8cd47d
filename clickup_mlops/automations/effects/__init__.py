"""Sorts of writes to ClickUp: one per file, named like the file, each defining `EFFECT`."""
