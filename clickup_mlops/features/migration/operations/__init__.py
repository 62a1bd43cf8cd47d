"""Use cases of a migration: draft a mapping, plan, run, verify, undo."""
