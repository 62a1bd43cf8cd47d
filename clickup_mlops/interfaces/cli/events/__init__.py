"""List, show, replay and discard received events."""
