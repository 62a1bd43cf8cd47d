"""The open tasks of a workload in the order in which they should be done, from the store alone.

Rank, priority, age and workload are columns; only the tasks that are shown are parsed. However many
there are, it takes four selects.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from clickup_mlops.bot.handle.results import task_states
from clickup_mlops.clickup.model import Task
from clickup_mlops.routing import task_state
from clickup_mlops.routing.decision import Decision, Workload
from clickup_mlops.routing.outcome import parse_outcome
from clickup_mlops.routing.policy import Policy
from clickup_mlops.store import DecisionRow, Store

_AT_ONCE: Final = 500
"""Tasks that are read in one select."""
_EVERY: Final = 10**9


@dataclass(frozen=True, slots=True)
class Place:
    """A task in the lane: its `number`, 1 is first; `why` it has its priority, in one line, and
    what `held` says of it.
    """

    number: int
    task: Task
    decision: Decision
    why: str
    held: str
    """A sentence about the priority that is held; empty: none is."""


@dataclass(frozen=True, slots=True)
class Lane:
    """The first places, and how many open tasks the lane has."""

    places: tuple[Place, ...]
    total: int


def lane(store: Store, policy: Policy, workload: Workload, now_ms: int, limit: int) -> Lane:
    """In the order of `routing.order`. A task without a decision is in no lane, nor is a service
    that meets its objectives.
    """
    ids, total = store.lanes.first(workload, limit)
    return Lane(places(store, policy, _numbered(store, ids, 1), now_ms), total)


def tasks(store: Store, workload: Workload) -> Iterator[tuple[int, Task]]:
    """All tasks of a lane in its order, numbered from 1. A select for each 500 of them."""
    ids, _total = store.lanes.first(workload, _EVERY)
    for start in range(0, len(ids), _AT_ONCE):
        yield from _numbered(store, ids[start : start + _AT_ONCE], start + 1)


def _numbered(store: Store, ids: Sequence[str], first: int) -> list[tuple[int, Task]]:
    """Without those that are not known any more."""
    rows_by_id = store.mirror.get_many(ids)
    numbers = enumerate(ids, start=first)
    return [
        (number, Task.parse(rows_by_id[name].raw)) for number, name in numbers if name in rows_by_id
    ]


def places(
    store: Store, policy: Policy, numbered_tasks: Sequence[tuple[int, Task]], now_ms: int
) -> tuple[Place, ...]:
    """Some of the tasks that `tasks` gives, with all that is known of them. Two selects."""
    ids = [task.id for _number, task in numbered_tasks]
    decided = store.lanes.decisions(ids)
    held = store.overrides.get_many(ids, now_ms)

    def place(number: int, task: Task) -> Place:
        row = decided[task.id]
        override = task_states.in_force(held.get(task.id), row, policy, now_ms)
        sentence = " ".join(task_state.describe_hold(override))
        return _place(number, task, row, sentence.replace("`", ""))  # no Markdown here

    return tuple(place(number, task) for number, task in numbered_tasks if task.id in decided)


def _place(number: int, task: Task, decided: DecisionRow, held: str) -> Place:
    decision = Decision.from_dict(decided.body)
    why = _why(task, decision, parse_outcome(decided.body).sentence)
    return Place(number, task, decision, why, held)


def _why(task: Task, decision: Decision, outcome: str) -> str:
    """The decision's reasons; what became of it where the task has another priority."""
    reasons = " ".join(decision.reasons) or f"Decided by {decision.decided_by}."
    return reasons if task.priority == decision.priority else f"{reasons} {outcome}"
