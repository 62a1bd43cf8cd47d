"""Training runs: when each of them starts, and how far it is."""
