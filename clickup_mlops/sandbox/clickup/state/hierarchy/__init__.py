"""Spaces, Folders, Lists and the tags of a Space."""
