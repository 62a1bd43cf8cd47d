"""Reports: building one, and sending it."""
