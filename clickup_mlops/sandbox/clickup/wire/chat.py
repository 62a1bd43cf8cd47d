"""Chat on the wire."""

from clickup_mlops.sandbox.clickup.state.model import Channel, JsonTable, Message, User
from clickup_mlops.sandbox.clickup.state.talk import chat
from clickup_mlops.sandbox.clickup.state.world import World
from clickup_mlops.sandbox.clickup.wire.times import format_iso


def format_channel(channel: Channel) -> JsonTable:
    """A channel, with the paths of its members and followers."""
    path = f"/api/v3/workspaces/{channel.team_id}/chat/channels/{channel.id}"
    return {
        "id": channel.id,
        "name": channel.name,
        "description": channel.description,
        "topic": channel.topic,
        "type": channel.type,
        "visibility": channel.visibility,
        "parent": {"id": channel.parent_id, "type": channel.parent_type},
        "creator": str(channel.creator_id),
        "created_at": format_iso(channel.date_created),
        "updated_at": format_iso(channel.date_updated),
        "workspace_id": channel.team_id,
        "archived": False,
        "links": {"members": f"{path}/members", "followers": f"{path}/followers"},
    }


def format_message(world: World, message: Message) -> JsonTable:
    """A message or a reply."""
    team_id = world.channels[message.channel_id].team_id
    path = f"/api/v3/workspaces/{team_id}/chat/messages/{message.id}"
    links = {"reactions": f"{path}/reactions", "tagged_users": f"{path}/tagged_users"}
    body: JsonTable = {
        "id": message.id,
        "type": message.type,
        "content": message.content,
        "date": message.date,
        "parent_channel": message.channel_id,
        "resolved": message.resolved,
        "user_id": str(message.user_id),
    }
    if message.parent_id:
        body["parent_message"] = message.parent_id
    else:
        links["replies"] = f"{path}/replies"
        body["replies_count"] = len(chat.list_replies(world, message))
    optional = {"date_updated": message.date_updated, "post_data": message.post_data}
    body |= {key: value for key, value in optional.items() if value is not None}
    return {**body, "links": links}


def format_member(user: User) -> JsonTable:
    """A member of a channel."""
    return {
        "id": str(user.id),
        "email": user.email,
        "initials": user.initials,
        "name": user.username,
        "username": user.username,
    }
