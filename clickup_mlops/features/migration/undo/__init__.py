"""Removes what a migration made, and leaves what people have changed since."""
