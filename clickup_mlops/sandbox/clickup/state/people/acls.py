"""Privacy of an object and who may do what with it (v3)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from clickup_mlops.sandbox.clickup.state import access
from clickup_mlops.sandbox.clickup.state.goals.goals import Goal
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.model import Json, User
from clickup_mlops.sandbox.clickup.state.people import members
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, bad_input, no_access
from clickup_mlops.sandbox.clickup.state.values import flag, person, records
from clickup_mlops.sandbox.clickup.state.world import World

LEVELS = {1: "read", 3: "comment", 4: "edit", 5: "create"}


@dataclass(slots=True)
class Acl:
    """Access to one object; `entries` maps `user:<id>` or `group:<id>` to a level."""

    id: str
    private: bool = False
    entries: dict[str, int] = field(default_factory=dict)


def _team_of_place(find: Callable[[World, str], Any]) -> Callable[[World, str], str]:
    return lambda world, object_id: world.team_of(find(world, object_id))


def _team_of_task(world: World, task_id: str) -> str:
    task = world.tasks.get(task_id)
    if task is None:
        raise no_access("Task")
    return world.place(task).team_id


def _team_of_field(world: World, field_id: str) -> str:
    found = world.fields.get(field_id)
    if found is None:
        raise no_access("Field")
    return found.level_id if found.level == "team" else _TEAMS[found.level](world, found.level_id)


def _team_in(table: Callable[[World], Any]) -> Callable[[World, str], str]:
    def find(world: World, object_id: str) -> str:
        found = table(world).get(object_id)
        if found is None:
            raise no_access()
        return str(found.team_id)

    return find


_TEAMS: dict[str, Callable[[World, str], str]] = {
    "space": _team_of_place(places.space),
    "folder": _team_of_place(places.folder),
    "list": _team_of_place(places.task_list),
    "task": _team_of_task,
    "customField": _team_of_field,
    "view": _team_in(lambda world: world.views),
    "doc": _team_in(lambda world: world.docs),
    "goal": _team_in(lambda world: world.table(Goal)),
}
"""What can be shared, with the way to its Workspace. Of other types the sandbox has no object."""


def change(world: World, actor: User, team_id: str, target: tuple[str, str], body: Json) -> Acl:
    """Set privacy and entries; a null level removes an entry."""
    kind, object_id = target
    if kind not in _TEAMS or _TEAMS[kind](world, object_id) != team_id:
        raise no_access()
    if actor.role == access.GUEST:
        raise Refusal("ACCESS_083", "Guests cannot share")
    wanted = [_entry(world, one) for one in records(body, "entries")]
    found = world.table(Acl).get(f"{kind}:{object_id}") or Acl(f"{kind}:{object_id}")
    found.private = flag(body, "private", found.private)
    for key, level in wanted:
        found.entries.pop(key, None)
        if level is not None:
            found.entries[key] = level
        for user in _people(world, key):
            members.share(world, user, object_id, LEVELS[level] if level else None)
    _apply(world, actor, kind, object_id, found)
    return world.table(Acl).put(found)


def _entry(world: World, asked: Json) -> tuple[str, int | None]:
    kind, level = asked.get("kind"), asked.get("permission_level")
    if level is not None and level not in LEVELS:
        raise bad_input("permission_level must be 1, 3, 4, 5 or null")
    if kind == "user":
        return f"user:{person(world, asked.get('id')).id}", level
    if kind == "group" and str(asked.get("id")) in world.groups:
        return f"group:{asked['id']}", level
    raise bad_input("An entry names a user or a group")


def _people(world: World, key: str) -> list[User]:
    kind, _, one = key.partition(":")
    ids = [int(one)] if kind == "user" else world.groups[one].member_ids
    return [world.users[user_id] for user_id in ids]


def _apply(world: World, actor: User, kind: str, object_id: str, found: Acl) -> None:
    """What else shows the privacy of an object."""
    if kind == "space" and found.private != world.spaces[object_id].private:
        places.update_space(world, actor, world.spaces[object_id], {"private": found.private})
    if kind == "goal":
        goal = world.table(Goal)[object_id]
        goal.private = found.private
        goal.shared = [user.id for key in found.entries for user in _people(world, key)]
        world.table(Goal).put(goal)
