"""Sections of reports about shadow mode."""
