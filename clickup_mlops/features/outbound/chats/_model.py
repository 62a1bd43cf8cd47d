"""What is posted to a chat tool, and what a tool must define. Pure."""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from clickup_mlops.json_types import Json, JsonObject

_REST: Final = "\n\n…"
_SHRINKS: Final = 3
"""Markdown has at most so many times the size of what is made of it."""


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message: in Markdown, with the address of its task and the thread that it belongs to."""

    markdown: str
    url: str = ""
    thread: str = ""
    """Messages with the same one belong together. Empty: to none."""

    @classmethod
    def read(cls, body: Mapping[str, Json]) -> "ChatMessage":
        """From the body that the action `message` has stored."""
        return cls(*(str(body.get(name) or "") for name in ("markdown", "url", "thread")))


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat tool: what its webhook takes, and how much."""

    build: Callable[[ChatMessage], JsonObject]
    """The body for a message of any length."""
    measure: Callable[[JsonObject], int]
    """The size of a body, in the tool's own measure."""
    largest: int
    """More than this is cut, with a link to the task."""
    query: Callable[[ChatMessage, str], Mapping[str, str]] = lambda _message, _delivery: {}
    """What is added to the webhook's address, for a message and its delivery's id."""

    def fit(self, message: ChatMessage) -> JsonObject:
        """The body, cut at the end of a line or a word if it is too large."""
        if self._size(message) <= self.largest:
            return self.build(message)
        text = message.markdown[: _SHRINKS * self.largest]
        rest = _REST + f" [The rest]({message.url})" * bool(message.url)
        longest = bisect_right(
            range(len(text)),
            self.largest,
            key=lambda length: self._size(replace(message, markdown=text[:length] + rest)),
        )
        return self.build(replace(message, markdown=_head(text[: longest - 1]) + rest))

    def _size(self, message: ChatMessage) -> int:
        return self.measure(self.build(message))


def _head(text: str) -> str:
    """Without the last line or word, which may be half of one; a mark cut in two marks nothing."""
    cut = next((at for sign in "\n " if (at := text.rfind(sign)) > len(text) // 2), len(text))
    return text[:cut].rstrip("\\ \n")
