"""Microsoft Teams: a workflow that is started by a webhook request, with an Adaptive Card.

Wire: learn.microsoft.com/power-automate/teams. A message may have 28 KB with all of its JSON.
"""

from typing import Final

import orjson

from clickup_mlops.features.outbound.chats._model import Chat, ChatMessage
from clickup_mlops.json_types import JsonObject

_CARD: Final = "application/vnd.microsoft.card.adaptive"


def _build(message: ChatMessage) -> JsonObject:
    block: JsonObject = {"type": "TextBlock", "text": message.markdown, "wrap": True}
    card: JsonObject = {"type": "AdaptiveCard", "version": "1.4", "body": [block]}
    return {"type": "message", "attachments": [{"contentType": _CARD, "content": card}]}


CHAT: Final = Chat(_build, lambda body: len(orjson.dumps(body)), 28_000)
