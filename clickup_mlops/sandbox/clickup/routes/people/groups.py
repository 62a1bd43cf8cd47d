"""User groups."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.edge import actor, answer, body, world
from clickup_mlops.sandbox.clickup.state.people import groups
from clickup_mlops.sandbox.clickup.wire import groups as wire

ROUTES = Blueprint("groups", __name__)


@ROUTES.get("/api/v2/group")
def listed() -> Response:
    """The groups of a Workspace, which is named in the query."""
    ids = request.args.getlist("group_ids") + request.args.getlist("group_ids[]")
    found = groups.of_team(world(), actor(), request.args.get("team_id", ""), ids)
    return answer({"groups": [wire.group(world(), one) for one in found]})


@ROUTES.post("/api/v2/team/<team_id>/group")
def create(team_id: str) -> Response:
    """A new group."""
    return answer(wire.group(world(), groups.create(world(), actor(), team_id, body())))


@ROUTES.put("/api/v2/group/<group_id>")
def update(group_id: str) -> Response:
    """Change a group."""
    found = groups.get(world(), actor(), group_id)
    groups.update(world(), actor(), found, body())
    return answer(wire.group(world(), found))


@ROUTES.delete("/api/v2/group/<group_id>")
def delete(group_id: str) -> Response:
    """Delete a group."""
    groups.delete(world(), actor(), groups.get(world(), actor(), group_id))
    return answer({})
