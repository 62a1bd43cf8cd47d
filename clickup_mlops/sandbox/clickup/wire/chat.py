"""Chat on the wire."""

from clickup_mlops.sandbox.clickup.state.model import Channel, Json, Message, User
from clickup_mlops.sandbox.clickup.state.talk import chat
from clickup_mlops.sandbox.clickup.state.world import World
from clickup_mlops.sandbox.clickup.wire.times import iso


def channel(found: Channel) -> Json:
    """A channel."""
    here = f"/api/v3/workspaces/{found.team_id}/chat/channels/{found.id}"
    return {
        "id": found.id,
        "name": found.name,
        "description": found.description,
        "topic": found.topic,
        "type": found.type,
        "visibility": found.visibility,
        "parent": {"id": found.parent_id, "type": found.parent_type},
        "creator": str(found.creator_id),
        "created_at": iso(found.date_created),
        "updated_at": iso(found.date_updated),
        "workspace_id": found.team_id,
        "archived": False,
        "links": {"members": f"{here}/members", "followers": f"{here}/followers"},
    }


def message(world: World, found: Message) -> Json:
    """A message or a reply."""
    team_id = world.channels[found.channel_id].team_id
    here = f"/api/v3/workspaces/{team_id}/chat/messages/{found.id}"
    links = {"reactions": f"{here}/reactions", "tagged_users": f"{here}/tagged_users"}
    shown: Json = {
        "id": found.id,
        "type": found.type,
        "content": found.content,
        "date": found.date,
        "parent_channel": found.channel_id,
        "resolved": found.resolved,
        "user_id": str(found.user_id),
    }
    if found.parent_id:
        shown["parent_message"] = found.parent_id
    else:
        links["replies"] = f"{here}/replies"
        shown["replies_count"] = len(chat.replies(world, found))
    optional = {"date_updated": found.date_updated, "post_data": found.post_data}
    shown |= {key: value for key, value in optional.items() if value is not None}
    return {**shown, "links": links}


def user(found: User) -> Json:
    """A member of a channel."""
    return {
        "id": str(found.id),
        "email": found.email,
        "initials": found.initials,
        "name": found.username,
        "username": found.username,
    }
