"""Time entries of a Workspace."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.arguments import find_task, read_number
from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.state.model import JsonTable, Task
from clickup_mlops.sandbox.clickup.state.refusal import bad_input
from clickup_mlops.sandbox.clickup.state.time import entries
from clickup_mlops.sandbox.clickup.state.time.entries import MONTH_MS, Query, TimeEntry
from clickup_mlops.sandbox.clickup.wire import time_entries as wire
from clickup_mlops.sandbox.clickup.wire.basics import is_true

ROUTES = Blueprint("time_entries", __name__)

_ENTRIES = "/api/v2/team/<team_id>/time_entries"
_PLACES = ("space_id", "folder_id", "list_id", "task_id")


@ROUTES.get(_ENTRIES)
def list_entries(team_id: str) -> Response:
    """The entries of the last 30 days, or of another time, place or person."""
    matches = entries.search(get_world(), team_id, _read_query())
    return answer({"data": [_format_entry(entry) for entry in matches]})


@ROUTES.post(_ENTRIES)
def create(team_id: str) -> Response:
    """Create a finished entry; a running one is started by `timers`."""
    values = read_body()
    entry = entries.create(get_world(), get_actor(), team_id, values, _find_task(values))
    return answer(wire.format_created_entry(get_world(), entry))


@ROUTES.get(f"{_ENTRIES}/<timer_id>")
def get(team_id: str, timer_id: str) -> Response:
    """One entry, with place names and task tags if asked for."""
    return answer({"data": _format_entry(entries.get(get_world(), get_actor(), team_id, timer_id))})


@ROUTES.put(f"{_ENTRIES}/<timer_id>")
def update(team_id: str, timer_id: str) -> Response:
    """Change the named keys of an entry; `start` and `end` come together."""
    entry, values = entries.get(get_world(), get_actor(), team_id, timer_id), read_body()
    entries.update(get_world(), get_actor(), entry, values, _find_task(values))
    return answer({"data": [wire.format_entry(get_world(), entry)]})


@ROUTES.delete(f"{_ENTRIES}/<timer_id>")
def delete(team_id: str, timer_id: str) -> Response:
    """Delete an entry; it is shown a last time."""
    entry = entries.get(get_world(), get_actor(), team_id, timer_id)
    last_state = wire.format_timer(get_world(), entry)
    entries.delete(get_world(), get_actor(), entry)
    return answer({"data": last_state})


@ROUTES.get(f"{_ENTRIES}/<timer_id>/history")
def get_history(team_id: str, timer_id: str) -> Response:
    """What was changed in an entry."""
    entry = entries.get(get_world(), get_actor(), team_id, timer_id)
    return answer({"data": wire.format_history(get_world(), entry)})


def _format_entry(entry: TimeEntry) -> JsonTable:
    names = is_true(request.args.get("include_location_names"))
    tags = is_true(request.args.get("include_task_tags"))
    return wire.format_entry(get_world(), entry, names=names, tags=tags)


def _find_task(values: JsonTable) -> Task | None:
    return find_task(str(values["tid"])) if values.get("tid") else None


def _read_query() -> Query:
    places = [(key, request.args[key]) for key in _PLACES if key in request.args]
    if len(places) > 1:
        raise bad_input("Only one of space_id, folder_id, list_id and task_id can be given")
    place = places[0] if places else None
    if place and place[0] == "task_id":
        place = ("task_id", find_task(place[1]).id)
    now = get_world().now_ms()
    billable = request.args.get("is_billable")
    return Query(
        read_number("start_date", now - MONTH_MS),
        read_number("end_date", now),
        entries.read_user_ids(get_world(), get_actor(), request.args.get("assignee")),
        place,
        None if billable is None else is_true(billable),
    )
