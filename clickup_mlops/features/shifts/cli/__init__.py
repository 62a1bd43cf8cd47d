"""Commands about shifts."""
