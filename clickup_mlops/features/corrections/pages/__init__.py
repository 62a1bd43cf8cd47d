"""What this feature shows on pages."""
