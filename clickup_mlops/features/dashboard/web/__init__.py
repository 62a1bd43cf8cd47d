"""The dashboard: who gets in, and pages as HTML, JSON and CSV."""
