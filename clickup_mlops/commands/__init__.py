"""Slash commands in task comments: parsed and answered by pure code, executed by `bot.handling`."""
