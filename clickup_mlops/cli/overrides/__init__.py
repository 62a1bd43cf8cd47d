"""Decisions that people overruled: list them, and teach the classifier with them."""
