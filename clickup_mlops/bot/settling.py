"""What became of writes that were cut off: found out by reading, never repeated blindly."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from clickup_mlops import logs
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.lanes import Postponed
from clickup_mlops.bot.reader import Reader
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import NotFound
from clickup_mlops.rules.model import NO_TASK, Change
from clickup_mlops.rules.perform import Hands
from clickup_mlops.store import Store
from clickup_mlops.store.journal import DONE, JournalRow

NOT_SEEN: Final = "not seen"
"""Outcome of a write that the task does not show: it never happened, or was overwritten."""
ON_ITS_WAY_MS: Final = 1_000
"""So long a call that lost its caller may still be on its way to ClickUp."""

_log = logs.get()


class Settling:
    """Closes the journal's open rows of a lane."""

    def __init__(self, store: Store, reader: Reader, hands: Hands, clock: Clock) -> None:
        self._store, self._reader, self._hands, self._clock = store, reader, hands, clock

    def settle(self, lane: str) -> None:
        """Read each task with an open write once, and note what it shows.

        Raises:
            Postponed: a write may still be on its way.
            NotFound: the lane's own task is gone.
        """
        unknown = sorted(self._store.journal.unfinished(lane), key=attrgetter("task_id"))
        if not unknown:
            return
        quiet_ms = max(row.begun_ms for row in unknown) + ON_ITS_WAY_MS
        if quiet_ms > self._clock():
            raise Postponed(quiet_ms)
        for task_id, rows in groupby(unknown, attrgetter("task_id")):
            self._of_task(lane, task_id, list(rows))

    def give_up(self, lane: str) -> None:
        """The lane's task is gone: nothing can be read any more."""
        for row in self._store.journal.unfinished(lane):
            self._store.journal.finish(row.id, NOT_SEEN, self._clock())

    def _of_task(self, lane: str, task_id: str, rows: Sequence[JournalRow]) -> None:
        try:
            task = self._reader.read_now(task_id) if task_id else NO_TASK
        except NotFound:
            if task_id == lane:
                raise
            task = None
        for row in rows:
            self._close(row, task)

    def _close(self, row: JournalRow, task: Task | None) -> None:
        change = Change(row.kind, row.before, row.after, "", {})
        receipt = None if task is None else self._find(task, change)
        outcome = NOT_SEEN if receipt is None else DONE
        self._store.journal.finish(row.id, outcome, self._clock(), receipt=receipt)
        _log.info("write_settled", task=row.task_id, kind=row.kind, outcome=outcome)

    def _find(self, task: Task, change: Change) -> Any:
        try:
            return self._hands.effects[change.effect].find(self._hands.clickup, task, change)
        except NotFound:  # where it was to be, such as a List that is gone
            return None
