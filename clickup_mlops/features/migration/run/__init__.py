"""Performs a migration: every step once, whatever interrupts it."""
