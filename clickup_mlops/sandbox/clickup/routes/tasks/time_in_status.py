"""How long tasks stood in each status."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.arguments import find_task
from clickup_mlops.sandbox.clickup.edge import answer, get_world
from clickup_mlops.sandbox.clickup.state.refusal import bad_input
from clickup_mlops.sandbox.clickup.wire.time_in_status import format_time_in_status

ROUTES = Blueprint("time_in_status", __name__)

MAX_TASKS = 100


@ROUTES.get("/api/v2/task/<task_id>/time_in_status")
def get_of_task(task_id: str) -> Response:
    """The present status of a task and every one before, in minutes."""
    return answer(format_time_in_status(get_world(), find_task(task_id)))


@ROUTES.get("/api/v2/task/bulk_time_in_status/task_ids")
def get_of_tasks() -> Response:
    """Up to 100 tasks, by id."""
    task_ids = request.args.getlist("task_ids")
    if not task_ids or len(task_ids) > MAX_TASKS:
        raise bad_input(f"task_ids: 1 to {MAX_TASKS}")
    return answer(
        {task_id: format_time_in_status(get_world(), find_task(task_id)) for task_id in task_ids}
    )
