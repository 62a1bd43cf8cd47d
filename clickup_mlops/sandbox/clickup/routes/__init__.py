"""One resource per file; each defines `ROUTES`, a blueprint. Routes hold no logic."""
