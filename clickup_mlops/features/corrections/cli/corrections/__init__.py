"""List or export the decisions that people corrected."""
