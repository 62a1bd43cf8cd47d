"""Formulas: a window of scrapes -> numbers. Pure; what cannot be known is None, never 0."""
