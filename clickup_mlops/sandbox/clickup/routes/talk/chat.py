"""Chat (v3): channels, messages, replies and reactions, paged by a cursor."""

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.paging import paginate
from clickup_mlops.sandbox.clickup.state.model import Channel
from clickup_mlops.sandbox.clickup.state.talk import chat
from clickup_mlops.sandbox.clickup.wire import chat as wire

ROUTES = Blueprint("chat", __name__)

_CHANNELS = "/api/v3/workspaces/<workspace_id>/chat/channels"
_CHANNEL = f"{_CHANNELS}/<channel_id>"
_MESSAGE = "/api/v3/workspaces/<workspace_id>/chat/messages/<message_id>"


def _answer_channel(ensured: tuple[Channel, bool]) -> Response:
    """201 for a new channel, 200 for one that was there."""
    channel, is_new = ensured
    return answer({"data": wire.format_channel(channel)}, 201 if is_new else 200)


@ROUTES.get(_CHANNELS)
def list_channels(workspace_id: str) -> Response:
    """The channels of a Workspace."""
    page, following = paginate(chat.list_channels(get_world(), workspace_id))
    return answer(
        {"data": [wire.format_channel(channel) for channel in page], "next_cursor": following}
    )


@ROUTES.post(_CHANNELS)
def create(workspace_id: str) -> Response:
    """A channel by name."""
    return _answer_channel(chat.create(get_world(), get_actor(), workspace_id, read_body()))


@ROUTES.post(f"{_CHANNELS}/location")
def create_at(workspace_id: str) -> Response:
    """The channel of a place."""
    return _answer_channel(chat.create_at(get_world(), get_actor(), workspace_id, read_body()))


@ROUTES.post(f"{_CHANNELS}/direct_message")
def create_direct(workspace_id: str) -> Response:
    """The conversation between these members; 200 if it was there already."""
    return _answer_channel(chat.create_direct(get_world(), get_actor(), workspace_id, read_body()))


@ROUTES.get(_CHANNEL)
def get(workspace_id: str, channel_id: str) -> Response:
    """One channel by id."""
    return answer(
        {"data": wire.format_channel(chat.get_channel(get_world(), workspace_id, channel_id))}
    )


@ROUTES.patch(_CHANNEL)
def update(workspace_id: str, channel_id: str) -> Response:
    """Change name, topic, description or visibility of a channel."""
    channel = chat.get_channel(get_world(), workspace_id, channel_id)
    chat.update(get_world(), channel, read_body())
    return answer({"data": wire.format_channel(channel)})


@ROUTES.delete(_CHANNEL)
def delete(workspace_id: str, channel_id: str) -> Response:
    """Delete a channel with its messages; 204 without a body."""
    chat.delete(get_world(), chat.get_channel(get_world(), workspace_id, channel_id))
    return Response(status=204)


@ROUTES.get(f"{_CHANNEL}/members")
@ROUTES.get(f"{_CHANNEL}/followers")
def list_members(workspace_id: str, channel_id: str) -> Response:
    """Who is in a channel; here everybody in it follows it."""
    channel = chat.get_channel(get_world(), workspace_id, channel_id)
    page, following = paginate([get_world().users[user_id] for user_id in channel.member_ids])
    return answer({"data": [wire.format_member(user) for user in page], "next_cursor": following})


@ROUTES.get(f"{_CHANNEL}/messages")
def list_messages(workspace_id: str, channel_id: str) -> Response:
    """The messages of a channel, newest first."""
    newest_first = chat.list_messages(
        get_world(), chat.get_channel(get_world(), workspace_id, channel_id)
    )
    page, following = paginate(newest_first)
    formatted = [wire.format_message(get_world(), message) for message in page]
    return answer({"data": formatted, "next_cursor": following})


@ROUTES.post(f"{_CHANNEL}/messages")
def send(workspace_id: str, channel_id: str) -> Response:
    """Post a message to a channel; `type` is `message` or `post`."""
    channel = chat.get_channel(get_world(), workspace_id, channel_id)
    return answer(
        wire.format_message(
            get_world(), chat.send(get_world(), get_actor(), channel.id, read_body())
        ),
        201,
    )


@ROUTES.patch(_MESSAGE)
def edit(workspace_id: str, message_id: str) -> Response:
    """Change content or resolution of a message."""
    message = chat.get_message(get_world(), message_id)
    chat.edit(get_world(), message, read_body())
    return answer(wire.format_message(get_world(), message))


@ROUTES.delete(_MESSAGE)
def remove(workspace_id: str, message_id: str) -> Response:
    """Delete a message; 204 without a body."""
    get_world().messages.drop(chat.get_message(get_world(), message_id).id)
    return Response(status=204)


@ROUTES.get(f"{_MESSAGE}/replies")
def list_replies(workspace_id: str, message_id: str) -> Response:
    """The replies to a message, newest first."""
    page, following = paginate(
        chat.list_replies(get_world(), chat.get_message(get_world(), message_id))
    )
    formatted = [wire.format_message(get_world(), message) for message in page]
    return answer({"data": formatted, "next_cursor": following})


@ROUTES.post(f"{_MESSAGE}/replies")
def reply(workspace_id: str, message_id: str) -> Response:
    """Reply to a message."""
    to = chat.get_message(get_world(), message_id)
    message = chat.send(get_world(), get_actor(), to.channel_id, read_body(), parent_id=to.id)
    return answer(wire.format_message(get_world(), message), 201)


@ROUTES.get(f"{_MESSAGE}/reactions")
def list_reactions(workspace_id: str, message_id: str) -> Response:
    """The reactions to a message."""
    page, following = paginate(chat.get_message(get_world(), message_id).reactions)
    return answer({"data": list(page), "next_cursor": following})


@ROUTES.post(f"{_MESSAGE}/reactions")
def react(workspace_id: str, message_id: str) -> Response:
    """Add a reaction; a second one of the same kind by the same user is refused."""
    message = chat.get_message(get_world(), message_id)
    return answer(
        chat.react(get_world(), get_actor(), message, str(read_body().get("reaction", ""))), 201
    )


@ROUTES.delete(f"{_MESSAGE}/reactions/<reaction>")
def unreact(workspace_id: str, message_id: str, reaction: str) -> Response:
    """Remove the caller's reaction; 204 also if there is none."""
    chat.unreact(get_world(), get_actor(), chat.get_message(get_world(), message_id), reaction)
    return Response(status=204)
