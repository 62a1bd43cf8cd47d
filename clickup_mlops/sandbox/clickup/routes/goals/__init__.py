"""Goals and their targets."""
