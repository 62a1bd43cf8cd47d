"""Comments, chat and docs."""
