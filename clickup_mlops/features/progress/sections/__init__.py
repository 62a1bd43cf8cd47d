"""Sections of pages and reports."""
