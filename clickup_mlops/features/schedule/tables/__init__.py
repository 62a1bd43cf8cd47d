"""Tables of the schedule."""
