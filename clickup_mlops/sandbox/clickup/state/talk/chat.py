"""Chat (v3): channels, messages, replies, reactions."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.model import (
    Channel,
    Folder,
    JsonTable,
    Message,
    Space,
    TaskList,
    User,
)
from clickup_mlops.sandbox.clickup.state.refusal import bad_input, no_access
from clickup_mlops.sandbox.clickup.state.values import filter_member_ids, read_record, read_text
from clickup_mlops.sandbox.clickup.state.world import World

MAX_CONTENT = 40_000
_FINDERS: dict[str, Callable[[World, str], Space | Folder | TaskList]] = {
    "space": places.get_space,
    "folder": places.get_folder,
    "list": places.get_list,
}
_LOCATION_TYPES = {"space": 4, "folder": 5, "list": 6}


def list_channels(world: World, team_id: str) -> list[Channel]:
    """The channels of a Workspace, newest first."""
    channels = [channel for channel in world.channels if channel.team_id == team_id]
    return sorted(channels, key=lambda channel: (channel.date_created, channel.id), reverse=True)


def get_channel(world: World, team_id: str, channel_id: str) -> Channel:
    """A channel by id."""
    channel = world.channels.get(channel_id)
    if channel is None or channel.team_id != team_id:
        raise no_access("Channel")
    return channel


def create(world: World, actor: User, team_id: str, body: JsonTable) -> tuple[Channel, bool]:
    """The channel of this name, and whether it is new."""
    name = read_text(body, "name", "")
    if not name.strip():
        raise bad_input("name is required")
    return _ensure_channel(
        world, actor, team_id, body, _ChannelSpec(name, f"name:{name}", (team_id, 12))
    )


def create_at(world: World, actor: User, team_id: str, body: JsonTable) -> tuple[Channel, bool]:
    """The channel of a Space, Folder or List, and whether it is new."""
    location = read_record(body, "location")
    kind, place_id = str(location.get("type")), str(location.get("id"))
    if kind not in _FINDERS:
        raise bad_input("location.type must be folder, list or space")
    name = _FINDERS[kind](world, place_id).name
    spec = _ChannelSpec(name, f"{kind}:{place_id}", (place_id, _LOCATION_TYPES[kind]))
    return _ensure_channel(world, actor, team_id, body, spec)


def create_direct(world: World, actor: User, team_id: str, body: JsonTable) -> tuple[Channel, bool]:
    """The conversation between these members, and whether it is new."""
    invited_ids = filter_member_ids(world, body.get("user_ids") or [])
    everybody = sorted({actor.id, *invited_ids})
    key = f"dm:{everybody}"
    name = ", ".join(world.users[user_id].username for user_id in everybody)
    kind = "DM" if len(everybody) <= 2 else "GROUP_DM"
    values = {"user_ids": everybody, "visibility": "PRIVATE"}
    return _ensure_channel(
        world, actor, team_id, values, _ChannelSpec(name, key, (team_id, 12), kind)
    )


def update(world: World, channel: Channel, body: JsonTable) -> None:
    """Change name, topic, description or visibility."""
    for key in ("name", "topic", "description", "visibility"):
        setattr(channel, key, read_text(body, key, getattr(channel, key)))
    channel.date_updated = world.now_ms()
    world.channels.put(channel)


def delete(world: World, channel: Channel) -> None:
    """Delete a channel with its messages."""
    for message in [message for message in world.messages if message.channel_id == channel.id]:
        world.messages.drop(message.id)
    world.channels.drop(channel.id)


def list_messages(world: World, channel: Channel) -> list[Message]:
    """The messages of a channel, newest first; replies are not among them."""
    return _sort_newest_first(
        m for m in world.messages if m.channel_id == channel.id and not m.parent_id
    )


def get_message(world: World, message_id: str) -> Message:
    """A message by id."""
    message = world.messages.get(message_id)
    if message is None:
        raise no_access("Message")
    return message


def list_replies(world: World, to: Message) -> list[Message]:
    """The replies to a message, newest first."""
    return _sort_newest_first(m for m in world.messages if m.parent_id == to.id)


def send(
    world: World, actor: User, channel_id: str, body: JsonTable, parent_id: str | None = None
) -> Message:
    """A new message, or a reply."""
    if body.get("type") not in ("message", "post"):
        raise bad_input("type must be message or post")
    message = Message(
        world.ids.numeric("comment"),
        channel_id,
        actor.id,
        body["type"],
        _read_content(body),
        world.now_ms(),
        parent_id=parent_id,
        post_data=body.get("post_data"),
    )
    return world.messages.put(message)


def edit(world: World, message: Message, body: JsonTable) -> None:
    """Change content or resolution; what is not named stays."""
    if "content" in body:
        message.content = _read_content(body)
    message.resolved = bool(body.get("resolved", message.resolved))
    message.date_updated = world.now_ms()
    world.messages.put(message)


def react(world: World, actor: User, message: Message, reaction: str) -> JsonTable:
    """Add a reaction; a member's second one of the same kind is refused."""
    mine = [entry["reaction"] for entry in message.reactions if entry["user_id"] == str(actor.id)]
    if not reaction or reaction in mine:
        raise bad_input("The reaction is not supported or already exists")
    entry = {"date": world.now_ms(), "reaction": reaction, "user_id": str(actor.id)}
    message.reactions.append(entry)
    world.messages.put(message)
    return entry


def unreact(world: World, actor: User, message: Message, reaction: str) -> None:
    """Remove the actor's reaction; nothing happens if there is none."""
    mine = (str(actor.id), reaction)
    message.reactions = [r for r in message.reactions if (r["user_id"], r["reaction"]) != mine]
    world.messages.put(message)


class _ChannelSpec(NamedTuple):
    """A channel that must exist afterwards."""

    name: str
    key: str
    parent: tuple[str, int]
    kind: str = "CHANNEL"


def _ensure_channel(
    world: World, actor: User, team_id: str, body: JsonTable, spec: _ChannelSpec
) -> tuple[Channel, bool]:
    for channel in world.channels:
        if (channel.team_id, channel.key) == (team_id, spec.key):
            return channel, False
    now = world.now_ms()
    created = Channel(
        f"8c{team_id[-4:]}-c{world.ids.count('channel')}",
        team_id,
        spec.name,
        spec.kind,
        spec.key,
        actor.id,
        now,
        now,
        *spec.parent,
        _read_member_ids(world, actor, body),
        visibility=read_text(body, "visibility", "PUBLIC"),
        description=read_text(body, "description", ""),
        topic=read_text(body, "topic", ""),
    )
    return world.channels.put(created), True


def _read_member_ids(world: World, actor: User, body: JsonTable) -> list[int]:
    return list(dict.fromkeys([actor.id, *filter_member_ids(world, body.get("user_ids") or [])]))


def _read_content(body: JsonTable) -> str:
    content = read_text(body, "content", "")
    if not content or len(content) > MAX_CONTENT:
        raise bad_input(f"content: 1 to {MAX_CONTENT} characters")
    return content


def _sort_newest_first(messages: Iterable[Message]) -> list[Message]:
    return sorted(messages, key=lambda m: (m.date, int(m.id)), reverse=True)
