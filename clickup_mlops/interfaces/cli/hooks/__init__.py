"""Manage the webhook in ClickUp."""
