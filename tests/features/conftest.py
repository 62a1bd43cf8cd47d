"""The store and the clock of the bot's tests, for those of features."""

from tests.bot.conftest import clock, store

__all__ = ["clock", "store"]
