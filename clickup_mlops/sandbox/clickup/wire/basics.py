"""Users, times and places, as many answers repeat them."""

from clickup_mlops.sandbox.clickup.state.changes import format_ms
from clickup_mlops.sandbox.clickup.state.events import format_user
from clickup_mlops.sandbox.clickup.state.model import Folder, JsonTable, Space, TaskList, User
from clickup_mlops.sandbox.clickup.state.world import World

__all__ = [
    "format_creator",
    "format_folder_stub",
    "format_list_stub",
    "format_ms",
    "format_space_stub",
    "format_user",
    "format_user_or_null",
    "is_true",
]


def format_user_or_null(world: World, user_id: int | None) -> JsonTable | None:
    """The member, or null."""
    user = world.users.get(user_id)
    return format_user(user) if user else None


def format_creator(user: User) -> JsonTable:
    """The creator of a task: no initials."""
    return {
        "id": user.id,
        "username": user.username,
        "color": user.color,
        "email": user.email,
        "profilePicture": None,
    }


def format_folder_stub(folder: Folder) -> JsonTable:
    """The Folder inside a task or List; a folderless List shows a hidden one."""
    return {"id": folder.id, "name": folder.name, "hidden": folder.hidden, "access": True}


def format_space_stub(space: Space) -> JsonTable:
    """The Space inside a Folder or List."""
    return {"id": space.id, "name": space.name, "access": True}


def format_list_stub(task_list: TaskList) -> JsonTable:
    """The List inside a task."""
    return {"id": task_list.id, "name": task_list.name, "access": True}


def is_true(value: object) -> bool:
    """Whether a query switch is on: `true` or `1`."""
    return str(value).lower() in ("true", "1")
