"""Tracked time of a task: the older endpoints, which ClickUp keeps and advises against."""

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.arguments import find_task
from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.state.model import JsonTable, Task
from clickup_mlops.sandbox.clickup.state.refusal import no_access
from clickup_mlops.sandbox.clickup.state.time import entries
from clickup_mlops.sandbox.clickup.state.time.entries import TimeEntry
from clickup_mlops.sandbox.clickup.state.values import read_time
from clickup_mlops.sandbox.clickup.wire import time_entries as wire

ROUTES = Blueprint("time_of_task", __name__)

_TIME = "/api/v2/task/<task_id>/time"


@ROUTES.get(_TIME)
def list_tracked(task_id: str) -> Response:
    """The entries of a task by person."""
    finished = entries.list_task_entries(get_world(), find_task(task_id).id)
    return answer({"data": wire.format_entries_by_person(get_world(), finished)})


@ROUTES.post(_TIME)
def track(task_id: str) -> Response:
    """Track time; without `start` it ended just now."""
    task = find_task(task_id)
    team_id, values = get_world().place(task).team_id, _read_interval()
    return answer({"id": entries.create(get_world(), get_actor(), team_id, values, task).id})


@ROUTES.put(f"{_TIME}/<interval_id>")
def edit(task_id: str, interval_id: str) -> Response:
    """Change an entry; it is looked up on this task only."""
    task = find_task(task_id)
    entries.update(get_world(), get_actor(), _find_entry(task, interval_id), _read_interval(), task)
    return answer({})


@ROUTES.delete(f"{_TIME}/<interval_id>")
def delete(task_id: str, interval_id: str) -> Response:
    """Delete an entry; the task's tracked time falls."""
    entries.delete(get_world(), get_actor(), _find_entry(find_task(task_id), interval_id))
    return answer({})


def _find_entry(task: Task, interval_id: str) -> TimeEntry:
    entry = entries.get(get_world(), get_actor(), get_world().place(task).team_id, interval_id)
    if entry.task_id != task.id:
        raise no_access("Time entry")
    return entry


def _read_interval() -> JsonTable:
    """Start and end as the newer endpoints take them."""
    values = read_body()
    start, end = read_time(values, "start", None), read_time(values, "end", None)
    length = read_time(values, "time", None)
    if start is None and length is not None:
        start = (end or get_world().now_ms()) - length
    if start is not None and end is None and length is not None:
        end = start + length
    return {"start": start, "end": end}
