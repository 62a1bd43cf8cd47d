"""The open tasks of a workload in the order in which they should be done, from the store alone."""

from dataclasses import dataclass
from typing import Final

from clickup_mlops.bot.handling.results import task_states
from clickup_mlops.clickup.model import Task
from clickup_mlops.routing import task_state
from clickup_mlops.routing.decision import Decision, Workload
from clickup_mlops.routing.policy import Policy
from clickup_mlops.store import Store

_NO_PRIORITY: Final = 5
_EVER_MS: Final = 2**62


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
    tasks = {row.task_id: Task.parse(row.raw) for row in store.mirror.all_open()}
    decided = [
        (tasks[row.task_id], row.body)
        for row in store.decisions.before(_EVER_MS)
        if row.task_id in tasks and row.body.get("workload") == workload
    ]
    ordered = sorted(decided, key=lambda one: _order(one[0]))
    places = tuple(
        _place(store, policy, task, Decision.from_dict(body), now_ms)
        for task, body in ordered[:limit]
    )
    return Lane(places, len(ordered))


def _order(task: Task) -> tuple[int, int, str]:
    return (task.priority or _NO_PRIORITY, task.created_ms or 0, task.id)


def _place(store: Store, policy: Policy, task: Task, decision: Decision, now_ms: int) -> Place:
    state = task_states.task_state(store, task.id, task.priority, policy, now_ms)
    held = " ".join(task_state.describe_hold(state.override))
    return Place(task, decision, _why(task, decision, state.outcome.sentence), held)


def _why(task: Task, decision: Decision, outcome: str) -> str:
    """The decision's reasons; what became of it where the task has another priority."""
    reasons = " ".join(decision.reasons) or f"Decided by {decision.decided_by}."
    return reasons if task.priority == decision.priority else f"{reasons} {outcome}"
