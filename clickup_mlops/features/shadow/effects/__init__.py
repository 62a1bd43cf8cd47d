"""Effects of shadow mode."""
