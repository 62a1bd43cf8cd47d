"""Page actions."""
