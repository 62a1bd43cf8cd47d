"""User groups of a Workspace."""

from collections.abc import Collection

from clickup_mlops.sandbox.clickup.state.model import Group, JsonTable, User
from clickup_mlops.sandbox.clickup.state.people import audit_log
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, bad_input, no_access
from clickup_mlops.sandbox.clickup.state.values import (
    filter_member_ids,
    read_list,
    read_record,
    read_text,
)
from clickup_mlops.sandbox.clickup.state.world import World


def get(world: World, actor: User, group_id: str) -> Group:
    """A group by id, of a Workspace that the caller belongs to."""
    group = world.groups.get(group_id)
    if group is None or actor.id not in world.teams[group.team_id].member_ids:
        raise no_access("Group")
    return group


def list_groups(world: World, actor: User, team_id: str, ids: Collection[str]) -> list[Group]:
    """The groups of a Workspace, or those of these ids, oldest first."""
    team = world.teams.get(team_id)
    if team is None or actor.id not in team.member_ids:
        raise Refusal("OAUTH_027", "Team not authorized")
    groups = [group for group in world.groups if group.team_id == team_id]
    return [group for group in groups if not ids or group.id in ids]


def create(world: World, actor: User, team_id: str, body: JsonTable) -> Group:
    """A new group; the name is its handle unless another one is given."""
    name = _read_name(body, "")
    group = Group(
        world.ids.uuid("group"),
        team_id,
        name,
        read_text(body, "handle", _make_handle(name)),
        actor.id,
        world.now_ms(),
        filter_member_ids(world, read_list(body, "members")),
    )
    audit_log.record_event(world, actor, team_id, "TEAM_CREATED", group.name)
    return world.groups.put(group)


def update(world: World, actor: User, group: Group, body: JsonTable) -> None:
    """Rename, or change the members by what is added and removed."""
    name, handle = _read_name(body, group.name), read_text(body, "handle", group.handle)
    change = read_record(body, "members")
    removed = filter_member_ids(world, change.get("rem"))
    retained = [user_id for user_id in group.member_ids if user_id not in removed]
    group.member_ids = list(dict.fromkeys(retained + filter_member_ids(world, change.get("add"))))
    group.name, group.handle = name, handle
    world.groups.put(group)
    audit_log.record_event(world, actor, group.team_id, "TEAM_EDITED", group.name)


def delete(world: World, actor: User, group: Group) -> None:
    """Remove a group, also from the tasks that it was assigned to."""
    audit_log.record_event(world, actor, group.team_id, "TEAM_DELETED", group.name)
    world.groups.drop(group.id)
    for task in world.tasks:
        if group.id in task.group_assignees:
            task.group_assignees.remove(group.id)
            world.tasks.put(task)


def _read_name(body: JsonTable, otherwise: str) -> str:
    name = read_text(body, "name", otherwise)
    if not name.strip():
        raise bad_input("Group name invalid")
    return name


def _make_handle(name: str) -> str:
    return "".join(name.lower().split())
