"""List, show and replay received events."""
