"""Title and body -> named numbers, the only thing the model sees.

Names: `t:` word of the title, `w:` word anywhere, `p:` first letters of a long word,
`t#`/`#` concept in the title / anywhere, `+` two of them together, `!` shape of the text.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from clickup_mlops.routing.classify_lexicon import Lexicon
from clickup_mlops.routing.classify_text import (
    BODY_CHARS,
    TITLE_CHARS,
    Text,
    east_pieces,
    read,
    stem,
)

_TAG = re.compile(r"^\s*[\[(]\s*([\w /-]{2,20})\s*[\])]")
_COMMIT = re.compile(r"^\s*(\w{2,10})(?:\(([^)]{1,40})\))?!?:\s")
_BODY_WORDS = 160

WEIGHTS = {
    "title_words": 1.0,
    "body_words": 0.7,
    "title_ideas": 1.2,
    "body_ideas": 0.7,
    "shape": 0.4,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A task's text as read: tokens and the concepts found, by field."""

    title: str
    body: str
    head: Text
    tail: Text
    title_ideas: dict[str, list[str]]
    body_ideas: dict[str, list[str]]


def read_task(title: str, body: str, lexicon: Lexicon) -> Reading:
    """Tokens and concepts of a task. Work is bounded: long texts are cut."""
    head, tail = read(title, TITLE_CHARS), read(body, BODY_CHARS)
    return Reading(title, body, head, tail, lexicon.find(head), lexicon.find(tail))


def features(reading: Reading) -> dict[str, float]:
    """Feature name -> value."""
    head, tail = reading.head, reading.tail
    values: dict[str, float] = {}
    _put(values, _title_words(head), WEIGHTS["title_words"])
    _put(values, _words(tail, _BODY_WORDS), WEIGHTS["body_words"])
    _put(values, _title_ideas(reading.title_ideas), WEIGHTS["title_ideas"])
    _put(values, {f"#{idea}" for idea in reading.body_ideas}, WEIGHTS["body_ideas"])
    _put(values, _shape(reading), WEIGHTS["shape"])
    return values


def _put(values: dict[str, float], names: Iterable[str], weight: float) -> None:
    listed = sorted(names)
    if listed:
        share = weight / sqrt(len(listed))
        for name in listed:
            values[name] = values.get(name, 0.0) + share


def _words(text: Text, limit: int) -> set[str]:
    words = [stem(word) for word in text.words[:limit]]
    names = {f"w:{word}" for word in words if len(word) > 1}
    names.update(f"w:{a} {b}" for a, b in pairwise(words))
    names.update(f"p:{word[:5]}" for word in text.words[:limit] if len(word) > 6)
    names.update(f"w:{word}" for word in text.joined[:20])
    names.update(f"w:{piece}" for piece in east_pieces(text.east)[:limit])
    return names


def _title_words(text: Text) -> set[str]:
    names = _words(text, 60)
    names.update(f"t:{stem(word)}" for word in text.words)
    if text.words:
        names.add(f"1:{stem(text.words[0])}")
    return names


def _title_ideas(found: dict[str, list[str]]) -> set[str]:
    ideas = sorted(found)
    names = {f"#{idea}" for idea in ideas}
    names.update(f"t#{idea}" for idea in ideas)
    names.update(f"t#{a}+{b}" for n, a in enumerate(ideas) for b in ideas[n + 1 :])
    return names


def _shape(reading: Reading) -> set[str]:
    title, body, head = reading.title, reading.body, reading.head
    names = {"!body" if body.strip() else "!no body", f"!words {min(len(head.words) // 3, 5)}"}
    if tag := _TAG.match(title):
        names.add(f"!tag {tag[1].lower()}")
    if commit := _COMMIT.match(title):
        names.add(f"!commit {commit[1].lower()}")
    if "?" in title or "？" in title:
        names.add("!asks")
    return names
