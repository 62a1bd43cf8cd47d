"""Look at received events, and replay parked ones."""
