"""Undoes writes of the bot: which, how far they hold, and from a comment."""
