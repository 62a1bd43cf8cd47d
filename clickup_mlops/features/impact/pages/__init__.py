"""The page of impact."""
