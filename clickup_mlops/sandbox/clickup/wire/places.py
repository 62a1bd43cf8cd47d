"""Workspaces, Spaces, Folders and Lists on the wire."""

from collections.abc import Callable
from functools import partial

from clickup_mlops.sandbox.clickup.state.changes import format_priority
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.model import Folder, JsonTable, Space, TaskList, Team, User
from clickup_mlops.sandbox.clickup.state.people.members import list_custom_roles
from clickup_mlops.sandbox.clickup.state.world import World
from clickup_mlops.sandbox.clickup.wire.basics import (
    format_folder_stub,
    format_ms,
    format_space_stub,
    format_user,
    format_user_or_null,
)

_LABELS = {"red": "#e50000", "yellow": "#ffc53d", "green": "#2ecd6f", "blue": "#02bcd4"}


def format_authorized_user(user: User) -> JsonTable:
    """The token's user, with the settings that only this endpoint shows."""
    return {
        **format_user(user),
        "week_start_day": 1,
        "global_font_support": True,
        "timezone": user.timezone,
    }


def format_team(world: World, team: Team) -> JsonTable:
    """A Workspace with its members."""
    members = [world.users[user_id] for user_id in team.member_ids]
    return {
        "id": team.id,
        "name": team.name,
        "color": team.color,
        "avatar": None,
        "members": [{"user": {**format_user(user), "role": user.role}} for user in members],
    }


def format_custom_roles(world: World, team: Team) -> list[JsonTable]:
    """The custom roles of a Workspace with who has them."""
    members = [world.users[user_id] for user_id in team.member_ids]
    return [
        {
            "id": number,
            "team_id": team.id,
            "name": name,
            "inherited_role": role,
            "date_created": format_ms(world.now_ms()),
            "members": [user.id for user in members if user.custom_role == name],
        }
        for number, (name, role) in list_custom_roles(world, team).items()
    ]


def format_members(world: World, team_id: str) -> list[JsonTable]:
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
    members = [world.users[user_id] for user_id in world.teams[team_id].member_ids]
    return [{**format_user(user), "profileInfo": profile} for user in members]


def format_space(world: World, space: Space) -> JsonTable:
    """A Space with its statuses and ClickApps."""
    return {
        "id": space.id,
        "name": space.name,
        "color": space.color,
        "private": space.private,
        "avatar": None,
        "admin_can_manage": space.admin_can_manage,
        "statuses": space.statuses,
        "multiple_assignees": space.multiple_assignees,
        "features": space.features,
        "archived": space.archived,
    }


Levels = Callable[[Folder | TaskList], str | None]
"""What the asking user may do in a place: its `permission_level`; None: it is out of sight."""


def _grant_everything(_place: Folder | TaskList) -> str:
    return "create"


def format_folder(
    world: World,
    folder: Folder,
    *,
    lists: bool = True,
    subfolders: bool = False,
    level: Levels = _grant_everything,
) -> JsonTable:
    """A Folder, with its Lists unless it was just written."""
    inside = [entry for entry in places.list_lists(world, folder.id) if level(entry)]
    body: JsonTable = {
        "id": folder.id,
        "name": folder.name,
        "orderindex": folder.orderindex,
        "override_statuses": folder.statuses is not None,
        "hidden": folder.hidden,
        "space": format_space_stub(world.spaces[folder.space_id]),
        "task_count": str(sum(len(world.tasks_of(task_list.id)) for task_list in inside)),
        "archived": folder.archived,
        "statuses": folder.statuses or [],
        "permission_level": level(folder),
    }
    if lists:
        body["lists"] = [format_list(world, task_list, level=level) for task_list in inside]
    if folder.parent_folder:
        body["parent_folder"] = folder.parent_folder
    if subfolders:
        children = [
            child for child in world.folders if child.parent_folder == folder.id and level(child)
        ]
        format_child = partial(format_folder, world, lists=lists, subfolders=True, level=level)
        body["folders"] = [format_child(child) for child in children]
    return body


def format_list(
    world: World, task_list: TaskList, *, level: Levels = _grant_everything
) -> JsonTable:
    """A List with its effective statuses."""
    home = world.folders[task_list.folder_id]
    flag = format_priority(task_list.priority)
    return {
        "id": task_list.id,
        "name": task_list.name,
        "orderindex": task_list.orderindex,
        "content": task_list.content,
        "status": _format_label(task_list.status),
        "priority": flag and {"priority": flag["priority"], "color": flag["color"]},
        "assignee": format_user_or_null(world, task_list.assignee_id),
        "task_count": len(world.tasks_of(task_list.id)),
        "due_date": format_ms(task_list.due_date),
        "due_date_time": task_list.due_date_time,
        "start_date": format_ms(task_list.start_date),
        "start_date_time": task_list.start_date_time,
        "folder": format_folder_stub(home),
        "space": format_space_stub(world.spaces[task_list.space_id]),
        "inbound_address": f"add.task.{task_list.id}.sandbox@tasks.clickup.com",
        "archived": task_list.archived,
        "override_statuses": task_list.statuses is not None,
        "statuses": world.statuses(task_list),
        "permission_level": level(task_list),
    }


def _format_label(color_name: str | None) -> JsonTable | None:
    if color_name is None:
        return None
    color = _LABELS.get(color_name, color_name)
    return {"status": color_name, "color": color, "hide_label": True}
