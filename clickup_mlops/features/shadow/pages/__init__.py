"""Pages of shadow mode."""
