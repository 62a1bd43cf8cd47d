"""Look after the webhook in ClickUp."""
