"""Slash commands: one word per file, named like the file, each defining `WORD`."""
