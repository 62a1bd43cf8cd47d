"""How tasks are read: each once for a burst of events, at the lowest price in calls."""
