"""What is noted about each task between its events: since when it has its status, when others last
changed it, and whether routing sees a live incident.

ClickUp's `date_updated` counts every write. What it says is taken for somebody's change, unless the
journal has a write of ours for that time; then it is what was noted before. Costs no call.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from clickup_mlops.automations.events import INTEGRATION
from clickup_mlops.bot.caused_event import CausedEvent
from clickup_mlops.bot.clock import Clock
from clickup_mlops.clickup.model import Task
from clickup_mlops.store import Store
from clickup_mlops.store.queries.task_memory import TaskMemory
from clickup_mlops.store.tables.journal import WRITE_SLACK_MS
from clickup_mlops.store.tables.notes import (
    CHANGED,
    COMMAND_TIMES,
    INCIDENT,
    ORIGIN,
    REFUSED,
    SAID,
    STATE,
    Note,
)

CHILDREN: Final = "children"
"""Scope of the notes about tasks whose subtasks ClickUp was asked for."""
STATUS: Final = "status"
"""Scope of the notes about when a task got its status; the value is its name."""


class TaskNotes:
    """`unread`, `read` and `decided` note what is known; the others answer."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def unread(self, task_id: str, events: Sequence[CausedEvent]) -> None:
        """Events for which the task is not read, because no automation listens for them."""
        if reported_ms := self._reported_ms(events):
            newest = {task_id: Note(True, reported_ms)}
            self._store.notes.put_newer(CHANGED, newest, wait=False)

    def read(
        self,
        task: Task,
        events: Sequence[CausedEvent],
        evaluated: Sequence[CausedEvent],
        memory: TaskMemory,
    ) -> None:
        """The task as it was read for these events, before the bot writes; `evaluated`: those of
        them that automations are asked about.
        """
        noted_ms, reported_ms = memory.noted_ms(CHANGED), self._reported_ms(events)
        last_ms = self._last_change_ms(task, noted_ms)
        # Automations are evaluated next: what only the events report must be readable now.
        only_reported = reported_ms > last_ms + WRITE_SLACK_MS
        changed_ms = max(reported_ms, last_ms)
        status_ms = max(
            (
                item.date_ms
                for caused in evaluated
                for item in caused.event.items
                if item.field == "status"
            ),
            default=None,
        )
        status = None if status_ms is None else Note(task.status.name, status_ms)
        if status and changed_ms > noted_ms and not only_reported:
            self._store.notes.put_two(task.id, {CHANGED: Note(True, changed_ms), STATUS: status})
            return
        if changed_ms > noted_ms:
            self._note(task.id, changed_ms, wait=only_reported)
        if status:
            self._store.notes.put_newer(STATUS, {task.id: status}, wait=False)

    def decided(self, decision: Mapping[str, Any], memory: TaskMemory) -> None:
        """Remember whether routing sees a live incident, with this thread's next write."""
        task_id = decision["task_id"]
        was_live = INCIDENT in memory.notes
        live = decision["workload"] == "inference" and decision["tier"] == "incident"
        if live and not was_live:
            self._store.notes.put(INCIDENT, task_id, True, self._clock(), wait=False)
        elif was_live and not live:
            self._store.notes.remove(INCIDENT, task_id, wait=False)

    def last_change_ms(self, task: Task) -> int:
        """The last change by others. If nothing is noted yet: the last one at all, so that a task
        counts as idle for too short a time rather than for too long.
        """
        return self._last_change_ms(task, self._noted_ms(task.id))

    def status_since_ms(self, task: Task) -> int:
        """When an event reported the status that the task has; 0: none did."""
        note = self._store.notes.get(STATUS, task.id)
        return note.at_ms if note and note.value == task.status.name else 0

    def incidents(self) -> tuple[str, ...]:
        """Ids of the tasks with a live incident by their last decision."""
        return tuple(self._store.notes.all(INCIDENT))

    def forget(self, task_id: str) -> None:
        """The task is gone."""
        for scope in (
            INCIDENT,
            STATUS,
            CHANGED,
            CHILDREN,
            ORIGIN,
            STATE,
            COMMAND_TIMES,
            REFUSED,
            *SAID.values(),
        ):
            self._store.notes.remove(scope, task_id)

    def _last_change_ms(self, task: Task, noted_ms: int) -> int:
        if noted_ms and self._store.journal.wrote_at(task.id, task.updated_ms):
            return noted_ms
        return max(noted_ms, task.updated_ms)

    def _reported_ms(self, events: Sequence[CausedEvent]) -> int:
        """When others changed it, or reported about it, by these events; 0: they did not."""
        times = [
            item.date_ms for caused in events if not caused.chain for item in caused.event.items
        ]
        if any(caused.event.kind.startswith(f"{INTEGRATION}:") for caused in events):
            times.append(self._clock())
        return max(times, default=0)

    def _noted_ms(self, task_id: str) -> int:
        note = self._store.notes.get(CHANGED, task_id)
        return note.at_ms if note else 0

    def _note(self, task_id: str, at_ms: int, *, wait: bool = False) -> None:
        self._store.notes.put(CHANGED, task_id, True, at_ms, wait=wait)
