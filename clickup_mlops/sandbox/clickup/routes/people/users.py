"""Members of a Workspace on the Enterprise plan: invite, show, change, remove."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.edge import actor, answer, body, world
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.people import members
from clickup_mlops.sandbox.clickup.wire import members as wire

ROUTES = Blueprint("users", __name__)


@ROUTES.post("/api/v2/team/<team_id>/user")
def invite(team_id: str) -> Response:
    """Invite a member or an admin."""
    team = places.team(world(), team_id)
    made = members.invite(world(), actor(), team, body())
    return answer({"team": wire.team(world(), team, [made])})


@ROUTES.get("/api/v2/team/<team_id>/user/<user_id>")
def get(team_id: str, user_id: str) -> Response:
    """One member."""
    found = members.get(world(), team_id, user_id)
    shares = request.args.get("include_shared") != "false"
    team = places.team(world(), team_id)
    return answer({"member": wire.member(world(), team, found, shares=shares)})


@ROUTES.put("/api/v2/team/<team_id>/user/<user_id>")
def update(team_id: str, user_id: str) -> Response:
    """Change name and role."""
    team, found = places.team(world(), team_id), members.get(world(), team_id, user_id)
    members.update(world(), actor(), team, found, body())
    return answer({"member": wire.member(world(), team, found)})


@ROUTES.delete("/api/v2/team/<team_id>/user/<user_id>")
def remove(team_id: str, user_id: str) -> Response:
    """Take a member out of the Workspace."""
    team, found = places.team(world(), team_id), members.get(world(), team_id, user_id)
    members.remove(world(), actor(), team, found)
    return answer({"team": wire.team(world(), team, [])})


@ROUTES.get("/api/v2/team/<team_id>/shared")
def shared(team_id: str) -> Response:
    """What is shared with the caller."""
    return answer({"shared": wire.shared(world(), actor())})
