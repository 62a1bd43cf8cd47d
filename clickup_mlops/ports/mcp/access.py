"""What a tool is given besides its arguments: the settings, the store and the bot."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from clickup_mlops.bot import app, clock
from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.settings import Settings
from clickup_mlops.operations import opening
from clickup_mlops.store import Store
from clickup_mlops.store.database.missing_database import Absent

ACTOR: Final = "agent (MCP)"
"""Who asked for a write, in the audit."""


@dataclass(frozen=True, slots=True)
class Access:
    """Store and bot are opened for each call, as for each command: both see files as they are."""

    settings: Settings
    now_ms: Callable[[], int] = clock.now_ms

    def store(self) -> Store:
        """The bot's store; use it in a `with`. Raises ConfigError: there is none."""
        return opening.open_store(self.settings)

    def bot(self, absent: Absent = "refuse") -> Bot:
        """The bot, not started; use it in a `with`."""
        return app.build(self.settings, clock=self.now_ms, absent=absent)
