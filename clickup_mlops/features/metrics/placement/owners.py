"""Of several tasks that a series fits, the one that it belongs to. Pure.

A service is there before what is reported about it: a series stays with the task that has it, and
goes neither to a task that the bot created nor, if another one is left, to that of an incident.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics.bindings import Binding


def _never(_task: Task) -> bool:
    return False


def _nowhere(_task: Task, _binding: Binding) -> int | None:
    return None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of tasks; asked only about tasks between which a series is in doubt."""

    kept_ms: Callable[[Task, Binding], int | None] = _nowhere
    """Time of the newest reading (Unix ms) that the task got by the binding; None: it got none."""
    is_created: Callable[[Task], bool] = _never
    """Whether an automation created the task."""
    is_incident: Callable[[Task], bool] = _never
    """Whether the task is part of a live incident."""
    serves: Callable[[Task], bool] = _never
    """Whether the task is finished and stands for a service that runs (`routing.service`)."""


NOTHING_KNOWN: Final = Known()


@dataclass(frozen=True, slots=True)
class Choice:
    """The task that a series belongs to (None: nobody knows), and the open ones that fit, too."""

    task: Task | None
    further_tasks: tuple[Task, ...] = ()


def choose(tasks: Sequence[Task], binding: Binding, ownership: Known) -> Choice:
    """The owner among the tasks that a series fits."""
    if len(tasks) < 2:
        return Choice(next(iter(tasks), None))
    people = _filter_or_all(tasks, lambda task: not ownership.is_created(task))
    candidates = _filter_or_all(people, lambda task: not _is_ended(task, people, ownership))
    certain = _filter_or_all(candidates, lambda task: not ownership.is_incident(task))
    keeper = _keeper(people, binding, ownership)
    if keeper is not None and (keeper in candidates or len(certain) > 1):
        further = tuple(task for task in people if task.is_open and task is not keeper)
        return Choice(keeper, further)
    return Choice(certain[0] if len(certain) == 1 else None)


def _keeper(tasks: Sequence[Task], binding: Binding, ownership: Known) -> Task | None:
    """The task that has the series: of several the one that got it last."""
    times = [
        (at_ms, task) for task in tasks if (at_ms := ownership.kept_ms(task, binding)) is not None
    ]
    newest = max((at_ms for at_ms, _task in times), default=None)
    latest = [task for at_ms, task in times if at_ms == newest]
    return latest[0] if len(latest) == 1 else None


def _filter_or_all(tasks: Sequence[Task], test: Callable[[Task], bool]) -> Sequence[Task]:
    """Those that pass; all, if none does."""
    return [task for task in tasks if test(task)] or tasks


def _is_ended(task: Task, candidates: Sequence[Task], ownership: Known) -> bool:
    """A closed task stands for no service. A finished one may, unless another one is known to: a
    release that was rolled back leaves its series to the one that is live.
    """
    if task.is_open or task.status.kind == "closed":
        return not task.is_open
    return not ownership.serves(task) and any(map(ownership.serves, candidates))
