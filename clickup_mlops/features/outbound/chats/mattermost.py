"""Mattermost: an incoming webhook, whose text is Markdown.

Wire: developers.mattermost.com/integrate/webhooks/incoming. A post has at most 16,383 characters.
"""

from typing import Final

from clickup_mlops.features.outbound.chats._model import Chat, ChatMessage
from clickup_mlops.json_types import JsonObject


def _build(message: ChatMessage) -> JsonObject:
    return {"text": message.markdown}


CHAT: Final = Chat(_build, lambda body: len(str(body["text"])), 16_383)
