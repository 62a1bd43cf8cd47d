"""Chat (v3): channels, messages, replies, reactions."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.model import (
    Channel,
    Folder,
    Json,
    Message,
    Space,
    TaskList,
    User,
)
from clickup_mlops.sandbox.clickup.state.refusal import bad_input, no_access
from clickup_mlops.sandbox.clickup.state.values import people, record, text
from clickup_mlops.sandbox.clickup.state.world import World

MAX_CONTENT = 40_000
_FINDERS: dict[str, Callable[[World, str], Space | Folder | TaskList]] = {
    "space": places.space,
    "folder": places.folder,
    "list": places.task_list,
}
_LOCATION_TYPES = {"space": 4, "folder": 5, "list": 6}


def channels(world: World, team_id: str) -> list[Channel]:
    """The channels of a Workspace, newest first."""
    found = [one for one in world.channels if one.team_id == team_id]
    return sorted(found, key=lambda one: (one.date_created, one.id), reverse=True)


def channel(world: World, team_id: str, channel_id: str) -> Channel:
    """A channel by id."""
    found = world.channels.get(channel_id)
    if found is None or found.team_id != team_id:
        raise no_access("Channel")
    return found


def create(world: World, actor: User, team_id: str, body: Json) -> tuple[Channel, bool]:
    """The channel of this name, and whether it is new."""
    name = text(body, "name", "")
    if not name.strip():
        raise bad_input("name is required")
    return _ensure(world, actor, team_id, body, _Wanted(name, f"name:{name}", (team_id, 12)))


def create_at(world: World, actor: User, team_id: str, body: Json) -> tuple[Channel, bool]:
    """The channel of a Space, Folder or List, and whether it is new."""
    location = record(body, "location")
    kind, place_id = str(location.get("type")), str(location.get("id"))
    if kind not in _FINDERS:
        raise bad_input("location.type must be folder, list or space")
    name = _FINDERS[kind](world, place_id).name
    wanted = _Wanted(name, f"{kind}:{place_id}", (place_id, _LOCATION_TYPES[kind]))
    return _ensure(world, actor, team_id, body, wanted)


def create_direct(world: World, actor: User, team_id: str, body: Json) -> tuple[Channel, bool]:
    """The conversation between these members, and whether it is new."""
    others = people(world, body.get("user_ids") or [])
    everybody = sorted({actor.id, *others})
    key = f"dm:{everybody}"
    name = ", ".join(world.users[one].username for one in everybody)
    kind = "DM" if len(everybody) <= 2 else "GROUP_DM"
    asked = {"user_ids": everybody, "visibility": "PRIVATE"}
    return _ensure(world, actor, team_id, asked, _Wanted(name, key, (team_id, 12), kind))


def update(world: World, found: Channel, body: Json) -> None:
    """Change name, topic, description or visibility."""
    for key in ("name", "topic", "description", "visibility"):
        setattr(found, key, text(body, key, getattr(found, key)))
    found.date_updated = world.now_ms()
    world.channels.put(found)


def delete(world: World, found: Channel) -> None:
    """Delete a channel with its messages."""
    for message in [one for one in world.messages if one.channel_id == found.id]:
        world.messages.drop(message.id)
    world.channels.drop(found.id)


def messages(world: World, found: Channel) -> list[Message]:
    """The messages of a channel, newest first; replies are not among them."""
    return _newest(m for m in world.messages if m.channel_id == found.id and not m.parent_id)


def message(world: World, message_id: str) -> Message:
    """A message by id."""
    found = world.messages.get(message_id)
    if found is None:
        raise no_access("Message")
    return found


def replies(world: World, to: Message) -> list[Message]:
    """The replies to a message, newest first."""
    return _newest(m for m in world.messages if m.parent_id == to.id)


def send(
    world: World, actor: User, channel_id: str, body: Json, parent_id: str | None = None
) -> Message:
    """A new message, or a reply."""
    if body.get("type") not in ("message", "post"):
        raise bad_input("type must be message or post")
    made = Message(
        world.ids.numeric("comment"),
        channel_id,
        actor.id,
        body["type"],
        _content(body),
        world.now_ms(),
        parent_id=parent_id,
        post_data=body.get("post_data"),
    )
    return world.messages.put(made)


def edit(world: World, found: Message, body: Json) -> None:
    """Change a message."""
    if "content" in body:
        found.content = _content(body)
    found.resolved = bool(body.get("resolved", found.resolved))
    found.date_updated = world.now_ms()
    world.messages.put(found)


def react(world: World, actor: User, found: Message, reaction: str) -> Json:
    """Add a reaction; a member's second one of the same kind is refused."""
    mine = [one["reaction"] for one in found.reactions if one["user_id"] == str(actor.id)]
    if not reaction or reaction in mine:
        raise bad_input("The reaction is not supported or already exists")
    made = {"date": world.now_ms(), "reaction": reaction, "user_id": str(actor.id)}
    found.reactions.append(made)
    world.messages.put(found)
    return made


def unreact(world: World, actor: User, found: Message, reaction: str) -> None:
    """Remove a reaction."""
    mine = (str(actor.id), reaction)
    found.reactions = [r for r in found.reactions if (r["user_id"], r["reaction"]) != mine]
    world.messages.put(found)


class _Wanted(NamedTuple):
    """A channel that must exist afterwards."""

    name: str
    key: str
    parent: tuple[str, int]
    kind: str = "CHANNEL"


def _ensure(
    world: World, actor: User, team_id: str, body: Json, wanted: _Wanted
) -> tuple[Channel, bool]:
    for one in world.channels:
        if (one.team_id, one.key) == (team_id, wanted.key):
            return one, False
    now = world.now_ms()
    made = Channel(
        f"8c{team_id[-4:]}-c{world.ids.count('channel')}",
        team_id,
        wanted.name,
        wanted.kind,
        wanted.key,
        actor.id,
        now,
        now,
        *wanted.parent,
        _members(world, actor, body),
        visibility=text(body, "visibility", "PUBLIC"),
        description=text(body, "description", ""),
        topic=text(body, "topic", ""),
    )
    return world.channels.put(made), True


def _members(world: World, actor: User, body: Json) -> list[int]:
    return list(dict.fromkeys([actor.id, *people(world, body.get("user_ids") or [])]))


def _content(body: Json) -> str:
    content = text(body, "content", "")
    if not content or len(content) > MAX_CONTENT:
        raise bad_input(f"content: 1 to {MAX_CONTENT} characters")
    return content


def _newest(found: Iterable[Message]) -> list[Message]:
    return sorted(found, key=lambda m: (m.date, int(m.id)), reverse=True)
