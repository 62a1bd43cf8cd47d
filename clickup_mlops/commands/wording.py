"""Small sentences that several answers share. Pure."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from clickup_mlops.commands.model import Asked
from clickup_mlops.routing.decision import title

_MARKS: Final = re.compile(r"[`*\[\]]")


def day(at_ms: int) -> str:
    """A time as people write it, in UTC."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)
    return at.strftime("%Y-%m-%d %H:%M UTC")


def held(asked: Asked) -> list[str]:
    """A line about the person's priority that holds; none if there is none."""
    override = asked.override
    if override is None or override.until_ms is None:
        return []
    kept = f"{title(override.priority)} is kept for {override.user} until {day(override.until_ms)}."
    return [f"{kept} `/release` ends that."]


def reason(because: str) -> str:
    """The reason that a person gave, as a part of a sentence; as plain text, without links."""
    plain = _MARKS.sub("", because)
    return f" Reason: {plain}" if plain else ""
