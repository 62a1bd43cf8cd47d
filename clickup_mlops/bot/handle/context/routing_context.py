"""The context of a task that routing looks at, counted from the store: no calls."""

from collections.abc import Callable
from typing import Final

from clickup_mlops.bot.reservations import Places, Reservations
from clickup_mlops.clickup.model import Task
from clickup_mlops.commands.phrases import plain
from clickup_mlops.routing.facts import SOMEBODY, Context, Override
from clickup_mlops.store.journal_rows import UNDO
from clickup_mlops.store.queries.task_memory import OpenTasks, TaskMemory
from clickup_mlops.store.tables.decisions import Decisions
from clickup_mlops.store.tables.mirror import Mirror
from clickup_mlops.store.tables.overrides import Override as Kept
from clickup_mlops.store.tables.overrides import Overrides

_MOST_BLOCKED: Final = 50


def _never(_task: Task) -> bool:
    return False


class RoutingContext:
    """Makes the `Context` of a task; `reservations` are the Lists' places for Urgent tasks.

    `alerts_over`: whether the tag of an incident on the task is that of alerts that are over.
    """

    def __init__(
        self,
        mirror: Mirror,
        overrides: Overrides,
        decisions: Decisions,
        alerts_over: Callable[[Task], bool] = _never,
    ) -> None:
        self._mirror, self._overrides, self._decisions = mirror, overrides, decisions
        self._alerts_over = alerts_over
        self.reservations = Reservations()

    def of(self, task: Task, cause: str, now_ms: int) -> Context:
        """The counts and the override that hold now."""
        return self.versioned(task, cause, now_ms)[0]

    def versioned(
        self,
        task: Task,
        cause: str,
        now_ms: int,
        memory: TaskMemory | None = None,
        places: Places | None = None,
    ) -> tuple[Context, int]:
        """The same, with the version of the List's reservations that it counts. `memory`: what is
        known of the task, if it was just read; `places`: the reservations, read before that.
        """
        if memory is not None and memory.others is not None and places is not None:
            (version, reserved), others = places, memory.others
        else:
            # Before the mirror: see `Reservations.release`.
            version, reserved = self.reservations.read(task.list_id)
            others = OpenTasks(*self._mirror.open_and_urgent(task.list_id, besides=task.id))
        inference, blocked_other = self.blocked(task)
        override = memory.override if memory else self._overrides.get(task.id, now_ms)
        latest = memory.decision if memory else self._decisions.latest(task.id)
        context = Context(
            open_in_list=max(1, others.count + self._mirror.is_open(task.raw)),
            urgent_in_list=len((others.urgent | reserved) - {task.id}),
            blocked_inference=inference,
            blocked_other=blocked_other,
            alerts_over=self._alerts_over(task),
            breached=latest.body.get("breaches", ()) if latest else (),
            override=for_routing(override),
            cause=cause,
        )
        return context, version

    def blocked(self, task: Task) -> tuple[int, int]:
        """Open tasks that wait for this one: inference, others."""
        rows = self._mirror.get_many([*task.blocks[:_MOST_BLOCKED]]) if task.blocks else {}
        waiting = [row.task_id for row in rows.values() if self._mirror.is_open(row.raw)]
        inference = sum(self.is_inference(task_id) for task_id in waiting)
        return inference, len(waiting) - inference

    def is_inference(self, task_id: str) -> bool:
        """Whether that is how it was decided last."""
        latest = self._decisions.latest(task_id)
        return latest is not None and latest.body.get("workload") == "inference"


def for_routing(override: Kept | None) -> Override | None:
    """A choice that is kept, as routing explains it."""
    if override is None:
        return None
    name = plain(override.user_name)
    if name in ("", str(override.user_id)):
        name = SOMEBODY if override.user_id is None else f"user {override.user_id}"
    return Override(
        override.priority,
        name,
        override.since_ms,
        override.until_ms,
        origin=override.origin,
        because=plain(override.because),
        automation=override.automation,
        undo=override.set_by == UNDO,
    )
