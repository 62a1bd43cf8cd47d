"""What a digest is about, from the store alone."""

from collections.abc import Collection, Iterable
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
    500 of them.
    """
    places = sorted(_places(store, workloads), key=_order)
    waiting = sorted((one for one in places if not one.task.assignees), key=_age)
    breaches = [one for one in places if one.decision.tier in _BAD]
    return Open(
        tuple(places[:limit]),
        len(places),
        tuple(waiting[:limit]),
        len(waiting),
        tuple(breaches[:limit]),
        len(breaches),
    )


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
