"""Digests: a message a day in a chat channel about open work, kept up to date."""
