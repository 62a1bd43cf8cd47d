"""User groups of a Workspace."""

from collections.abc import Collection

from clickup_mlops.sandbox.clickup.state.model import Group, Json, User
from clickup_mlops.sandbox.clickup.state.people import audit_log
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, bad_input, no_access
from clickup_mlops.sandbox.clickup.state.values import listed, people, record, text
from clickup_mlops.sandbox.clickup.state.world import World


def get(world: World, actor: User, group_id: str) -> Group:
    """A group by id, of a Workspace that the caller belongs to."""
    found = world.groups.get(group_id)
    if found is None or actor.id not in world.teams[found.team_id].member_ids:
        raise no_access("Group")
    return found


def of_team(world: World, actor: User, team_id: str, ids: Collection[str]) -> list[Group]:
    """The groups of a Workspace, or those of these ids, oldest first."""
    team = world.teams.get(team_id)
    if team is None or actor.id not in team.member_ids:
        raise Refusal("OAUTH_027", "Team not authorized")
    found = [one for one in world.groups if one.team_id == team_id]
    return [one for one in found if not ids or one.id in ids]


def create(world: World, actor: User, team_id: str, body: Json) -> Group:
    """A new group; the name is its handle unless another one is given."""
    name = _name(body, "")
    made = Group(
        world.ids.uuid("group"),
        team_id,
        name,
        text(body, "handle", _handle(name)),
        actor.id,
        world.now_ms(),
        people(world, listed(body, "members")),
    )
    audit_log.note(world, actor, team_id, "TEAM_CREATED", made.name)
    return world.groups.put(made)


def update(world: World, actor: User, found: Group, body: Json) -> None:
    """Rename, or change the members by what is added and removed."""
    name, handle = _name(body, found.name), text(body, "handle", found.handle)
    change = record(body, "members")
    removed = people(world, change.get("rem"))
    kept = [one for one in found.member_ids if one not in removed]
    found.member_ids = list(dict.fromkeys(kept + people(world, change.get("add"))))
    found.name, found.handle = name, handle
    world.groups.put(found)
    audit_log.note(world, actor, found.team_id, "TEAM_EDITED", found.name)


def delete(world: World, actor: User, found: Group) -> None:
    """Remove a group, also from the tasks that it was assigned to."""
    audit_log.note(world, actor, found.team_id, "TEAM_DELETED", found.name)
    world.groups.drop(found.id)
    for task in world.tasks:
        if found.id in task.group_assignees:
            task.group_assignees.remove(found.id)
            world.tasks.put(task)


def _name(body: Json, otherwise: str) -> str:
    name = text(body, "name", otherwise)
    if not name.strip():
        raise bad_input("Group name invalid")
    return name


def _handle(name: str) -> str:
    return "".join(name.lower().split())
