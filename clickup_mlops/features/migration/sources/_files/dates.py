"""Dates and times as files write them. Pure. A time without a zone is read as UTC."""

import re
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Final

from clickup_mlops.features.migration.sources._files.entries import Raw

_FORMATS: Final = (
    "%d/%b/%y %I:%M %p",
    "%d/%b/%y %H:%M",
    "%d/%b/%Y %I:%M %p",
    "%d/%b/%y",
    "%d/%b/%Y",
    "%d/%B/%Y %I:%M:%S %p",
    "%b %d, %Y",
    "%B %d, %Y",
    "%B %d, %Y %I:%M %p",
    "%B %d, %Y %H:%M",
    "%B %d, %Y %I:%M %p %z",
    "%B %d, %Y %H:%M %z",
    "%d %b %Y",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d",
    "%a %b %d %Y %H:%M:%S GMT%z",
    "%a, %d %b %Y %H:%M:%S %z",
)
"""Only forms that cannot be misread: no month by number beside a day by number."""
_OFFSET: Final = re.compile(r"\((?:GMT|UTC)([+-])(\d{1,2}):?(\d\d)?\)$")
"""What tells the zone, as Notion writes it: other text in brackets only repeats it."""
_ZONE_NAME: Final = re.compile(r"\s*\([^)]*\)$")
_COLON_ZONE: Final = re.compile(r"([+-]\d{2})(\d{2})$")
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?")
_RANGE: Final = re.compile(r"(\d{4}-\d{2}-\d{2})\s*(?:to|-|–|/|→)\s*(\d{4}-\d{2}-\d{2})")


def moment(raw: Raw, form: str = "") -> date | datetime:
    """A calendar day, or a time in UTC. `form` is a format of strptime.

    A midnight without a zone is a calendar day. Raises ValueError.
    """
    if isinstance(raw, datetime):
        return _plain(raw)
    if isinstance(raw, date):
        return raw
    text = " ".join(str(raw).split())
    if form:
        return _of_form(text, form)
    if _ISO.fullmatch(text):
        return _of_iso(text)
    if not any(map(str.isdecimal, text)):
        raise ValueError(f'"{text}" is no date')
    return _of_known_form(_ZONE_NAME.sub("", _OFFSET.sub(_to_offset, text)))


def _to_offset(match: re.Match[str]) -> str:
    sign, hours, minutes = match.groups("00")
    return f"{sign}{hours:0>2}{minutes}"


def unix_ms(raw: Raw, form: str = "") -> int | None:
    """Unix ms; None: the cell is empty or holds no date."""
    try:
        parsed = moment(raw, form)
    except ValueError:
        return None
    at = parsed if isinstance(parsed, datetime) else datetime.combine(parsed, time())
    return int(at.replace(tzinfo=UTC).timestamp() * 1000)


def cell_value(when: date | datetime) -> dict[str, str | None]:
    """As a date column's cell holds it."""
    if isinstance(when, datetime):
        return {"date": when.date().isoformat(), "time": when.strftime("%H:%M:%S")}
    return {"date": when.isoformat(), "time": None}


def day_range(raw: Raw, form: str = "") -> tuple[date, date]:
    """Both ends of `2026-03-01 - 2026-03-15`, or of a pair of dates; of a day alone, which is one
    of a column with ranges, that day. Raises ValueError.
    """
    match = _RANGE.fullmatch(raw.strip()) if isinstance(raw, str) else None
    ends = match.groups() if match else raw
    if isinstance(raw, str) and match is None and raw.count("→") <= 1:
        start, _, end = raw.partition("→")
        ends = (moment(start, form), moment(end or start, form))
        if any(isinstance(end, datetime) for end in ends):
            raise ValueError(f'"{raw}" is a range of times, not of days')
    if not isinstance(ends, tuple) or len(ends) != 2:
        raise ValueError(f'"{raw}" is no range of dates')
    return _day(ends[0], form), _day(ends[1], form)


def _day(raw: Raw, form: str) -> date:
    parsed = moment(raw, form)
    return parsed.date() if isinstance(parsed, datetime) else parsed


def _plain(at: datetime) -> date | datetime:
    if at.tzinfo is not None:
        return at.astimezone(UTC).replace(tzinfo=None)
    return at.date() if at.time() == time() else at


def _of_iso(text: str) -> date | datetime:
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        return _plain(datetime.fromisoformat(_COLON_ZONE.sub(r"\1:\2", text)))
    except (ValueError, OverflowError):  # the end of the year 9999, west of Greenwich
        raise ValueError(f'"{text}" is no date') from None


@lru_cache(maxsize=4096)  # trying all forms takes 0.3 ms
def _of_known_form(text: str) -> date | datetime:
    for form in _FORMATS:
        try:
            return _of_form(text, form)
        except ValueError:
            continue
    raise ValueError(f'"{text}" is no date')


def _of_form(text: str, form: str) -> date | datetime:
    try:
        # Without a zone it may be a calendar day, which must not move.
        return _plain(datetime.strptime(text, form))  # noqa: DTZ007
    except ValueError:
        raise ValueError(f'"{text}" is no date in the form {form}') from None
