"""User groups on the wire."""

from clickup_mlops.sandbox.clickup.state.events import format_user
from clickup_mlops.sandbox.clickup.state.model import Group, JsonTable
from clickup_mlops.sandbox.clickup.state.world import World


def format_group(world: World, group: Group) -> JsonTable:
    """A group with its members."""
    members = [world.users[user_id] for user_id in group.member_ids if user_id in world.users]
    return {
        "id": group.id,
        "team_id": group.team_id,
        "userid": group.creator_id,
        "name": group.name,
        "handle": group.handle,
        "date_created": str(group.date_created),
        "initials": _get_initials(group),
        "members": [format_user(user) for user in members],
        "avatar": dict.fromkeys(("attachment_id", "color", "source", "icon")),
    }


def format_assigned_group(world: World, group_id: str) -> JsonTable:
    """A group among a task's assignees; of an unknown one only the id is known."""
    group = world.groups.get(group_id)
    if group is None:
        return {"id": group_id}
    return {"id": group.id, "name": group.name, "initials": _get_initials(group), "color": None}


def _get_initials(group: Group) -> str:
    return "".join(word[0] for word in group.name.split()[:2]).upper()
