"""Parses a command in a comment's text, and the common arguments. Pure."""

import re
from dataclasses import dataclass
from typing import Final

from clickup_mlops.commands import politeness
from clickup_mlops.commands.model import Arguments, Takes, UsageError
from clickup_mlops.commands.politeness import BETWEEN

_COMMAND = re.compile(
    # What ends a sentence is no part of the name, as in `/why?`.
    r"\s*/(?P<name>[a-z][a-z_-]{0,30})[?!.…？！。]*(?:[ \t]+(?P<arguments>[^\n]*))?\s*(?:\n|$)",
    re.IGNORECASE,  # phones begin a line with a capital letter
)
_TIME = re.compile(
    # Without `for` only as `2h`: "2 hours of errors" may be the reason.
    r"(?:for\s+(?P<number>\d{1,5})\s*(?P<unit>[a-z]+)|(?P<bare>\d{1,5}(?P<each>[a-z]+)))\b",
    re.IGNORECASE,
)
_WHY = re.compile(
    r"\A(?:because|due to|for|weil|denn|wegen|für|porque|para|por|parce que|car|pour)\b[\s:,]*",
    re.IGNORECASE,
)
_UNITS: Final = {"m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000}
_LONGEST_MS: Final = 366 * 86_400_000
_LONGEST_REASON: Final = 300
_LONGEST_ARGUMENTS: Final = 500
_END: Final = " ?!.…？！。"
"""What may end a sentence."""
# Editors and phones put them in by themselves, and nobody sees a difference.
_BLANKS: Final = str.maketrans(
    dict.fromkeys("\u00a0\u202f\u3000", " ") | dict.fromkeys("\u200b\ufeff")
)


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command's name and the rest of its line."""

    name: str
    arguments: str


def find(text: str) -> Invocation | None:
    """The command that the comment begins with; None if it does not begin with one.

    Only the beginning counts: a quoted command or a file path in a sentence is ignored.
    """
    match = _COMMAND.match(text.translate(_BLANKS))
    if match is None:
        return None
    arguments = (match["arguments"] or "").strip()[:_LONGEST_ARGUMENTS]
    return Invocation(match["name"].lower(), arguments.rstrip(_END))


def arguments(tail: str, takes: Takes, *, has_time: bool = False) -> Arguments:
    """The arguments and the reason of what stands behind a command's name, without polite words.

    Raises:
        UsageError: the time's unit is unknown, or it is longer than a year.
    """
    text = politeness.without_last(tail)
    text = politeness.without_first(text)
    words = []
    for _ in range(takes([word.strip(BETWEEN) for word in text.split()])):
        word, _blank, text = text.partition(" ")
        words.append(word.strip(BETWEEN))
        text = politeness.without_first(text)
    for_ms, text = _time(text) if has_time else (None, text)
    reason = politeness.without_first(_WHY.sub("", text, count=1))
    return Arguments(tuple(filter(None, words)), for_ms, reason[:_LONGEST_REASON])


def _time(text: str) -> tuple[int | None, str]:
    """A time at the beginning, and what follows it."""
    match = _TIME.match(text)
    if match is None or (match["bare"] and match["each"].lower() not in _SPELLINGS):
        return None, text
    number = match["number"] or match["bare"][: -len(match["each"])]
    for_ms = _duration(number, match["unit"] or match["each"])
    return for_ms, politeness.without_first(text[match.end() :])


def _duration(number: str, unit: str) -> int:
    unit_ms = _UNITS.get(unit[0].lower())
    if unit_ms is None or unit.lower() not in _SPELLINGS:
        raise UsageError(f"`{number}{unit}` is not a duration: write `30m`, `12h`, `3d` or `2w`")
    total = int(number) * unit_ms
    if not 0 < total <= _LONGEST_MS:
        raise UsageError(f"`{number}{unit}`: the duration must be between a minute and a year")
    return total


_SPELLINGS: Final = frozenset(
    f"{spelling}{plural}"
    for spelling in ("m", "min", "minute", "h", "hour", "d", "day", "w", "week")
    for plural in ("", "s")
)
