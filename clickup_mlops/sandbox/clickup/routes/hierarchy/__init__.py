"""Spaces, Folders, Lists and tags."""
