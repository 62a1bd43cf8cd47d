"""Kinds of faults, one a file: how each shows, what to do, and what would disprove it."""
