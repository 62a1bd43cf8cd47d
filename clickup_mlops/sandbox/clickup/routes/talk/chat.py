"""Chat (v3)."""

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.edge import actor, answer, body, world
from clickup_mlops.sandbox.clickup.paging import cursor_page
from clickup_mlops.sandbox.clickup.state.model import Channel
from clickup_mlops.sandbox.clickup.state.talk import chat
from clickup_mlops.sandbox.clickup.wire import chat as wire

ROUTES = Blueprint("chat", __name__)

_CHANNELS = "/api/v3/workspaces/<workspace_id>/chat/channels"
_CHANNEL = f"{_CHANNELS}/<channel_id>"
_MESSAGE = "/api/v3/workspaces/<workspace_id>/chat/messages/<message_id>"


def _made(found: tuple[Channel, bool]) -> Response:
    """201 for a new channel, 200 for one that was there."""
    channel, is_new = found
    return answer({"data": wire.channel(channel)}, 201 if is_new else 200)


@ROUTES.get(_CHANNELS)
def listed(workspace_id: str) -> Response:
    """The channels of a Workspace."""
    page, following = cursor_page(chat.channels(world(), workspace_id))
    return answer({"data": [wire.channel(one) for one in page], "next_cursor": following})


@ROUTES.post(_CHANNELS)
def create(workspace_id: str) -> Response:
    """A channel by name."""
    return _made(chat.create(world(), actor(), workspace_id, body()))


@ROUTES.post(f"{_CHANNELS}/location")
def create_at(workspace_id: str) -> Response:
    """The channel of a place."""
    return _made(chat.create_at(world(), actor(), workspace_id, body()))


@ROUTES.post(f"{_CHANNELS}/direct_message")
def create_direct(workspace_id: str) -> Response:
    """A conversation."""
    return _made(chat.create_direct(world(), actor(), workspace_id, body()))


@ROUTES.get(_CHANNEL)
def get(workspace_id: str, channel_id: str) -> Response:
    """One channel."""
    return answer({"data": wire.channel(chat.channel(world(), workspace_id, channel_id))})


@ROUTES.patch(_CHANNEL)
def update(workspace_id: str, channel_id: str) -> Response:
    """Change a channel."""
    found = chat.channel(world(), workspace_id, channel_id)
    chat.update(world(), found, body())
    return answer({"data": wire.channel(found)})


@ROUTES.delete(_CHANNEL)
def delete(workspace_id: str, channel_id: str) -> Response:
    """Delete a channel."""
    chat.delete(world(), chat.channel(world(), workspace_id, channel_id))
    return Response(status=204)


@ROUTES.get(f"{_CHANNEL}/members")
@ROUTES.get(f"{_CHANNEL}/followers")
def members(workspace_id: str, channel_id: str) -> Response:
    """Who is in a channel; here everybody in it follows it."""
    found = chat.channel(world(), workspace_id, channel_id)
    page, following = cursor_page([world().users[one] for one in found.member_ids])
    return answer({"data": [wire.user(one) for one in page], "next_cursor": following})


@ROUTES.get(f"{_CHANNEL}/messages")
def messages(workspace_id: str, channel_id: str) -> Response:
    """The messages of a channel, newest first."""
    found = chat.messages(world(), chat.channel(world(), workspace_id, channel_id))
    page, following = cursor_page(found)
    shown = [wire.message(world(), one) for one in page]
    return answer({"data": shown, "next_cursor": following})


@ROUTES.post(f"{_CHANNEL}/messages")
def send(workspace_id: str, channel_id: str) -> Response:
    """A new message."""
    found = chat.channel(world(), workspace_id, channel_id)
    return answer(wire.message(world(), chat.send(world(), actor(), found.id, body())), 201)


@ROUTES.patch(_MESSAGE)
def edit(workspace_id: str, message_id: str) -> Response:
    """Change a message."""
    found = chat.message(world(), message_id)
    chat.edit(world(), found, body())
    return answer(wire.message(world(), found))


@ROUTES.delete(_MESSAGE)
def remove(workspace_id: str, message_id: str) -> Response:
    """Delete a message."""
    world().messages.drop(chat.message(world(), message_id).id)
    return Response(status=204)


@ROUTES.get(f"{_MESSAGE}/replies")
def replies(workspace_id: str, message_id: str) -> Response:
    """The replies to a message, newest first."""
    page, following = cursor_page(chat.replies(world(), chat.message(world(), message_id)))
    shown = [wire.message(world(), one) for one in page]
    return answer({"data": shown, "next_cursor": following})


@ROUTES.post(f"{_MESSAGE}/replies")
def reply(workspace_id: str, message_id: str) -> Response:
    """Reply to a message."""
    to = chat.message(world(), message_id)
    made = chat.send(world(), actor(), to.channel_id, body(), parent_id=to.id)
    return answer(wire.message(world(), made), 201)


@ROUTES.get(f"{_MESSAGE}/reactions")
def reactions(workspace_id: str, message_id: str) -> Response:
    """The reactions to a message."""
    page, following = cursor_page(chat.message(world(), message_id).reactions)
    return answer({"data": list(page), "next_cursor": following})


@ROUTES.post(f"{_MESSAGE}/reactions")
def react(workspace_id: str, message_id: str) -> Response:
    """Add a reaction."""
    found = chat.message(world(), message_id)
    return answer(chat.react(world(), actor(), found, str(body().get("reaction", ""))), 201)


@ROUTES.delete(f"{_MESSAGE}/reactions/<reaction>")
def unreact(workspace_id: str, message_id: str, reaction: str) -> Response:
    """Remove a reaction."""
    chat.unreact(world(), actor(), chat.message(world(), message_id), reaction)
    return Response(status=204)
