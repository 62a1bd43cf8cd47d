"""Tracked time of a task: the older endpoints, which ClickUp keeps and advises against."""

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.arguments import task_named
from clickup_mlops.sandbox.clickup.edge import actor, answer, body, world
from clickup_mlops.sandbox.clickup.state.model import Json, Task
from clickup_mlops.sandbox.clickup.state.refusal import no_access
from clickup_mlops.sandbox.clickup.state.time import entries
from clickup_mlops.sandbox.clickup.state.time.entries import TimeEntry
from clickup_mlops.sandbox.clickup.state.values import moment
from clickup_mlops.sandbox.clickup.wire import time_entries as wire

ROUTES = Blueprint("time_of_task", __name__)

_TIME = "/api/v2/task/<task_id>/time"


@ROUTES.get(_TIME)
def tracked(task_id: str) -> Response:
    """The entries of a task by person."""
    found = entries.of_task(world(), task_named(task_id).id)
    return answer({"data": wire.by_person(world(), found)})


@ROUTES.post(_TIME)
def track(task_id: str) -> Response:
    """Track time; without `start` it ended just now."""
    task = task_named(task_id)
    team_id, asked = world().place(task).team_id, _asked()
    return answer({"id": entries.create(world(), actor(), team_id, asked, task).id})


@ROUTES.put(f"{_TIME}/<interval_id>")
def edit(task_id: str, interval_id: str) -> Response:
    """Change an entry."""
    task = task_named(task_id)
    entries.update(world(), actor(), _entry(task, interval_id), _asked(), task)
    return answer({})


@ROUTES.delete(f"{_TIME}/<interval_id>")
def delete(task_id: str, interval_id: str) -> Response:
    """Delete an entry."""
    entries.delete(world(), actor(), _entry(task_named(task_id), interval_id))
    return answer({})


def _entry(task: Task, interval_id: str) -> TimeEntry:
    found = entries.get(world(), actor(), world().place(task).team_id, interval_id)
    if found.task_id != task.id:
        raise no_access("Time entry")
    return found


def _asked() -> Json:
    """Start and end as the newer endpoints take them."""
    asked = body()
    start, end = moment(asked, "start", None), moment(asked, "end", None)
    length = moment(asked, "time", None)
    if start is None and length is not None:
        start = (end or world().now_ms()) - length
    if start is not None and end is None and length is not None:
        end = start + length
    return {"start": start, "end": end}
