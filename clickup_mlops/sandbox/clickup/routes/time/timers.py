"""The timer of a person: at most one is running."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.arguments import find_task
from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.state.refusal import bad_input
from clickup_mlops.sandbox.clickup.state.time import entries
from clickup_mlops.sandbox.clickup.wire import time_entries as wire

ROUTES = Blueprint("timers", __name__)

_ENTRIES = "/api/v2/team/<team_id>/time_entries"


@ROUTES.get(f"{_ENTRIES}/current")
def get_current(team_id: str) -> Response:
    """The running entry, or null."""
    (user_id, *_more_ids) = entries.read_user_ids(
        get_world(), get_actor(), request.args.get("assignee")
    )
    entry = entries.find_running(get_world(), team_id, user_id)
    return answer({"data": entry and wire.format_timer(get_world(), entry, at=str)})


@ROUTES.post(f"{_ENTRIES}/start")
def start(team_id: str) -> Response:
    """Start the caller's timer; one that is running stops."""
    values = read_body()
    task = find_task(str(values["tid"])) if values.get("tid") else None
    entry = entries.start(get_world(), get_actor(), team_id, values, task)
    return answer({"data": wire.format_timer(get_world(), entry)})


@ROUTES.post(f"{_ENTRIES}/stop")
def stop(team_id: str) -> Response:
    """Stop the caller's timer; 400 if none is running."""
    entry = entries.stop(get_world(), get_actor(), team_id)
    if entry is None:
        raise bad_input("No timer is running")
    return answer({"data": wire.format_timer(get_world(), entry)})
