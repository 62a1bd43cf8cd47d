"""Has the tasks that others wait for evaluated again when those who wait change, and those who wait
when what they wait for is closed or opened.

ClickUp sends an event only for the task that changes.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
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
    """Remembers what each task waits for. Costs a call if the mirror of a blocker is behind.

    Events for other tasks are written with this thread's next write, as what they are about: a
    crash loses both or none, and who evaluates them sees it.
    """

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

    def freed(self, task: Task, when: str) -> None:
        """The task got another status: those who wait for it may wait for nothing any more."""
        self._put(task.blocks, task.id, when, lambda waiting: task.id in waiting.depends_on)

    def maybe_freed(self, task_id: str) -> None:
        """The task may have got another status before a crash. Costs no call: who waits for it is
        known from when it was read for that.
        """
        if row := self._store.mirror.get(task_id):
            self.freed(Task.parse(row.raw), f"cut-off-{self._clock()}")

    def forget(self, task_id: str) -> None:
        """The task does not exist any more: nobody is held up by what it waited for, and nobody
        waits for it.
        """
        row = self._store.mirror.get(task_id)
        if row is not None:
            self._put(Task.parse(row.raw).blocks, task_id, "gone", lambda _waiting: True)
        note = self._store.notes.get(WAITS, task_id)
        if note is not None and note.value["for"]:
            self._notify(note.value["for"], task_id, "gone", waiting=())
            self._store.notes.remove(WAITS, task_id, wait=False)
        self._store.mirror.remove(task_id)

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
        for waits in (True, False):
            several = [blocker for blocker in blockers if (blocker in waiting) == waits]
            self._put(several, task_id, when, partial(_is_blocking, task_id, waits))

    def _put(
        self,
        task_ids: Iterable[str],
        because_of: str,
        when: str,
        is_current: Callable[[Task], bool],
    ) -> None:
        for task_id in sorted(task_ids):
            key = f"{REEVALUATION}:{task_id}:{because_of}:{when}"
            self._inbox.put_later(self._event(task_id, key, is_current), self._clock())

    def _event(self, task_id: str, key: str, shows_it: Callable[[Task], bool]) -> Incoming:
        row = self._store.mirror.get(task_id)
        task = None if row is None else Task.parse(row.raw)
        # As long as the mirror shows it otherwise, the task has to be read.
        is_current = task is not None and shows_it(task)
        return self._inbox.event(
            key,
            REEVALUATION,
            source="cron",
            lane=task_id,
            list_id=None if task is None else task.list_id,
            body=orjson.dumps(
                {"event": REEVALUATION, "task_id": task_id, "webhook_id": REEVALUATION}
            ),
            event_ms=task.updated_ms if task is not None and is_current else None,
        )


def _is_blocking(waiting_id: str, waits: bool, blocker: Task) -> bool:
    return (waiting_id in blocker.blocks) == waits
