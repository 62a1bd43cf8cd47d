"""What a digest is about, from the store alone."""

from collections.abc import Callable, Collection, Iterable
from typing import Final

from clickup_mlops.bot.digests.text import Open, Place
from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.decision import Decision
from clickup_mlops.store import Store

_NO_PRIORITY: Final = 5
_EVERY_TASK: Final = 10**9
_AT_ONCE: Final = 500
"""Tasks that are read in one select."""
_BAD: Final = ("incident", "breach")


def read(store: Store, workloads: Collection[str], limit: int) -> Open:
    """The open tasks of these workloads; a task without a decision has none. Two selects for each
    500 of them, and no more of them in memory.
    """
    first, waiting, breaches = _First(limit, _order), _First(limit, _age), _First(limit, _order)
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
    )


class _First:
    """Keeps those that are first by a key, and counts all."""

    def __init__(self, limit: int, key: Callable[[Place], tuple[int | str, ...]]) -> None:
        self._limit, self._key, self._kept, self.count = limit, key, list[Place](), 0

    def add(self, place: Place) -> None:
        """One more."""
        self.count += 1
        self._kept.append(place)
        if len(self._kept) > self._limit + _AT_ONCE:
            self._kept = list(self.places())

    def places(self) -> tuple[Place, ...]:
        """In order."""
        return tuple(sorted(self._kept, key=self._key)[: self._limit])


def _places(store: Store, workloads: Collection[str]) -> Iterable[Place]:
    lanes = (store.lanes.first(workload, _EVERY_TASK)[0] for workload in sorted(workloads))
    found = [task_id for lane in lanes for task_id in lane]
    for start in range(0, len(found), _AT_ONCE):
        ids = found[start : start + _AT_ONCE]
        decisions = store.lanes.decisions(ids)
        for task_id, row in store.mirror.get_many(ids).items():
            if task_id in decisions:
                decision = Decision.from_dict(decisions[task_id].body)
                yield Place(Task.parse(row.raw), decision)


def _order(place: Place) -> tuple[int, int, str]:
    return (place.task.priority or _NO_PRIORITY, *_age(place))


def _age(place: Place) -> tuple[int, str]:
    return (place.task.created_ms or 0, place.task.id)
