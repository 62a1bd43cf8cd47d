"""Merging tasks into one, which cannot be undone."""

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.state import merging
from clickup_mlops.sandbox.clickup.state.tasks import tasks
from clickup_mlops.sandbox.clickup.wire import tasks as wire

ROUTES = Blueprint("merging", __name__)


@ROUTES.post("/api/v2/task/<task_id>/merge")
def merge(task_id: str) -> Response:
    """Merge other tasks into this one; custom ids are not taken."""
    target = tasks.get(get_world(), task_id)
    merging.merge(get_world(), get_actor(), target, read_body())
    return answer(wire.format_full_task(get_world(), target))
