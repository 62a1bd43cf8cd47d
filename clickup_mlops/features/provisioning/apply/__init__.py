"""A plan in, a changed workspace out: journalled, recoverable, verifiable, undoable."""
