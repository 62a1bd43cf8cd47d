"""Time estimates of single assignees (v3). What nobody has is the share of `unassigned`."""

from typing import Any

from clickup_mlops.sandbox.clickup.state import plan_limits
from clickup_mlops.sandbox.clickup.state.changes import format_span
from clickup_mlops.sandbox.clickup.state.events import Change
from clickup_mlops.sandbox.clickup.state.model import JsonTable, Task, User
from clickup_mlops.sandbox.clickup.state.notifications import record_changes
from clickup_mlops.sandbox.clickup.state.refusal import bad_input
from clickup_mlops.sandbox.clickup.state.world import World

MAX = 10
"""Estimates per request."""
NOBODY = "unassigned"
_PLANS = ("Business", "Business Plus", "Enterprise")


def get_estimates(task: Task) -> dict[str, int]:
    """Milliseconds by assignee. A plain estimate that was set later decides the rest."""
    assigned = {key: ms for key, ms in task.estimates.items() if int(key) in task.assignees}
    unassigned_ms = (task.time_estimate or 0) - sum(assigned.values())
    if unassigned_ms < 0:
        return {NOBODY: task.time_estimate or 0}
    return {**assigned, NOBODY: unassigned_ms} if unassigned_ms else assigned


def change(world: World, actor: User, task: Task, body: Any) -> dict[str, int]:
    """Set the estimates of those named; returns these."""
    desired = _read_estimates(world, task, body)
    _set(world, actor, task, {**get_estimates(task), **desired})
    return desired


def replace(world: World, actor: User, task: Task, body: Any) -> dict[str, int]:
    """Set all estimates; whoever is not named loses theirs."""
    desired = _read_estimates(world, task, body)
    _set(world, actor, task, desired)
    return desired


def _set(world: World, actor: User, task: Task, estimates_ms: dict[str, int]) -> None:
    before, total = task.time_estimate, sum(estimates_ms.values())
    task.estimates = {key: ms for key, ms in estimates_ms.items() if key != NOBODY}
    task.time_estimate = total or None
    data: JsonTable = {
        "time_estimate_string": format_span(total),
        "old_time_estimate_string": format_span(before),
        "rolled_up_time_estimate": total,
        "time_estimate": total,
        "time_estimates_by_user": [
            {"userid": int(key), "user_time_estimate": str(ms), "user_rollup_time_estimate": ms}
            for key, ms in task.estimates.items()
        ],
    }
    values = (str(before) if before else None, str(total) if total else None)
    record_changes(world, actor, task, Change("time_estimate", *values, data))


def _read_estimates(world: World, task: Task, body: Any) -> dict[str, int]:
    plan_limits.require_plan(world, "Time estimates per assignee", *_PLANS)
    if not isinstance(body, list) or not 1 <= len(body) <= MAX:
        raise bad_input(f"1 to {MAX} estimates per request")
    return dict(_read_estimate(task, entry) for entry in body)


def _read_estimate(task: Task, entry: Any) -> tuple[str, int]:
    assignee, time = (
        (entry.get(k) for k in ("assignee", "time")) if isinstance(entry, dict) else 2 * (None,)
    )
    if isinstance(time, bool) or not isinstance(time, int) or time < 0:
        raise bad_input("time must be a non-negative integer")
    if assignee != NOBODY and assignee not in task.assignees:
        raise bad_input(f"{assignee} is not assigned to the task")
    return str(assignee), time
