"""Slack: an incoming webhook. Its text is mrkdwn, in which `&`, `<` and `>` are escaped.

Wire: docs.slack.dev/messaging/formatting-message-text. Slack cuts a text after 40,000 characters
and asks for at most 4,000; its webhooks open no thread.
"""

from typing import Final

from clickup_mlops.features.outbound.chats._marks import to_marks
from clickup_mlops.features.outbound.chats._model import Chat, ChatMessage
from clickup_mlops.json_types import JsonObject

_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def _build(message: ChatMessage) -> JsonObject:
    return {"text": to_marks(message.markdown, _ESCAPES), "unfurl_links": False}


CHAT: Final = Chat(_build, lambda body: len(str(body["text"])), 4_000)
