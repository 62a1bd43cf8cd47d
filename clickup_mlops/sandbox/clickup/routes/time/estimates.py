"""Time estimates of single assignees (v3)."""

from typing import Any

import orjson
from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world
from clickup_mlops.sandbox.clickup.state.model import Task
from clickup_mlops.sandbox.clickup.state.refusal import bad_input, no_task
from clickup_mlops.sandbox.clickup.state.tasks import tasks
from clickup_mlops.sandbox.clickup.state.time import estimates

ROUTES = Blueprint("estimates", __name__)

_ESTIMATES = "/api/v3/workspaces/<workspace_id>/tasks/<task_id>/time_estimates_by_user"


@ROUTES.patch(_ESTIMATES)
def change(workspace_id: str, task_id: str) -> Response:
    """Set the estimates of those named."""
    task = _find_task(workspace_id, task_id)
    changed = estimates.change(get_world(), get_actor(), task, _read_array())
    return _answer(task, "updated_estimates", changed)


@ROUTES.put(_ESTIMATES)
def replace(workspace_id: str, task_id: str) -> Response:
    """Set all estimates; whoever is not named loses theirs."""
    task = _find_task(workspace_id, task_id)
    estimates.replace(get_world(), get_actor(), task, _read_array())
    return _answer(task, "assignee_estimates", estimates.get_estimates(task))


def _find_task(workspace_id: str, task_id: str) -> Task:
    task = tasks.get(get_world(), task_id)
    if get_world().place(task).team_id != workspace_id:
        raise no_task()
    return task


def _read_array() -> Any:
    """This body alone is no object."""
    try:
        return orjson.loads(request.get_data())
    except orjson.JSONDecodeError:
        raise bad_input("The body must be an array") from None


def _answer(task: Task, key: str, estimates_ms: dict[str, int]) -> Response:
    return answer({"data": {"total_time_estimate": task.time_estimate or 0, key: estimates_ms}})
