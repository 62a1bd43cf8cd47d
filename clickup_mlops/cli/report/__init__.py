"""Build reports of what happened in a period."""
