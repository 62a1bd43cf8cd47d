"""Kinds of targets of reports: one per file, named like the file, each defining `TARGET`."""
