"""Time entries of a Workspace."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.arguments import number, task_named
from clickup_mlops.sandbox.clickup.edge import actor, answer, body, world
from clickup_mlops.sandbox.clickup.state.model import Json, Task
from clickup_mlops.sandbox.clickup.state.refusal import bad_input
from clickup_mlops.sandbox.clickup.state.time import entries
from clickup_mlops.sandbox.clickup.state.time.entries import MONTH_MS, Query, TimeEntry
from clickup_mlops.sandbox.clickup.wire import time_entries as wire
from clickup_mlops.sandbox.clickup.wire.basics import wanted

ROUTES = Blueprint("time_entries", __name__)

_ENTRIES = "/api/v2/team/<team_id>/time_entries"
_PLACES = ("space_id", "folder_id", "list_id", "task_id")


@ROUTES.get(_ENTRIES)
def listed(team_id: str) -> Response:
    """The entries of the last 30 days, or of another time, place or person."""
    found = entries.search(world(), team_id, _query())
    return answer({"data": [_shown(one) for one in found]})


@ROUTES.post(_ENTRIES)
def create(team_id: str) -> Response:
    """A finished entry."""
    asked = body()
    made = entries.create(world(), actor(), team_id, asked, _task(asked))
    return answer(wire.created(world(), made))


@ROUTES.get(f"{_ENTRIES}/<timer_id>")
def get(team_id: str, timer_id: str) -> Response:
    """One entry."""
    return answer({"data": _shown(entries.get(world(), actor(), team_id, timer_id))})


@ROUTES.put(f"{_ENTRIES}/<timer_id>")
def update(team_id: str, timer_id: str) -> Response:
    """Change an entry."""
    found, asked = entries.get(world(), actor(), team_id, timer_id), body()
    entries.update(world(), actor(), found, asked, _task(asked))
    return answer({"data": [wire.entry(world(), found)]})


@ROUTES.delete(f"{_ENTRIES}/<timer_id>")
def delete(team_id: str, timer_id: str) -> Response:
    """Delete an entry; it is shown a last time."""
    found = entries.get(world(), actor(), team_id, timer_id)
    shown = wire.timer(world(), found)
    entries.delete(world(), actor(), found)
    return answer({"data": shown})


@ROUTES.get(f"{_ENTRIES}/<timer_id>/history")
def history(team_id: str, timer_id: str) -> Response:
    """What was changed in an entry."""
    found = entries.get(world(), actor(), team_id, timer_id)
    return answer({"data": wire.history(world(), found)})


def _shown(found: TimeEntry) -> Json:
    names = wanted(request.args.get("include_location_names"))
    tags = wanted(request.args.get("include_task_tags"))
    return wire.entry(world(), found, names=names, tags=tags)


def _task(asked: Json) -> Task | None:
    return task_named(str(asked["tid"])) if asked.get("tid") else None


def _query() -> Query:
    places = [(key, request.args[key]) for key in _PLACES if key in request.args]
    if len(places) > 1:
        raise bad_input("Only one of space_id, folder_id, list_id and task_id can be given")
    place = places[0] if places else None
    if place and place[0] == "task_id":
        place = ("task_id", task_named(place[1]).id)
    now = world().now_ms()
    billable = request.args.get("is_billable")
    return Query(
        number("start_date", now - MONTH_MS),
        number("end_date", now),
        entries.people(world(), actor(), request.args.get("assignee")),
        place,
        None if billable is None else wanted(billable),
    )
