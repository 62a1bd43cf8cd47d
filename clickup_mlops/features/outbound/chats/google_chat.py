"""Google Chat: an incoming webhook of a space, whose text has Slack's marks without its escapes.

Wire: developers.google.com/workspace/chat, the webhook quickstart and `spaces.messages.create`. A
`requestId` that was used before gives the message that it made. The text may have 4,096 bytes.
"""

from collections.abc import Mapping
from typing import Final

from clickup_mlops.features.outbound.chats._marks import to_marks
from clickup_mlops.features.outbound.chats._model import Chat, ChatMessage
from clickup_mlops.json_types import Json, JsonObject

_REPLACEMENTS: Final = {"<": "\u2039", ">": "\u203a"}
"""There is no way to write `<` that cannot begin a mention."""
_IN_THREAD: Final = "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"


def _build(message: ChatMessage) -> JsonObject:
    body: dict[str, Json] = {"text": to_marks(message.markdown, _REPLACEMENTS)}
    if message.thread:
        body["thread"] = {"threadKey": message.thread}
    return body


def _query(message: ChatMessage, delivery: str) -> Mapping[str, str]:
    reply = {"messageReplyOption": _IN_THREAD} if message.thread else {}
    return {"requestId": delivery} | reply


CHAT: Final = Chat(_build, lambda body: len(str(body["text"]).encode()), 4_096, _query)
