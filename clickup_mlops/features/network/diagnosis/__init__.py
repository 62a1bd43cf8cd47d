"""Readings of a fabric and its topology -> findings: one for each cause, at its place."""
