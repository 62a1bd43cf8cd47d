"""Chat tools that take messages by an incoming webhook, one file each: the folder is the list.

Each defines `CHAT`: what its webhook takes, and how much. The file's name is the `kind` of a
target. What they share is in the modules with `_`.
"""

import sys
from collections.abc import Mapping

from clickup_mlops import registry
from clickup_mlops.features.outbound.chats._model import Chat, ChatMessage

__all__ = ["Chat", "ChatMessage", "kinds"]


def kinds() -> Mapping[str, Chat]:
    """Each tool, by its kind."""
    return registry.find(sys.modules[__name__], "CHAT")
