"""Users, times and places, as many answers repeat them."""

from clickup_mlops.sandbox.clickup.state.events import user_stub as person
from clickup_mlops.sandbox.clickup.state.model import Folder, Json, Space, TaskList, User
from clickup_mlops.sandbox.clickup.state.world import World

__all__ = [
    "creator",
    "folder_stub",
    "known_person",
    "list_stub",
    "ms",
    "person",
    "space_stub",
    "wanted",
]


def ms(value: int | None) -> str | None:
    """v2 answers give times as strings."""
    return None if value is None else str(value)


def known_person(world: World, user_id: int | None) -> Json | None:
    """The member, or null."""
    found = world.users.get(user_id)
    return person(found) if found else None


def creator(user: User) -> Json:
    """The creator of a task: no initials."""
    return {
        "id": user.id,
        "username": user.username,
        "color": user.color,
        "email": user.email,
        "profilePicture": None,
    }


def folder_stub(folder: Folder) -> Json:
    """The Folder inside a task or List; a folderless List shows a hidden one."""
    return {"id": folder.id, "name": folder.name, "hidden": folder.hidden, "access": True}


def space_stub(space: Space) -> Json:
    """The Space inside a Folder or List."""
    return {"id": space.id, "name": space.name, "access": True}


def list_stub(there: TaskList) -> Json:
    """The List inside a task."""
    return {"id": there.id, "name": there.name, "access": True}


def wanted(value: object) -> bool:
    """A query switch."""
    return str(value).lower() in ("true", "1")
