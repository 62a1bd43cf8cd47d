"""What names of columns, options and groups usually mean. Pure."""

import re
from collections.abc import Iterator
from typing import Final

LONGEST_NAME: Final = 255
"""Characters of a name in ClickUp."""
_SPACE: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_DIRECTION: Final = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that change the direction of what follows, so that a name reads as another one."""
_DONE: Final = re.compile(
    r"\b(done|completed?|closed|finished|shipped|released|resolved|cancell?ed|archived?)\b",
    re.IGNORECASE,
)
_OPEN: Final = re.compile(
    r"\b(to ?-?do|backlog|in progress|working on it|doing|ready|in review|blocked|stuck|waiting"
    r"|next|open|new|queued|running)\b",
    re.IGNORECASE,
)
_PRIORITY: Final = re.compile(r"\b(priority|prio|urgency)\b", re.IGNORECASE)
_STATUS: Final = re.compile(r"\b(status|state|stage|progress)\b", re.IGNORECASE)
_OWNER: Final = re.compile(r"\b(owner|assignees?|assigned|responsible|person)\b", re.IGNORECASE)
_PLAIN_STATUS: Final = re.compile(r"\bstatus\b", re.IGNORECASE)
_DUE: Final = re.compile(
    r"\b(due|deadline|eta|until)\b|\b(target|end|finish) date\b|^\s*(date|end|finish|target)\s*$",
    re.IGNORECASE,
)
_START: Final = re.compile(r"\b(start|begin)", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W_]{3,}")
_PART: Final = re.compile(r"[^\W_]+|%")
_PERCENTILE: Final = re.compile(r"p\d{2,3}")
_KINDS_OF_TIME: Final = frozenset({"latency", "ttft", "tpot", "queue", "token"})
_FILLERS: Final = frozenset({"the", "of", "in", "a", "name", "value", "current", "avg", "mean"})
_SYNONYMS: Final = {
    "acc": "accuracy",
    "error": "errors",
    "gpus": "gpu",
    "hrs": "hours",
    "latencies": "latency",
    "millis": "ms",
    "milliseconds": "ms",
    "mins": "min",
    "minutes": "min",
    "msec": "ms",
    "pct": "%",
    "percent": "%",
    "qps": "rps",
    "sec": "s",
    "seconds": "s",
    "util": "utilisation",
    "utilization": "utilisation",
    "ver": "version",
}
"""Other spellings of words in names of fields."""
_EMPTY: Final = frozenset({"all", "and", "are", "for", "from", "has", "its", "not", "the", "with"})
"""Words that say nothing about the work."""


def split(text: str) -> Iterator[str]:
    """The words of a text, without case and plural endings; those that say something."""
    for word in _WORD.findall(text.casefold()):
        if word not in _EMPTY:
            yield word[:-1] if len(word) > 3 and word.endswith("s") else word


def find_meaning(title: str) -> frozenset[str]:
    """What a field of that title holds, as words: those of `p99 (ms)` and of `P99 latency ms` are
    the same, those of `p99 (s)` are not.
    """
    parts = {_SYNONYMS.get(part, part) for part in _PART.findall(title.casefold())}
    if any(_PERCENTILE.fullmatch(part) for part in parts) and not parts & _KINDS_OF_TIME:
        parts.add("latency")
    meaning = frozenset(parts) - _FILLERS
    return meaning or frozenset(parts)


def clean(name: str) -> str:
    """A name that templates and ClickUp take: on one line, without characters that change the
    direction of text, not too long; "" if nothing is left.
    """
    return _SPACE.sub(" ", _DIRECTION.sub("", name)).strip()[:LONGEST_NAME].strip()


def is_hidden(name: str) -> bool:
    """Whether it has line ends, control characters, or some that change the direction of text."""
    return bool(_DIRECTION.search(name) or _CONTROL.search(name))


def is_done(name: str) -> bool:
    """Whether an option or group of this name holds finished work."""
    return bool(_DONE.search(name))


def is_open(name: str) -> bool:
    """Whether an option or group of this name holds work that is not finished."""
    return bool(_OPEN.search(name))


def is_state(name: str) -> bool:
    """Whether it names a state of work: `Backlog`, `In progress`, `Done`."""
    return is_open(name) or is_done(name)


def is_priority(title: str) -> bool:
    """Whether a column of this title holds priorities."""
    return bool(_PRIORITY.search(title))


def is_status(title: str) -> bool:
    """Whether a column of this title is the one with the state of the work."""
    return bool(_STATUS.search(title))


def is_plainly_status(title: str) -> bool:
    """Whether a column of this title can hold nothing else."""
    return bool(_PLAIN_STATUS.search(title))


def is_owner(title: str) -> bool:
    """Whether a column of this title says who does the work."""
    return bool(_OWNER.search(title))


def is_due(title: str) -> bool:
    """Whether a column of this title says when the work must be done."""
    return bool(_DUE.search(title))


def is_start(title: str) -> bool:
    """Whether a column of this title says when the work begins."""
    return bool(_START.search(title))


def unique(name: str, names: set[str]) -> str:
    """The name, with a number if it is taken already. `taken` holds case-folded names; it grows."""
    candidate, number = name, 1
    while candidate.strip().casefold() in names:
        number += 1
        end = f" {number}"
        candidate = name[: LONGEST_NAME - len(end)] + end
    names.add(candidate.strip().casefold())
    return candidate
