"""Parses a command in a comment's text, and the common arguments. Pure."""

import re
from dataclasses import dataclass
from typing import Final

from clickup_mlops.commands.model import UsageError

_COMMAND = re.compile(
    # What ends a sentence is no part of the name, as in `/why?`.
    r"\s*/(?P<name>[a-z][a-z_-]{0,30})[?!.…？！。]*(?:[ \t]+(?P<arguments>[^\n]*))?\s*(?:\n|$)",
    re.IGNORECASE,  # phones begin a line with a capital letter
)
_TIMES = re.compile(
    r"(?P<what>.*?)"
    r"(?:\s*\bfor\s+(?P<number>\d{1,5})\s*(?P<unit>[a-z]+))?"
    r"(?:\s*\bbecause\b\s*(?P<because>.*))?",
    re.DOTALL | re.IGNORECASE,
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


@dataclass(frozen=True, slots=True)
class Timed:
    """`WHAT for 3d because REASON`, each part optional. `for_ms` None: no time was given."""

    what: str
    for_ms: int | None
    because: str


def find(text: str) -> Invocation | None:
    """The command that the comment begins with; None if it does not begin with one.

    Only the beginning counts: a quoted command or a file path in a sentence is ignored.
    """
    found = _COMMAND.match(text.translate(_BLANKS))
    if found is None:
        return None
    arguments = (found["arguments"] or "").strip()[:_LONGEST_ARGUMENTS]
    return Invocation(found["name"].lower(), arguments.rstrip(_END))


def timed(rest: str) -> Timed:
    """The parts of `WHAT for 3d because REASON`.

    Raises:
        UsageError: the time's unit is unknown, or it is longer than a year.
    """
    found = _TIMES.fullmatch(rest.strip())
    if found is None:
        raise UsageError("the arguments cannot be parsed")
    because = (found["because"] or "").strip()[:_LONGEST_REASON]
    return Timed(found["what"].strip(), _duration(found["number"], found["unit"]), because)


def _duration(number: str | None, unit: str | None) -> int | None:
    if number is None or unit is None:
        return None
    each = _UNITS.get(unit[0].lower())
    if each is None or unit.lower() not in _SPELLINGS:
        raise UsageError(f"`{number}{unit}` is not a duration: write `30m`, `12h`, `3d` or `2w`")
    total = int(number) * each
    if not 0 < total <= _LONGEST_MS:
        raise UsageError(f"`{number}{unit}`: the duration must be between a minute and a year")
    return total


_SPELLINGS: Final = frozenset(
    f"{spelling}{plural}"
    for spelling in ("m", "min", "minute", "h", "hour", "d", "day", "w", "week")
    for plural in ("", "s")
)


def no_arguments(rest: str) -> None:
    """For commands without arguments.

    Raises:
        UsageError: there is one.
    """
    if rest:
        raise UsageError(f"it takes no arguments, but got `{rest:.60}`")
