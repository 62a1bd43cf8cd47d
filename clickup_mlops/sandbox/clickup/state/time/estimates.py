"""Time estimates of single assignees (v3). What nobody has is the share of `unassigned`."""

from typing import Any

from clickup_mlops.sandbox.clickup.state import plan_limits
from clickup_mlops.sandbox.clickup.state.changes import spoken
from clickup_mlops.sandbox.clickup.state.events import Change
from clickup_mlops.sandbox.clickup.state.model import Json, Task, User
from clickup_mlops.sandbox.clickup.state.notifications import record_changes
from clickup_mlops.sandbox.clickup.state.refusal import bad_input
from clickup_mlops.sandbox.clickup.state.world import World

MAX = 10
"""Estimates per request."""
NOBODY = "unassigned"
_PLANS = ("Business", "Business Plus", "Enterprise")


def current(task: Task) -> dict[str, int]:
    """Milliseconds by assignee. A plain estimate that was set later decides the rest."""
    assigned = {key: ms for key, ms in task.estimates.items() if int(key) in task.assignees}
    rest = (task.time_estimate or 0) - sum(assigned.values())
    if rest < 0:
        return {NOBODY: task.time_estimate or 0}
    return {**assigned, NOBODY: rest} if rest else assigned


def change(world: World, actor: User, task: Task, asked: Any) -> dict[str, int]:
    """Set the estimates of those named; returns these."""
    wanted = _wanted(world, task, asked)
    _set(world, actor, task, {**current(task), **wanted})
    return wanted


def replace(world: World, actor: User, task: Task, asked: Any) -> dict[str, int]:
    """Set all estimates; whoever is not named loses theirs."""
    wanted = _wanted(world, task, asked)
    _set(world, actor, task, wanted)
    return wanted


def _set(world: World, actor: User, task: Task, wanted: dict[str, int]) -> None:
    before, total = task.time_estimate, sum(wanted.values())
    task.estimates = {key: ms for key, ms in wanted.items() if key != NOBODY}
    task.time_estimate = total or None
    data: Json = {
        "time_estimate_string": spoken(total),
        "old_time_estimate_string": spoken(before),
        "rolled_up_time_estimate": total,
        "time_estimate": total,
        "time_estimates_by_user": [
            {"userid": int(key), "user_time_estimate": str(ms), "user_rollup_time_estimate": ms}
            for key, ms in task.estimates.items()
        ],
    }
    values = (str(before) if before else None, str(total) if total else None)
    record_changes(world, actor, task, Change("time_estimate", *values, data))


def _wanted(world: World, task: Task, asked: Any) -> dict[str, int]:
    plan_limits.needs(world, "Time estimates per assignee", *_PLANS)
    if not isinstance(asked, list) or not 1 <= len(asked) <= MAX:
        raise bad_input(f"1 to {MAX} estimates per request")
    return dict(_one(task, one) for one in asked)


def _one(task: Task, asked: Any) -> tuple[str, int]:
    assignee, time = (
        (asked.get(k) for k in ("assignee", "time")) if isinstance(asked, dict) else 2 * (None,)
    )
    if isinstance(time, bool) or not isinstance(time, int) or time < 0:
        raise bad_input("time must be a non-negative integer")
    if assignee != NOBODY and assignee not in task.assignees:
        raise bad_input(f"{assignee} is not assigned to the task")
    return str(assignee), time
