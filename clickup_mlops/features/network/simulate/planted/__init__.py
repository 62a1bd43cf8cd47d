"""Faults to plant, one a file: what they change in a world before it begins."""
