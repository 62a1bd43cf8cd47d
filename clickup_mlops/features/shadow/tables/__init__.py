"""Tables of shadow mode."""
