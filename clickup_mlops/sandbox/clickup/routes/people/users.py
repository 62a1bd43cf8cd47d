"""Members of a Workspace on the Enterprise plan: invite, show, change, remove."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.people import members
from clickup_mlops.sandbox.clickup.wire import members as wire

ROUTES = Blueprint("users", __name__)


@ROUTES.post("/api/v2/team/<team_id>/user")
def invite(team_id: str) -> Response:
    """Invite a member or an admin."""
    team = places.get_team(get_world(), team_id)
    user = members.invite(get_world(), get_actor(), team, read_body())
    return answer({"team": wire.format_team(get_world(), team, [user])})


@ROUTES.get("/api/v2/team/<team_id>/user/<user_id>")
def get(team_id: str, user_id: str) -> Response:
    """One member, with what is shared unless `include_shared` is false."""
    user = members.get(get_world(), team_id, user_id)
    shares = request.args.get("include_shared") != "false"
    team = places.get_team(get_world(), team_id)
    return answer({"member": wire.format_member(get_world(), team, user, shares=shares)})


@ROUTES.put("/api/v2/team/<team_id>/user/<user_id>")
def update(team_id: str, user_id: str) -> Response:
    """Change name and role."""
    team, user = places.get_team(get_world(), team_id), members.get(get_world(), team_id, user_id)
    members.update(get_world(), get_actor(), team, user, read_body())
    return answer({"member": wire.format_member(get_world(), team, user)})


@ROUTES.delete("/api/v2/team/<team_id>/user/<user_id>")
def remove(team_id: str, user_id: str) -> Response:
    """Take a member out of the Workspace."""
    team, user = places.get_team(get_world(), team_id), members.get(get_world(), team_id, user_id)
    members.remove(get_world(), get_actor(), team, user)
    return answer({"team": wire.format_team(get_world(), team, [])})


@ROUTES.get("/api/v2/team/<team_id>/shared")
def get_shared(team_id: str) -> Response:
    """What is shared with the caller."""
    return answer({"shared": wire.format_shared(get_world(), get_actor())})
