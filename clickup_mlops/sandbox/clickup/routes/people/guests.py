"""Guests of a Workspace on the Enterprise plan, and what is shared with them."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.arguments import task_named
from clickup_mlops.sandbox.clickup.edge import actor, answer, body, world
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.model import User
from clickup_mlops.sandbox.clickup.state.people import members
from clickup_mlops.sandbox.clickup.wire import members as wire

ROUTES = Blueprint("guests", __name__)

_GUEST = "/api/v2/team/<team_id>/guest/<guest_id>"


def _shown(team_id: str, found: User) -> Response:
    shares = request.args.get("include_shared") != "false"
    team = places.team(world(), team_id)
    return answer({"guest": wire.member(world(), team, found, shares=shares)})


@ROUTES.post("/api/v2/team/<team_id>/guest")
def invite(team_id: str) -> Response:
    """Invite a guest."""
    team = places.team(world(), team_id)
    made = members.invite_guest(world(), actor(), team, body())
    return answer({"team": wire.team(world(), team, [made])})


@ROUTES.get(_GUEST)
def get(team_id: str, guest_id: str) -> Response:
    """One guest."""
    return _shown(team_id, members.get(world(), team_id, guest_id, guests=True))


@ROUTES.put(_GUEST)
def update(team_id: str, guest_id: str) -> Response:
    """Change what a guest may do."""
    team = places.team(world(), team_id)
    found = members.get(world(), team_id, guest_id, guests=True)
    members.update_guest(world(), actor(), team, found, body())
    return _shown(team_id, found)


@ROUTES.delete(_GUEST)
def remove(team_id: str, guest_id: str) -> Response:
    """Take a guest out of the Workspace."""
    team = places.team(world(), team_id)
    found = members.get(world(), team_id, guest_id, guests=True)
    members.remove(world(), actor(), team, found)
    return answer({"team": wire.team(world(), team, [])})


# Sharing


def _share(team_id: str, object_id: str, guest_id: str) -> Response:
    """Add with a level, remove without one."""
    found = members.guest_to_share_with(world(), actor(), team_id, guest_id)
    level = str(body().get("permission_level")) if request.method == "POST" else None
    members.share(world(), found, object_id, level)
    return _shown(team_id, found)


@ROUTES.post("/api/v2/task/<task_id>/guest/<guest_id>")
@ROUTES.delete("/api/v2/task/<task_id>/guest/<guest_id>")
def of_task(task_id: str, guest_id: str) -> Response:
    """Share a task, or end it."""
    task = task_named(task_id)
    return _share(world().place(task).team_id, task.id, guest_id)


@ROUTES.post("/api/v2/list/<list_id>/guest/<guest_id>")
@ROUTES.delete("/api/v2/list/<list_id>/guest/<guest_id>")
def of_list(list_id: str, guest_id: str) -> Response:
    """Share a List, or end it."""
    there = places.task_list(world(), list_id)
    return _share(world().team_of(there), there.id, guest_id)


@ROUTES.post("/api/v2/folder/<folder_id>/guest/<guest_id>")
@ROUTES.delete("/api/v2/folder/<folder_id>/guest/<guest_id>")
def of_folder(folder_id: str, guest_id: str) -> Response:
    """Share a Folder, or end it."""
    there = places.folder(world(), folder_id)
    return _share(world().team_of(there), there.id, guest_id)
