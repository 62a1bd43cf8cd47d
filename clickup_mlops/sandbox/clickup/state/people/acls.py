"""Privacy of an object and who may do what with it (v3)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from clickup_mlops.sandbox.clickup.state import access
from clickup_mlops.sandbox.clickup.state.goals.goals import Goal
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.model import JsonTable, User
from clickup_mlops.sandbox.clickup.state.people import members
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, bad_input, no_access
from clickup_mlops.sandbox.clickup.state.values import get_member, read_flag, read_records
from clickup_mlops.sandbox.clickup.state.world import World

LEVELS = {1: "read", 3: "comment", 4: "edit", 5: "create"}


@dataclass(slots=True)
class Acl:
    """Access to one object; `entries` maps `user:<id>` or `group:<id>` to a level."""

    id: str
    private: bool = False
    entries: dict[str, int] = field(default_factory=dict)


def _make_place_lookup(find: Callable[[World, str], Any]) -> Callable[[World, str], str]:
    return lambda world, object_id: world.team_of(find(world, object_id))


def _find_task_team(world: World, task_id: str) -> str:
    task = world.tasks.get(task_id)
    if task is None:
        raise no_access("Task")
    return world.place(task).team_id


def _find_field_team(world: World, field_id: str) -> str:
    field = world.fields.get(field_id)
    if field is None:
        raise no_access("Field")
    return field.level_id if field.level == "team" else _TEAMS[field.level](world, field.level_id)


def _make_table_lookup(table: Callable[[World], Any]) -> Callable[[World, str], str]:
    def find(world: World, object_id: str) -> str:
        record = table(world).get(object_id)
        if record is None:
            raise no_access()
        return str(record.team_id)

    return find


_TEAMS: dict[str, Callable[[World, str], str]] = {
    "space": _make_place_lookup(places.get_space),
    "folder": _make_place_lookup(places.get_folder),
    "list": _make_place_lookup(places.get_list),
    "task": _find_task_team,
    "customField": _find_field_team,
    "view": _make_table_lookup(lambda world: world.views),
    "doc": _make_table_lookup(lambda world: world.docs),
    "goal": _make_table_lookup(lambda world: world.table(Goal)),
}
"""What can be shared, with the way to its Workspace. Of other types the sandbox has no object."""


def change(
    world: World, actor: User, team_id: str, target: tuple[str, str], body: JsonTable
) -> Acl:
    """Set privacy and entries; a null level removes an entry."""
    kind, object_id = target
    if kind not in _TEAMS or _TEAMS[kind](world, object_id) != team_id:
        raise no_access()
    if actor.role == access.GUEST:
        raise Refusal("ACCESS_083", "Guests cannot share")
    entries = [_read_entry(world, entry) for entry in read_records(body, "entries")]
    acl = world.table(Acl).get(f"{kind}:{object_id}") or Acl(f"{kind}:{object_id}")
    acl.private = read_flag(body, "private", acl.private)
    for key, level in entries:
        acl.entries.pop(key, None)
        if level is not None:
            acl.entries[key] = level
        for user in _find_users(world, key):
            members.share(world, user, object_id, LEVELS[level] if level else None)
    _apply(world, actor, kind, object_id, acl)
    return world.table(Acl).put(acl)


def _read_entry(world: World, entry: JsonTable) -> tuple[str, int | None]:
    kind, level = entry.get("kind"), entry.get("permission_level")
    if level is not None and level not in LEVELS:
        raise bad_input("permission_level must be 1, 3, 4, 5 or null")
    if kind == "user":
        return f"user:{get_member(world, entry.get('id')).id}", level
    if kind == "group" and str(entry.get("id")) in world.groups:
        return f"group:{entry['id']}", level
    raise bad_input("An entry names a user or a group")


def _find_users(world: World, key: str) -> list[User]:
    kind, _, holder_id = key.partition(":")
    ids = [int(holder_id)] if kind == "user" else world.groups[holder_id].member_ids
    return [world.users[user_id] for user_id in ids]


def _apply(world: World, actor: User, kind: str, object_id: str, acl: Acl) -> None:
    """What else shows the privacy of an object."""
    if kind == "space" and acl.private != world.spaces[object_id].private:
        places.update_space(world, actor, world.spaces[object_id], {"private": acl.private})
    if folder := world.folders.get(object_id if kind == "folder" else None):
        folder.private = acl.private
        world.folders.put(folder)
    if task_list := world.lists.get(object_id if kind == "list" else None):
        task_list.private = acl.private
        world.lists.put(task_list)
    if acl.private:  # whoever makes an object private still sees it
        members.share(world, actor, object_id, actor.shares.get(object_id, "create"))
    if kind == "goal":
        goal = world.table(Goal)[object_id]
        goal.private = acl.private
        goal.shared = [user.id for key in acl.entries for user in _find_users(world, key)]
        world.table(Goal).put(goal)
