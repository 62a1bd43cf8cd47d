"""When did a task last change otherwise than by the bot's own writes?

ClickUp's `date_updated` counts every write. What it says is taken for somebody's change, unless the
journal has a write of ours for that time; then it is what was noted before. Costs no call.
"""

from collections.abc import Sequence
from typing import Final

from clickup_mlops.automations.events import INTEGRATION
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handling.echoes import Heard
from clickup_mlops.clickup.model import Task
from clickup_mlops.store import Store
from clickup_mlops.store.tables.journal import WRITE_SLACK_MS

CHANGED: Final = "changed"
"""Scope of the notes about when a task was last changed by others."""


class Changes:
    """`heard` and `seen` note what is known; `last_ms` answers."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def heard(self, task_id: str, heard: Sequence[Heard]) -> None:
        """Events for which nobody wants the task to be read."""
        told_ms = self._told_ms(heard)
        if told_ms and told_ms > self._noted_ms(task_id):
            self._note(task_id, told_ms)

    def seen(self, task: Task, heard: Sequence[Heard]) -> None:
        """The task as it was read for these events, before the bot writes."""
        noted_ms, told_ms = self._noted_ms(task.id), self._told_ms(heard)
        last_ms = self._last_ms(task, noted_ms)
        if max(told_ms, last_ms) > noted_ms:
            # The automations are about to ask: what only the events tell must be readable now.
            only_told = told_ms > last_ms + WRITE_SLACK_MS
            self._note(task.id, max(told_ms, last_ms), wait=only_told)

    def last_ms(self, task: Task) -> int:
        """The last change by others. If nothing is noted yet: the last one at all, so that a task
        counts as idle for too short a time rather than for too long.
        """
        return self._last_ms(task, self._noted_ms(task.id))

    def forget(self, task_id: str) -> None:
        """The task is gone."""
        self._store.notes.remove(CHANGED, task_id)

    def _last_ms(self, task: Task, noted_ms: int) -> int:
        if noted_ms and self._store.journal.wrote_at(task.id, task.updated_ms):
            return noted_ms
        return max(noted_ms, task.updated_ms)

    def _told_ms(self, heard: Sequence[Heard]) -> int:
        """When others changed it, or reported about it, by these events; 0: they did not."""
        times = [item.date_ms for one in heard if not one.chain for item in one.event.items]
        if any(one.event.kind.startswith(f"{INTEGRATION}:") for one in heard):
            times.append(self._clock())
        return max(times, default=0)

    def _noted_ms(self, task_id: str) -> int:
        note = self._store.notes.get(CHANGED, task_id)
        return note.at_ms if note else 0

    def _note(self, task_id: str, at_ms: int, *, wait: bool = False) -> None:
        self._store.notes.put(CHANGED, task_id, True, at_ms, wait=wait)
