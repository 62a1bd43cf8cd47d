"""Commands of shadow mode."""
