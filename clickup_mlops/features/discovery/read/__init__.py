"""Readers: an export or API of another tool, and ClickUp itself, become traces."""
