"""Effects of the schedule."""
