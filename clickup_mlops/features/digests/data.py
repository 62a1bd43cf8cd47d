"""What a digest is about, from the store alone."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from clickup_mlops.automations.deferral import defers
from clickup_mlops.automations.model import Automation
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.digests.text import Open, Place, Stopped
from clickup_mlops.routing.decision import Decision
from clickup_mlops.routing.order import Position, compute_position
from clickup_mlops.store import Store

_EVERY_TASK: Final = 10**9
_AT_ONCE: Final = 500
"""Tasks that are read in one select."""
_TRAINING: Final = "training"
_BAD: Final = ("incident", "breach")


def read(
    store: Store, workloads: Collection[str], limit: int, holding: Iterable[Automation] = ()
) -> Open:
    """The open tasks of these workloads; a task without a decision has none. Two selects for each
    500 of them, and no more of them in memory. `holding` are the automations that hold training.
    """
    first, waiting, breaches = _First(limit), _First(limit), _First(limit)
    for place in _places(store, workloads):
        first.add(place)
        if not place.task.assignees:
            waiting.add(place)
        if place.decision.tier in _BAD:
            breaches.add(place)
    return Open(
        first.places(),
        first.count,
        waiting.places(),
        waiting.count,
        breaches.places(),
        breaches.count,
        *_blocked(store, workloads, limit),
        *_held(store, limit, holding),
    )


class _First:
    """Keeps those that are first, and counts all."""

    def __init__(self, limit: int) -> None:
        self._limit, self._kept, self.count = limit, list[Place](), 0

    def add(self, place: Place) -> None:
        """Count one more task, and keep it if there is room."""
        self.count += 1
        self._kept.append(place)
        if len(self._kept) > self._limit + _AT_ONCE:
            self._kept = list(self.places())

    def places(self) -> tuple[Place, ...]:
        """The tasks with their decisions, in order."""
        return tuple(sorted(self._kept, key=_order)[: self._limit])


def _blocked(
    store: Store, workloads: Collection[str], limit: int
) -> tuple[tuple[Stopped, ...], int]:
    """Those that wait for a task that is open."""
    waiting = [
        row
        for workload in sorted(workloads)
        for row in store.lanes.waiting(workload, _EVERY_TASK)[0]
    ]
    tasks = _tasks(store, {name for row in waiting for name in (row.task_id, *row.blockers)})
    stopped = [
        Stopped(tasks[row.task_id], blockers)
        for row in sorted(waiting, key=lambda row: (row.at_ms, row.task_id))
        if (blockers := tuple(tasks[name] for name in row.blockers if _is_open(tasks.get(name))))
        and row.task_id in tasks
    ]
    return tuple(stopped[:limit]), len(stopped)


def _held(
    store: Store, limit: int, holding: Iterable[Automation]
) -> tuple[tuple[Stopped, ...], int]:
    stopped: list[Stopped] = []
    total = 0
    for automation in filter(defers, holding):
        latched, many = store.lanes.latched(automation.name, _TRAINING, limit)
        tasks, total = _tasks(store, {name for name, _ in latched}), total + many
        stopped += [
            Stopped(tasks[name], automation=automation.name, why=automation.summary)
            for name, _ in latched
            if name in tasks
        ]
    return tuple(stopped[:limit]), total


def _is_open(task: Task | None) -> bool:
    return task is not None and task.is_open


def _tasks(store: Store, ids: Collection[str]) -> Mapping[str, Task]:
    sorted_ids = sorted(ids)
    tasks: dict[str, Task] = {}
    for start in range(0, len(sorted_ids), _AT_ONCE):
        rows = store.mirror.get_many(sorted_ids[start : start + _AT_ONCE])
        tasks |= {name: Task.parse(row.raw) for name, row in rows.items()}
    return tasks


def _places(store: Store, workloads: Collection[str]) -> Iterable[Place]:
    lanes = (store.lanes.first(workload, _EVERY_TASK)[0] for workload in sorted(workloads))
    task_ids = [task_id for lane in lanes for task_id in lane]
    for start in range(0, len(task_ids), _AT_ONCE):
        ids = task_ids[start : start + _AT_ONCE]
        decisions = store.lanes.decisions(ids)
        for task_id, row in store.mirror.get_many(ids).items():
            if task_id in decisions:
                decision = Decision.from_dict(decisions[task_id].body)
                yield Place(Task.parse(row.raw), decision)


def _order(place: Place) -> Position:
    task = place.task
    return compute_position(place.decision, task.priority, task.created_ms, task.id)
