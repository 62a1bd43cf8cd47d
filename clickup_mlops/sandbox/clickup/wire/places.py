"""Workspaces, Spaces, Folders and Lists on the wire."""

from collections.abc import Callable
from functools import partial

from clickup_mlops.sandbox.clickup.state.changes import priority
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.model import Folder, Json, Space, TaskList, Team, User
from clickup_mlops.sandbox.clickup.state.people.members import custom_roles as custom_roles_of
from clickup_mlops.sandbox.clickup.state.world import World
from clickup_mlops.sandbox.clickup.wire.basics import (
    folder_stub,
    known_person,
    ms,
    person,
    space_stub,
)

_LABELS = {"red": "#e50000", "yellow": "#ffc53d", "green": "#2ecd6f", "blue": "#02bcd4"}


def user(found: User) -> Json:
    """The authorised user."""
    return {
        **person(found),
        "week_start_day": 1,
        "global_font_support": True,
        "timezone": found.timezone,
    }


def team(world: World, found: Team) -> Json:
    """A Workspace with its members."""
    members = [world.users[one] for one in found.member_ids]
    return {
        "id": found.id,
        "name": found.name,
        "color": found.color,
        "avatar": None,
        "members": [{"user": {**person(one), "role": one.role}} for one in members],
    }


def custom_roles(world: World, found: Team) -> list[Json]:
    """The custom roles of a Workspace with who has them."""
    members = [world.users[one] for one in found.member_ids]
    return [
        {
            "id": number,
            "team_id": found.id,
            "name": name,
            "inherited_role": role,
            "date_created": ms(world.now_ms()),
            "members": [one.id for one in members if one.custom_role == name],
        }
        for number, (name, role) in custom_roles_of(world, found).items()
    ]


def members_of(world: World, team_id: str) -> list[Json]:
    """The members of a Workspace, as List and task members are shown."""
    profile = dict.fromkeys(
        [
            "display_profile",
            "verified_ambassador",
            "verified_consultant",
            "top_tier_user",
            "viewed_verified_ambassador",
            "viewed_verified_consultant",
            "viewed_top_tier_user",
        ]
    )
    members = [world.users[one] for one in world.teams[team_id].member_ids]
    return [{**person(one), "profileInfo": profile} for one in members]


def space(world: World, found: Space) -> Json:
    """A Space with its statuses and ClickApps."""
    return {
        "id": found.id,
        "name": found.name,
        "color": found.color,
        "private": found.private,
        "avatar": None,
        "admin_can_manage": found.admin_can_manage,
        "statuses": found.statuses,
        "multiple_assignees": found.multiple_assignees,
        "features": found.features,
        "archived": found.archived,
    }


Levels = Callable[[Folder | TaskList], str]
"""What the asking user may do in a place: its `permission_level`."""


def _everything(_place: Folder | TaskList) -> str:
    return "create"


def folder(
    world: World,
    found: Folder,
    *,
    lists: bool = True,
    subfolders: bool = False,
    level: Levels = _everything,
) -> Json:
    """A Folder, with its Lists unless it was just written."""
    inside = places.lists_of(world, found.id)
    shown: Json = {
        "id": found.id,
        "name": found.name,
        "orderindex": found.orderindex,
        "override_statuses": found.statuses is not None,
        "hidden": found.hidden,
        "space": space_stub(world.spaces[found.space_id]),
        "task_count": str(sum(len(world.tasks_of(one.id)) for one in inside)),
        "archived": found.archived,
        "statuses": found.statuses or [],
        "permission_level": level(found),
    }
    if lists:
        shown["lists"] = [task_list(world, one, level=level) for one in inside]
    if found.parent_folder:
        shown["parent_folder"] = found.parent_folder
    if subfolders:
        below = [one for one in world.folders if one.parent_folder == found.id]
        deeper = partial(folder, world, lists=lists, subfolders=True, level=level)
        shown["folders"] = [deeper(one) for one in below]
    return shown


def task_list(world: World, found: TaskList, *, level: Levels = _everything) -> Json:
    """A List with its effective statuses."""
    home = world.folders[found.folder_id]
    flag = priority(found.priority)
    return {
        "id": found.id,
        "name": found.name,
        "orderindex": found.orderindex,
        "content": found.content,
        "status": _label(found.status),
        "priority": flag and {"priority": flag["priority"], "color": flag["color"]},
        "assignee": known_person(world, found.assignee_id),
        "task_count": len(world.tasks_of(found.id)),
        "due_date": ms(found.due_date),
        "due_date_time": found.due_date_time,
        "start_date": ms(found.start_date),
        "start_date_time": found.start_date_time,
        "folder": folder_stub(home),
        "space": space_stub(world.spaces[found.space_id]),
        "inbound_address": f"add.task.{found.id}.sandbox@tasks.clickup.com",
        "archived": found.archived,
        "override_statuses": found.statuses is not None,
        "statuses": world.statuses(found),
        "permission_level": level(found),
    }


def _label(color_name: str | None) -> Json | None:
    if color_name is None:
        return None
    color = _LABELS.get(color_name, color_name)
    return {"status": color_name, "color": color, "hide_label": True}
