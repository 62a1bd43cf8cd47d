"""Chat channels and messages (v3)."""

from collections.abc import Iterable, Iterator
from typing import Literal

from clickup_mlops.clickup.client.base import Resource, check_ids, check_name, drop_none
from clickup_mlops.clickup.client.paging import iterate_cursor
from clickup_mlops.clickup.content import Channel, Message
from clickup_mlops.clickup.model import Person
from clickup_mlops.errors import InputError

PAGE_SIZE = 100
"""Channels or messages on a page; the API's most."""

LONGEST_MESSAGE = 40_000
"""Characters."""

_CHANNELS = "/api/v3/workspaces/{workspace_id}/chat/channels"
_MESSAGES = "/api/v3/workspaces/{workspace_id}/chat/messages"

_READ = {"limit": PAGE_SIZE, "content_format": "text/md"}


class Chat(Resource):
    """Channels and messages; text is Markdown."""

    def channels(self, team_id: str) -> Iterator[Channel]:
        """The workspace's channels.

        https://developer.clickup.com/reference/getchatchannels
        """
        parameters = {"limit": PAGE_SIZE}
        return iterate_cursor(
            self._api, Channel.parse, _CHANNELS, parameters, "data", workspace_id=team_id
        )

    def create_channel(self, team_id: str, name: str, *, private: bool = False) -> Channel:
        """The channel with this name: a new one, or the one that is there.

        https://developer.clickup.com/reference/createchatchannel
        """
        body = {"name": check_name(name), "visibility": "PRIVATE" if private else "PUBLIC"}
        return self._api.post_idempotent(_CHANNELS, body, workspace_id=team_id).parse_one(
            Channel.parse, "data"
        )

    def location_channel(
        self, team_id: str, kind: Literal["space", "folder", "list"], place_id: str
    ) -> Channel:
        """The channel of a space, folder or list: a new one, or the one that is there.

        https://developer.clickup.com/reference/createlocationchatchannel
        """
        # ClickUp answers with the channel that is there, so this may be repeated.
        body = {"location": {"id": place_id, "type": kind}}
        answer = self._api.post_idempotent(f"{_CHANNELS}/location", body, workspace_id=team_id)
        return answer.parse_one(Channel.parse, "data")

    def direct(self, team_id: str, user_ids: Iterable[int]) -> Channel:
        """The conversation with these people (at most 15): a new one, or the one that is there.

        https://developer.clickup.com/reference/createdirectmessagechatchannel
        """
        body = {"user_ids": [str(user_id) for user_id in check_ids(user_ids)]}
        answer = self._api.post_idempotent(
            f"{_CHANNELS}/direct_message", body, workspace_id=team_id
        )
        return answer.parse_one(Channel.parse, "data")

    def channel(self, team_id: str, channel_id: str) -> Channel:
        """One channel.

        https://developer.clickup.com/reference/getchatchannel
        """
        route = f"{_CHANNELS}/{{channel_id}}"
        answer = self._api.get(route, workspace_id=team_id, channel_id=channel_id)
        return answer.parse_one(Channel.parse, "data")

    def update_channel(
        self,
        team_id: str,
        channel_id: str,
        *,
        name: str | None = None,
        topic: str | None = None,
        description: str | None = None,
    ) -> Channel:
        """Change what is given.

        https://developer.clickup.com/reference/updatechatchannel
        """
        route, body = f"{_CHANNELS}/{{channel_id}}", drop_none(name=name, topic=topic)
        body |= drop_none(description=description)
        answer = self._api.patch(route, body, workspace_id=team_id, channel_id=channel_id)
        return answer.parse_one(Channel.parse, "data")

    def members(self, team_id: str, channel_id: str) -> Iterator[Person]:
        """Who is in the channel.

        https://developer.clickup.com/reference/getchatchannelmembers
        """
        route = f"{_CHANNELS}/{{channel_id}}/members"
        path = {"workspace_id": team_id, "channel_id": channel_id}
        return iterate_cursor(self._api, Person.parse, route, {"limit": PAGE_SIZE}, "data", **path)

    def delete_channel(self, team_id: str, channel_id: str) -> None:
        """Remove a channel with its messages.

        https://developer.clickup.com/reference/deletechatchannel
        """
        route = f"{_CHANNELS}/{{channel_id}}"
        self._api.delete(route, workspace_id=team_id, channel_id=channel_id)

    def messages(self, team_id: str, channel_id: str) -> Iterator[Message]:
        """The channel's messages, newest first.

        https://developer.clickup.com/reference/getchatmessages
        """
        route = f"{_CHANNELS}/{{channel_id}}/messages"
        path = {"workspace_id": team_id, "channel_id": channel_id}
        return iterate_cursor(self._api, Message.parse, route, _READ, "data", **path)

    def replies(self, team_id: str, message_id: str) -> Iterator[Message]:
        """The replies to a message, newest first.

        https://developer.clickup.com/reference/getchatmessagereplies
        """
        route = f"{_MESSAGES}/{{message_id}}/replies"
        path = {"workspace_id": team_id, "message_id": message_id}
        return iterate_cursor(self._api, Message.parse, route, _READ, "data", **path)

    def send(self, team_id: str, channel_id: str, markdown: str) -> Message:
        """A new message.

        Raises:
            UncertainWrite: no answer came: read the channel before sending again.

        https://developer.clickup.com/reference/createchatmessage
        """
        route = f"{_CHANNELS}/{{channel_id}}/messages"
        path = {"workspace_id": team_id, "channel_id": channel_id}
        # Not idempotent: ClickUp has no key that would recognise a repeated message.
        return self._api.post(route, _build_body(markdown), **path).parse_one(Message.parse)

    def reply(self, team_id: str, message_id: str, markdown: str) -> Message:
        """A reply to a message.

        https://developer.clickup.com/reference/createreplymessage
        """
        route = f"{_MESSAGES}/{{message_id}}/replies"
        path = {"workspace_id": team_id, "message_id": message_id}
        return self._api.post(route, _build_body(markdown), **path).parse_one(Message.parse)

    def edit(
        self, team_id: str, message_id: str, markdown: str, *, resolved: bool | None = None
    ) -> None:
        """Change a message's text.

        https://developer.clickup.com/reference/patchchatmessage
        """
        body = drop_none(content=markdown, content_format="text/md", resolved=resolved)
        route = f"{_MESSAGES}/{{message_id}}"
        self._api.patch(route, body, workspace_id=team_id, message_id=message_id)

    def react(self, team_id: str, message_id: str, emoji: str) -> None:
        """Put an emoji, by its lower-case name, under a message; the same one twice is refused.

        https://developer.clickup.com/reference/createchatreaction
        """
        route = f"{_MESSAGES}/{{message_id}}/reactions"
        body = {"reaction": emoji}
        self._api.post(route, body, workspace_id=team_id, message_id=message_id)

    def delete(self, team_id: str, message_id: str) -> None:
        """Remove a message.

        https://developer.clickup.com/reference/deletechatmessage
        """
        route = f"{_MESSAGES}/{{message_id}}"
        self._api.delete(route, workspace_id=team_id, message_id=message_id)


def _build_body(markdown: str) -> dict[str, str]:
    if not markdown or len(markdown) > LONGEST_MESSAGE:
        raise InputError(f"a chat message has 1 to {LONGEST_MESSAGE} characters")
    return {"type": "message", "content": markdown, "content_format": "text/md"}
