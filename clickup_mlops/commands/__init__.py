"""Slash commands in task comments: pure code reads and answers, `bot.handling` acts."""
