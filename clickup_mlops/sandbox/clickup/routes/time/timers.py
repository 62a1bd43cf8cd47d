"""The timer of a person: at most one is running."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.arguments import task_named
from clickup_mlops.sandbox.clickup.edge import actor, answer, body, world
from clickup_mlops.sandbox.clickup.state.refusal import bad_input
from clickup_mlops.sandbox.clickup.state.time import entries
from clickup_mlops.sandbox.clickup.wire import time_entries as wire

ROUTES = Blueprint("timers", __name__)

_ENTRIES = "/api/v2/team/<team_id>/time_entries"


@ROUTES.get(f"{_ENTRIES}/current")
def current(team_id: str) -> Response:
    """The running entry, or null."""
    (user_id, *_others) = entries.people(world(), actor(), request.args.get("assignee"))
    found = entries.running(world(), team_id, user_id)
    return answer({"data": found and wire.timer(world(), found, at=str)})


@ROUTES.post(f"{_ENTRIES}/start")
def start(team_id: str) -> Response:
    """Start a timer."""
    asked = body()
    task = task_named(str(asked["tid"])) if asked.get("tid") else None
    made = entries.start(world(), actor(), team_id, asked, task)
    return answer({"data": wire.timer(world(), made)})


@ROUTES.post(f"{_ENTRIES}/stop")
def stop(team_id: str) -> Response:
    """Stop the timer."""
    found = entries.stop(world(), actor(), team_id)
    if found is None:
        raise bad_input("No timer is running")
    return answer({"data": wire.timer(world(), found)})
