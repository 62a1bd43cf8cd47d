"""What a tool is given besides its arguments: the settings, the store and the bot."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from clickup_mlops.bot import app, clock
from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.settings import Settings
from clickup_mlops.errors import InputError, NotFound
from clickup_mlops.operations import opening
from clickup_mlops.ports.sections.history import open_data
from clickup_mlops.ports.sections.model import Data
from clickup_mlops.store import Store
from clickup_mlops.store import access as store_access
from clickup_mlops.store.access import EVERYTHING
from clickup_mlops.store.database.missing_database import Absent

ACTOR: Final = "agent (MCP)"
"""Who asked for a write, in the audit."""


@dataclass(frozen=True, slots=True)
class Access:
    """Store and bot are opened for each call, as for each command: both see files as they are.

    `reader`: what the person whose agent asks may see.
    """

    settings: Settings
    now_ms: Callable[[], int] = clock.now_ms
    reader: store_access.Access = EVERYTHING

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The bot's store, as far as the reader sees it. Raises ConfigError: there is none."""
        with opening.open_store(self.settings) as store:
            yield store.seen_with(self.reader)

    @contextmanager
    def data(self) -> Iterator[Data]:
        """What pages are made of, as far as the reader sees it."""
        with self._open_bot("refuse") as bot:
            yield open_data(bot, self.reader, self.now_ms())

    @contextmanager
    def bot(self, absent: Absent = "refuse", *, about: str = "") -> Iterator[Bot]:
        """The bot, not started, with everything. `about`: the only task that is asked about.

        Raises:
            NotFound: the reader does not see that task.
            InputError: the reader does not see everything, and no task is named.
        """
        with self._open_bot(absent) as bot:
            if not self.reader.is_whole:
                self._must_see(bot, about)
            yield bot

    def _open_bot(self, absent: Absent) -> Bot:
        return app.build(self.settings, clock=self.now_ms, absent=absent)

    def _must_see(self, bot: Bot, task_id: str) -> None:
        if not task_id:
            raise InputError(
                "this tool is for those who see the whole Workspace",
                hint="Connect with mcp.token, which who runs the bot has.",
            )
        if bot.store.seen_with(self.reader).mirror.get(task_id) is None:
            raise NotFound(f"no task {task_id}", status=404)
