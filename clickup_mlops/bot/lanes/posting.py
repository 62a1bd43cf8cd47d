"""Writes to ClickUp from lanes of the bot's own: journalled, capped, reconciled after a crash."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from clickup_mlops.automations.model import Action, Change
from clickup_mlops.automations.perform import ExecutorContext, State, perform
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.lanes.worker import Postponed
from clickup_mlops.store import InboxRow, Store
from clickup_mlops.store.journal_rows import JournalRow

CAPPED_MS: Final = 600_000
"""How soon a write is tried again that would be more than the cap."""


@dataclass(frozen=True, slots=True)
class Author:
    """In whose name is written: `name` stands in journal and audit, `kind` says what it is."""

    name: str
    kind: str
    cap: int
    """Most writes in one hour."""


class Poster:
    """`recover` first, then `post`."""

    def __init__(
        self,
        store: Store,
        context: ExecutorContext,
        reconcile: Callable[[str], object],
        clock: Clock,
    ) -> None:
        self._store, self._context = store, context
        self._reconcile, self._clock = reconcile, clock

    def recover(self, lane: str) -> None:
        """Find out what became of writes of this lane that were cut off.

        Raises:
            Postponed: one may still be on its way.
        """
        self._reconcile(lane)
        self._store.flush()

    def latest_write(self, task_id: str, kind: str) -> JournalRow | None:
        """The bot's latest write of this kind that is there."""
        row = self._store.journal.latest_done(task_id, kind)
        return row if row is not None and row.after is not None else None

    def post(self, row: InboxRow, author: Author, task_id: str, change: Change) -> State:
        """Write it because of this row; what a person has deleted meanwhile is made anew.

        Raises:
            Postponed: the cap is reached.
            ClickUpMlopsError: ClickUp refused, or did not answer.
        """
        action = Action(
            automation=author.name,
            action=author.kind,
            task_id=task_id,
            change=change,
            cause=row.key,
            mode="on",
            cap=author.cap,
            event_kind=row.kind,
        )
        now = self._clock()
        state = perform(action, self._context, lane=row.lane).state
        self._store.flush()  # what is planned next must see it
        if state == "capped":
            raise Postponed(now + CAPPED_MS)
        return state
