"""Guests of a Workspace on the Enterprise plan, and what is shared with them."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.arguments import find_task
from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.model import User
from clickup_mlops.sandbox.clickup.state.people import members
from clickup_mlops.sandbox.clickup.wire import members as wire

ROUTES = Blueprint("guests", __name__)

_GUEST = "/api/v2/team/<team_id>/guest/<guest_id>"


def _answer_guest(team_id: str, user: User) -> Response:
    shares = request.args.get("include_shared") != "false"
    team = places.get_team(get_world(), team_id)
    return answer({"guest": wire.format_member(get_world(), team, user, shares=shares)})


@ROUTES.post("/api/v2/team/<team_id>/guest")
def invite(team_id: str) -> Response:
    """Invite a guest, who sees nothing until something is shared."""
    team = places.get_team(get_world(), team_id)
    guest = members.invite_guest(get_world(), get_actor(), team, read_body())
    return answer({"team": wire.format_team(get_world(), team, [guest])})


@ROUTES.get(_GUEST)
def get(team_id: str, guest_id: str) -> Response:
    """One guest, with what is shared unless `include_shared` is false."""
    return _answer_guest(team_id, members.get(get_world(), team_id, guest_id, guests=True))


@ROUTES.put(_GUEST)
def update(team_id: str, guest_id: str) -> Response:
    """Change what a guest may do."""
    team = places.get_team(get_world(), team_id)
    guest = members.get(get_world(), team_id, guest_id, guests=True)
    members.update_guest(get_world(), get_actor(), team, guest, read_body())
    return _answer_guest(team_id, guest)


@ROUTES.delete(_GUEST)
def remove(team_id: str, guest_id: str) -> Response:
    """Take a guest out of the Workspace."""
    team = places.get_team(get_world(), team_id)
    guest = members.get(get_world(), team_id, guest_id, guests=True)
    members.remove(get_world(), get_actor(), team, guest)
    return answer({"team": wire.format_team(get_world(), team, [])})


# Sharing


def _share(team_id: str, object_id: str, guest_id: str) -> Response:
    """Add with a level, remove without one."""
    user = members.get_guest_to_share_with(get_world(), get_actor(), team_id, guest_id)
    level = str(read_body().get("permission_level")) if request.method == "POST" else None
    members.share(get_world(), user, object_id, level)
    return _answer_guest(team_id, user)


@ROUTES.post("/api/v2/task/<task_id>/guest/<guest_id>")
@ROUTES.delete("/api/v2/task/<task_id>/guest/<guest_id>")
def share_task(task_id: str, guest_id: str) -> Response:
    """Share a task, or end it."""
    task = find_task(task_id)
    return _share(get_world().place(task).team_id, task.id, guest_id)


@ROUTES.post("/api/v2/list/<list_id>/guest/<guest_id>")
@ROUTES.delete("/api/v2/list/<list_id>/guest/<guest_id>")
def share_list(list_id: str, guest_id: str) -> Response:
    """Share a List, or end it."""
    task_list = places.get_list(get_world(), list_id)
    return _share(get_world().team_of(task_list), task_list.id, guest_id)


@ROUTES.post("/api/v2/folder/<folder_id>/guest/<guest_id>")
@ROUTES.delete("/api/v2/folder/<folder_id>/guest/<guest_id>")
def share_folder(folder_id: str, guest_id: str) -> Response:
    """Share a Folder, or end it."""
    folder = places.get_folder(get_world(), folder_id)
    return _share(get_world().team_of(folder), folder.id, guest_id)
