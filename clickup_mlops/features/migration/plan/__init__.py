"""The dry run: one pass over what was read, and what it says about the migration. Pure."""
