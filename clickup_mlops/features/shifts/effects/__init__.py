"""Effects of shifts."""
