"""Derives what has happened on tasks without an event: what is known of each is kept in the store,
and compared with the task as it is.

Known is what its events have reported: an event that comes in changes nothing here, it explains.
So a change stays to be derived, however often the task is read, until a back-fill has done it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from clickup_mlops.automations.model import Effect
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handle.derived.differences import Difference, LastState, Report, differences
from clickup_mlops.bot.handle.derived.states import reported, state_of
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import Task
from clickup_mlops.clickup.webhook import SLACK_MS
from clickup_mlops.errors import BadPayload
from clickup_mlops.store import Store
from clickup_mlops.store.tables.journal import HOUR_MS, WRITE_SLACK_MS
from clickup_mlops.store.tables.notes import STATE, Note

_BEGAN: Final = "began"
"""Name of the note that says that the tasks of the mirror are known; no task has this id."""
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Read:
    """When something was read from ClickUp (Unix ms, by the bot's clock)."""

    begin_ms: int
    end_ms: int


class Derivation:
    """`differences` compares, the others keep what is known. Safe for many threads."""

    def __init__(self, store: Store, effects: Mapping[str, Effect], clock: Clock) -> None:
        self._store, self._effects, self._clock = store, effects, clock

    def read_known(self, task_ids: Collection[str]) -> dict[str, LastState]:
        """What is known of these tasks, by id."""
        notes = self._store.notes.get_many(STATE, task_ids)
        return {task_id: _parse_note(note) for task_id, note in notes.items()}

    def differences(
        self, tasks: Sequence[Task], states_before: Mapping[str, LastState]
    ) -> dict[str, list[Difference]]:
        """What neither an event nor a write of the bot explains, of the tasks that differ."""
        states = {task.id: state_of(task) for task in tasks if task.id in states_before}
        # Also one that looks the same: what the bot wrote may have been reverted since.
        changed = {
            task.id
            for task in tasks
            if task.id in states_before
            and (
                task.updated_ms != states_before[task.id].updated_ms
                or states[task.id] != states_before[task.id].state
            )
        }
        reports = self._reports(changed, states_before)
        by_task = {
            task_id: differences(states_before[task_id], states[task_id], reports.get(task_id, ()))
            for task_id in sorted(changed)
        }
        return {
            task_id: task_differences
            for task_id, task_differences in by_task.items()
            if task_differences
        }

    def remember(self, tasks: Iterable[Task], read: Read, *, wait: bool = True) -> None:
        """All of this is known of the tasks; `read`: when they were read."""
        notes = {task.id: Note(_value(task, read.end_ms), read.begin_ms) for task in tasks}
        self._store.notes.put_newer(STATE, notes, wait=wait)

    def remember_first(self, task: Task, read: Read) -> None:
        """The same, unless something is known of it; with this thread's next write."""
        value = _value(task, read.end_ms)
        self._store.notes.put_first(STATE, task.id, value, read.begin_ms)

    def begin(self) -> None:
        """The first time: known is what the mirror shows. Safe to repeat."""
        notes = self._store.notes
        if notes.get(STATE, _BEGAN) is not None:
            return
        part: dict[str, Note] = {}
        for row in self._store.mirror.iterate():
            value = _value(Task.parse(row.raw), row.fetched_ms)
            part[row.task_id] = Note(value, row.fetched_ms)
            if len(part) == _AT_ONCE:
                notes.put_newer(STATE, part)
                part = {}
        notes.put_newer(STATE, part)
        notes.put(STATE, _BEGAN, {}, self._clock())

    def _reports(
        self, task_ids: Collection[str], states_before: Mapping[str, LastState]
    ) -> dict[str, list[Report]]:
        """What events and writes say of these tasks since they were known, by task."""
        by_task: dict[str, list[Report]] = {task_id: [] for task_id in task_ids}
        if not task_ids:
            return by_task
        since_ms = min(states_before[task_id].updated_ms for task_id in task_ids) - SLACK_MS
        for row in self._store.inbox.reported(task_ids, since_ms):
            after_ms = states_before[row.lane].updated_ms - SLACK_MS
            by_task[row.lane] += self._of_event(row.body, after_ms)
        for task_id, report in self._writes(task_ids, since_ms):
            if report.end_ms >= states_before[task_id].updated_ms - WRITE_SLACK_MS:
                by_task[task_id].append(report)
        return by_task

    def _of_event(self, body: bytes, after_ms: int) -> Iterator[Report]:
        try:
            items = webhook.parse(body).items
        except BadPayload:
            return
        for item in items:
            for kind, value in reported(item, self._effects) if item.date_ms >= after_ms else ():
                yield Report(kind, value, item.date_ms, item.date_ms, "event")

    def _writes(self, task_ids: Collection[str], since_ms: int) -> Iterator[tuple[str, Report]]:
        """One that began before may have ended since."""
        now = self._clock()
        for row in self._store.task_writes.since(task_ids, since_ms - HOUR_MS):
            end_ms = now if row.finished_ms is None else row.finished_ms
            yield row.task_id, Report(row.kind, row.after, row.begun_ms, end_ms, "write")


def _value(task: Task, read_ms: int) -> dict[str, Any]:
    return {"state": state_of(task), "updated_ms": task.updated_ms, "read_ms": read_ms}


def _parse_note(note: Note) -> LastState:
    value = note.value
    return LastState(value["state"], value["updated_ms"], value["read_ms"], note.at_ms)
