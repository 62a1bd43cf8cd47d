"""Commands of impact."""
