"""Names the open task that a new one resembles most."""
