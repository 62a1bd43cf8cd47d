"""The audit: a hash chain of every write to ClickUp (`chain`, pure) and its tables (`log`)."""
