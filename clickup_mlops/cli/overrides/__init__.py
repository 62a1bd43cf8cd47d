"""Decisions that people corrected: list them, and export them to train the classifier."""
