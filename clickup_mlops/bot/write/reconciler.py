"""Reconciles writes that were cut off with ClickUp: by reading, never by blind repetition.

ClickUp may act on a call after its caller has left: killed, or tired of waiting. What is found is
closed at once. What would make a second thing if it were written again, and is not found, is looked
for once more after a while, and only its lane waits. So is a value that the task does not show, if
the task has changed since and no event says how: a person may have reverted it, which an event that
is late then tells.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from clickup_mlops import logs
from clickup_mlops.automations.model import NO_TASK, Change, Effect, LostWrite, swapped
from clickup_mlops.automations.perform import ExecutorContext
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.lanes.worker import Postponed
from clickup_mlops.bot.read.reader import TaskReader
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import Task
from clickup_mlops.clickup.webhook import SLACK_MS
from clickup_mlops.errors import NotFound
from clickup_mlops.store import Store
from clickup_mlops.store.journal_rows import ANY, DONE, NOT_SEEN, JournalRow
from clickup_mlops.store.tables.journal import ECHO_EARLY_MS, HOUR_MS

ON_ITS_WAY_MS: Final = 1_000
"""So long a call that lost its caller is usually on its way to ClickUp."""
CLOCK_SLACK_MS: Final = 1_000
"""How far the bot's clock may differ from ClickUp's, which shows whole seconds."""
OPEN: Final = "open"
"""Scope of the notes about when a write was first looked for in vain; the name is its number."""

_log = logs.get()


class Reconciler:
    """Closes the journal's open rows of a lane. ClickUp acts on a call within `late_ms` after its
    caller has left, or never. `closing` gets the task of each write that took effect: what it
    defers is written together with the write's end.
    """

    def __init__(
        self,
        store: Store,
        reader: TaskReader,
        context: ExecutorContext,
        clock: Clock,
        *,
        closing: Callable[[str], None],
        late_ms: int,
    ) -> None:
        self._store, self._reader, self._context, self._clock = store, reader, context, clock
        self._closing, self._late_ms = closing, late_ms

    def reconcile(self, lane: str) -> None:
        """Read each task with an open write once, and close the writes by what it shows.

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
        waits: list[int] = []
        for task_id, rows in groupby(unknown, attrgetter("task_id")):
            waits += self._of_task(lane, task_id, list(rows))
        if waits:
            raise Postponed(max(waits))

    def forget(self, lane: str) -> None:
        """The lane's task is gone: its open writes cannot be read any more."""
        for row in self._store.journal.unfinished(lane):
            self._close(row, None)

    def _of_task(self, lane: str, task_id: str, rows: Sequence[JournalRow]) -> list[int]:
        """Closes those whose outcome is known; until when each of the others may still happen."""
        try:
            task = self._reader.read_now(task_id) if task_id else NO_TASK
        except NotFound:
            if task_id == lane:
                raise
            task = None
        # What is seen is closed first: it may be what has changed the task.
        missing = [row for row in rows if not self._close_if_seen(row, task)]
        waits = [self._of_missing(row, task) for row in missing]
        return [until_ms for until_ms in waits if until_ms is not None]

    def _close_if_seen(self, row: JournalRow, task: Task | None) -> bool:
        """Closes the write if the task or an event shows it; whether it did."""
        change = _change(row)
        effect = self._context.effects[change.effect]
        receipt = None if task is None else self._find(effect, task, change, row)
        if receipt is None and self._context.is_reported(row.id, row, row.begun_ms - ECHO_EARLY_MS):
            receipt = True
        if receipt is not None:
            self._close(row, receipt)
        return receipt is not None

    def _of_missing(self, row: JournalRow, task: Task | None) -> int | None:
        """Closes a write that nothing shows, unless it may still: then until when (Unix ms)."""
        change = _change(row)
        effect = self._context.effects[change.effect]
        replaced = task is not None and self._is_replaced(row, effect)
        may_come = task is not None and (
            effect.is_new(change) or self._may_be_reverted(row, task, effect)
        )
        if may_come and not replaced:
            until_ms = self._first_missed_ms(row) + self._late_ms
            if until_ms > self._clock():
                return until_ms
        # Without an event that says so nobody reverted it: a write that was lost would stay lost.
        self._close(row, True if replaced else None)
        return None

    def _is_replaced(self, row: JournalRow, effect: Effect) -> bool:
        """Whether an event says that the value was changed to another one since the write began."""
        rows = self._store.inbox.reported([row.task_id], row.begun_ms)
        items = (item for event in rows for item in webhook.parse(event.body).items)
        changes = (effect.echo(item) for item in items if item.date_ms > row.begun_ms)
        return any(
            kind == row.kind and after not in (row.after, ANY)
            for kind, after in filter(None, changes)
        )

    def _may_be_reverted(self, row: JournalRow, task: Task, effect: Effect) -> bool:
        """Whether the task shows the value from before the write, but has changed since it began,
        and nothing else says how: it may have taken effect, and a person may have reverted it.
        Their events may be late.
        """
        back = Change(row.kind, row.after, row.before, "", {})
        if effect.undo is not swapped or self._find(effect, task, back, row) is None:
            return False
        if task.id != row.task_id or task.updated_ms < row.begun_ms:
            return False
        if self._is_replaced(row, effect):
            return True
        if self._store.inbox.reported([task.id], task.updated_ms - SLACK_MS):
            return False
        writes = self._store.task_writes.since([task.id], row.begun_ms - HOUR_MS)
        ends = (write.finished_ms for write in writes if write.id != row.id)
        return all(end is None or task.updated_ms > end + CLOCK_SLACK_MS for end in ends)

    def _first_missed_ms(self, row: JournalRow) -> int:
        """When somebody first looked for it in vain. Its caller had left by then."""
        # Kept, because the next look may be another process's.
        self._store.notes.first(OPEN, str(row.id), True, self._clock())
        note = self._store.notes.get(OPEN, str(row.id))
        return note.at_ms if note else self._clock()

    def _close(self, row: JournalRow, receipt: Any) -> None:
        outcome = NOT_SEEN if receipt is None else DONE
        if outcome == DONE:
            self._closing(row.task_id)
        self._store.notes.remove(OPEN, str(row.id), wait=False)
        self._store.journal.finish(row.id, outcome, self._clock(), receipt=receipt)
        _log.info("write_reconciled", task=row.task_id, kind=row.kind, outcome=outcome)

    def _find(self, effect: Effect, task: Task, change: Change, row: JournalRow) -> Any:
        is_taken = partial(self._store.journal.is_taken, change.effect)
        lost_write = LostWrite(row.begun_ms - ECHO_EARLY_MS, is_taken)
        try:
            return effect.find(self._context.clickup, task, change, lost_write)
        except NotFound:  # where it was to be, such as a List that is gone
            return None


def _change(row: JournalRow) -> Change:
    return Change(row.kind, row.before, row.after, "", {})
