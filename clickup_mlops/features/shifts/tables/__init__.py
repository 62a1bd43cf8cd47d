"""Tables of shifts."""
