"""Has the tasks that others wait for evaluated again, when those who wait change.

ClickUp sends an event only for the task that waits, though it is the other one that becomes more
urgent.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from clickup_mlops.automations.events import REEVALUATION
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handle.context.routing_context import RoutingContext
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.clickup.model import Task
from clickup_mlops.store import Incoming, Store
from clickup_mlops.store.queries.task_memory import TaskMemory
from clickup_mlops.store.tables.notes import WAITS

_NOTHING: dict[str, Any] = {"for": [], "as": ""}


class Dependents:
    """Remembers what each task waits for. Costs a call if the mirror of a blocker is behind."""

    def __init__(
        self, store: Store, routing_context: RoutingContext, inbox: InboxWriter, clock: Clock
    ) -> None:
        self._store, self._routing_context = store, routing_context
        self._inbox, self._clock = inbox, clock

    def note(self, task: Task, decision: Mapping[str, Any] | None, memory: TaskMemory) -> None:
        """The task was evaluated: if it counts otherwise for its blockers, they get an event."""
        before = memory.notes[WAITS].value if WAITS in memory.notes else _NOTHING
        after = {"for": sorted(task.depends_on), "as": self._counts_as(task, decision)}
        if before == after or not (before["for"] or after["for"]):
            return
        blockers = {*before["for"], *after["for"]}
        self._notify(blockers, task.id, str(task.updated_ms), waiting=task.depends_on)
        if after["for"]:
            self._store.notes.put(WAITS, task.id, after, self._clock(), wait=False)
        else:
            self._store.notes.remove(WAITS, task.id, wait=False)

    def forget(self, task_id: str) -> None:
        """The task does not exist any more: nobody is held up by what it waited for."""
        note = self._store.notes.get(WAITS, task_id)
        if note is not None and note.value["for"]:
            self._notify(note.value["for"], task_id, "gone", waiting=())
            self._store.notes.remove(WAITS, task_id, wait=False)

    def _counts_as(self, task: Task, decision: Mapping[str, Any] | None) -> str:
        if not self._store.mirror.is_open(task.raw):
            return "closed"
        if decision is None:
            inference = self._routing_context.is_inference(task.id)
        else:
            inference = decision["workload"] == "inference"
        return "inference" if inference else "other"

    def _notify(
        self, blockers: Iterable[str], task_id: str, when: str, *, waiting: Iterable[str]
    ) -> None:
        self._store.flush()  # whoever evaluates them must see what was decided here
        events = [
            self._event(
                blocker, f"{REEVALUATION}:{blocker}:{task_id}:{when}", task_id, blocker in waiting
            )
            for blocker in sorted(blockers)
        ]
        self._inbox.put_many(events)

    def _event(self, blocker: str, key: str, task_id: str, waits: bool) -> Incoming:
        row = self._store.mirror.get(blocker)
        task = None if row is None else Task.parse(row.raw)
        # As long as the mirror shows it otherwise, the blocker has to be read.
        is_current = task is not None and (task_id in task.blocks) == waits
        return self._inbox.event(
            key,
            REEVALUATION,
            source="cron",
            lane=blocker,
            list_id=None if task is None else task.list_id,
            body=orjson.dumps(
                {"event": REEVALUATION, "task_id": blocker, "webhook_id": REEVALUATION}
            ),
            event_ms=task.updated_ms if task is not None and is_current else None,
        )
