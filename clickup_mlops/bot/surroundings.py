"""What stands around a task when routing looks at it, counted from the store: no calls."""

import threading
from collections import defaultdict
from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.commands.wording import plain
from clickup_mlops.routing.decision import URGENT
from clickup_mlops.routing.facts import Context, Override
from clickup_mlops.rules.undo import UNDO
from clickup_mlops.store.memory import Decisions, Overrides
from clickup_mlops.store.memory import Override as Kept
from clickup_mlops.store.mirror import Mirror

_MOST_BLOCKED: Final = 50


class Promises:
    """Tasks that were found Urgent but are not written yet: they count for the list's cap too."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._tasks: dict[str, set[str]] = defaultdict(set)

    def others(self, list_id: str, task_id: str) -> int:
        """How many there are in the list, without this task."""
        with self.lock:
            return len(self._tasks[list_id] - {task_id})

    def make(self, list_id: str, task_id: str) -> None:
        """Count the task until `keep`."""
        with self.lock:
            self._tasks[list_id].add(task_id)

    def keep(self, list_id: str, task_id: str) -> None:
        """The mirror knows by now, or nothing came of it."""
        with self.lock:
            self._tasks[list_id].discard(task_id)


class Surroundings:
    """Makes the `Context` of a task."""

    def __init__(self, mirror: Mirror, overrides: Overrides, decisions: Decisions) -> None:
        self._mirror, self._overrides, self._decisions = mirror, overrides, decisions
        self.promises = Promises()

    def of(self, task: Task, cause: str, now_ms: int) -> Context:
        """The counts and the override that hold now."""
        counts = self._mirror.open_by_priority(task.list_id)
        promised = self.promises.others(task.list_id, task.id)
        own = int(task.is_open and task.priority == URGENT)
        inference, other = self.blocked(task)
        return Context(
            open_in_list=max(1, sum(counts.values())),
            urgent_in_list=max(0, counts.get(URGENT, 0) - own) + promised,
            blocked_inference=inference,
            blocked_other=other,
            override=for_routing(self._overrides.get(task.id, now_ms)),
            cause=cause,
        )

    def blocked(self, task: Task) -> tuple[int, int]:
        """Open tasks that wait for this one: inference, others."""
        known = self._mirror.get_many([*task.blocks[:_MOST_BLOCKED]]) if task.blocks else {}
        waiting = [row.task_id for row in known.values() if Task.parse(row.raw).is_open]
        inference = sum(self.is_inference(task_id) for task_id in waiting)
        return inference, len(waiting) - inference

    def is_inference(self, task_id: str) -> bool:
        """Whether that is how it was decided last."""
        latest = self._decisions.latest(task_id)
        return latest is not None and latest.body.get("workload") == "inference"


def for_routing(kept: Kept | None) -> Override | None:
    """A choice that is kept, as routing explains it."""
    if kept is None:
        return None
    name = plain(kept.user_name)
    if name in ("", str(kept.user_id)):
        name = "somebody" if kept.user_id is None else f"user {kept.user_id}"
    return Override(
        kept.priority,
        name,
        kept.since_ms,
        kept.until_ms,
        origin=kept.origin,
        because=plain(kept.because),
        automation=kept.automation,
        undo=kept.set_by == UNDO,
    )
