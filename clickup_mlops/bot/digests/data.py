"""What a digest is about, from the store alone."""

from collections.abc import Collection, Iterable
from typing import Final

from clickup_mlops.bot.digests.text import Open, Place
from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.decision import Decision
from clickup_mlops.store import Store

_NO_PRIORITY: Final = 5
_EVER_MS: Final = 2**62
_BAD: Final = ("incident", "breach")


def read(store: Store, workloads: Collection[str], limit: int) -> Open:
    """The open tasks of these workloads; a task without a decision has none. Two selects."""
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
    tasks = {row.task_id: Task.parse(row.raw) for row in store.mirror.all_open()}
    for row in store.decisions.before(_EVER_MS):
        if row.task_id in tasks and row.body.get("workload") in workloads:
            yield Place(tasks[row.task_id], Decision.from_dict(row.body))


def _order(place: Place) -> tuple[int, int, str]:
    return (place.task.priority or _NO_PRIORITY, *_age(place))


def _age(place: Place) -> tuple[int, str]:
    return (place.task.created_ms or 0, place.task.id)
