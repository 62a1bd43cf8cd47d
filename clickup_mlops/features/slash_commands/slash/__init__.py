"""Slash commands: one file per command, named like the command, each defining `COMMAND`."""
