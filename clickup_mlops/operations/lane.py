"""The open tasks of a workload in the order in which they should be done, from the store alone.

Priority, age and workload are columns; only the tasks that are shown are parsed. However many there
are, it takes four selects.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from clickup_mlops.bot.handling.results import task_states
from clickup_mlops.clickup.model import Task
from clickup_mlops.routing import task_state
from clickup_mlops.routing.decision import Decision, Workload
from clickup_mlops.routing.outcome import of_body
from clickup_mlops.routing.policy import Policy
from clickup_mlops.store import DecisionRow, MirrorRow, Override, Store


@dataclass(frozen=True, slots=True)
class Place:
    """A task in the lane: `why` it has its priority, in one line, and what `held` says of it."""

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
    """By priority, and among equals the oldest first. A task without a decision is in no lane."""
    ids, total = store.lanes.first(workload, limit)
    return Lane(places(store, policy, ids, now_ms), total)


def places(store: Store, policy: Policy, ids: list[str], now_ms: int) -> tuple[Place, ...]:
    """These tasks in this order, without those that are not known any more. Three selects."""
    tasks = store.mirror.get_many(ids)
    decided = store.lanes.decisions(ids)
    held = store.overrides.get_many(ids, now_ms)
    known = [one for one in ids if one in tasks and one in decided]
    return tuple(_place(tasks[one], decided[one], held, policy, now_ms) for one in known)


def _place(
    row: MirrorRow,
    decided: DecisionRow,
    held: Mapping[str, Override],
    policy: Policy,
    now_ms: int,
) -> Place:
    task, decision = Task.parse(row.raw), Decision.from_dict(decided.body)
    override = task_states.in_force(held.get(row.task_id), decided, policy, now_ms)
    why = _why(task, decision, of_body(decided.body).sentence)
    return Place(task, decision, why, " ".join(task_state.describe_hold(override)))


def _why(task: Task, decision: Decision, outcome: str) -> str:
    """The decision's reasons; what became of it where the task has another priority."""
    reasons = " ".join(decision.reasons) or f"Decided by {decision.decided_by}."
    return reasons if task.priority == decision.priority else f"{reasons} {outcome}"
