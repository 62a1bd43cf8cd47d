"""Who sends a request and reads its answer: one port, and the HTTP clients behind it."""
