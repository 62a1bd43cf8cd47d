"""Changes whose event never came, derived from the task as it was last known and as it is now."""
