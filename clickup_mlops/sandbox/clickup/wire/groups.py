"""User groups on the wire."""

from clickup_mlops.sandbox.clickup.state.events import user_stub
from clickup_mlops.sandbox.clickup.state.model import Group, Json
from clickup_mlops.sandbox.clickup.state.world import World


def group(world: World, found: Group) -> Json:
    """A group with its members."""
    members = [world.users[one] for one in found.member_ids if one in world.users]
    return {
        "id": found.id,
        "team_id": found.team_id,
        "userid": found.creator_id,
        "name": found.name,
        "handle": found.handle,
        "date_created": str(found.date_created),
        "initials": _initials(found),
        "members": [user_stub(one) for one in members],
        "avatar": dict.fromkeys(("attachment_id", "color", "source", "icon")),
    }


def assigned(world: World, group_id: str) -> Json:
    """A group among a task's assignees; of an unknown one only the id is known."""
    found = world.groups.get(group_id)
    if found is None:
        return {"id": group_id}
    return {"id": found.id, "name": found.name, "initials": _initials(found), "color": None}


def _initials(found: Group) -> str:
    return "".join(word[0] for word in found.name.split()[:2]).upper()
