"""Plain text: numbers with units, times in a time zone, lengths of time."""

import math
import re
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

UNKNOWN: Final = "–"
"""Stands where nobody knows the number."""
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LARGEST: Final = 1e15
_PLURAL: Final = re.compile(r"[A-Za-z]{3,}s")
"""A unit that is a word, such as `requests`: no `ms`, and no `requests/s`."""
CALENDAR_MS: Final = range(-62_135_510_400_000, 253_402_128_000_000)
"""The times (Unix ms) that dates can show in every time zone: a day within the years 1 to 9999."""
_MENTION: Final = re.compile(r"(?<![^\W_])@(?=\w)")
_JOINERS: Final = "\u200c\u200d"  # inside words of some scripts, and inside emoji
_UTC_TIME: Final = re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)? UTC(?![\w+-])")
_LENGTHS: Final = (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000))


def format_line(words: str) -> str:
    """The same on one line, without control characters."""
    printable = "".join(
        letter if letter.isprintable() or letter in _JOINERS else " " for letter in words
    )
    return " ".join(printable.split())


def defuse_mentions(words: str) -> str:
    """The same, but no `@everyone` or `@Ana` in it is a mention; an e-mail address stays one."""
    # An invisible character: there is no mark that keeps them from it.
    return _MENTION.sub("@\u2060", words)


def format_number(value: float | None, unit: str = "", digits: int = 0) -> str:
    """Such as `1,234.5 ms`, `2 calls` and `1 call`; a percent sign stands close to its number."""
    if value is None or math.isnan(value):
        return UNKNOWN
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    formatted = f"{value:,.{digits}f}" if abs(value) < _LARGEST else f"{value:.4g}"
    formatted = formatted.lstrip("-") if not formatted.strip("-0.,") else formatted  # no "-0"
    if formatted == "1" and _PLURAL.fullmatch(unit):
        unit = unit[:-1]
    return f"{formatted}{'' if unit in ('', '%') else ' '}{format_line(unit)}"


def format_duration(ms: int) -> str:
    """The two largest units: `3 d 4 h`, `12 min 30 s`, `1.5 s`, `80 ms`."""
    sign, remaining = "-" if ms < 0 else "", abs(ms)
    if remaining < 10_000:
        return f"{sign}{remaining} ms" if remaining < 1000 else f"{sign}{remaining / 1000:.3g} s"
    counts = []
    for unit, length in _LENGTHS:
        counts.append((remaining // length, unit))
        remaining %= length
    first = next(index for index, (count, _unit) in enumerate(counts) if count)
    return sign + " ".join(f"{count} {unit}" for count, unit in counts[first : first + 2] if count)


def to_local(at_ms: int, zone: str) -> datetime:
    """A time (Unix ms) on the clocks of a time zone; what no calendar has is its nearest end."""
    within = min(max(at_ms, CALENDAR_MS[0]), CALENDAR_MS[-1])
    return datetime.fromtimestamp(within / 1000, UTC).astimezone(ZoneInfo(zone))


def format_moment(at_ms: int, zone: str) -> str:
    """Such as `2026-11-27 14:05`, in the time zone."""
    return f"{to_local(at_ms, zone):%Y-%m-%d %H:%M}"


def localize(text: str, zone_name: str) -> str:
    """A text for people: its times, which the bot writes in UTC, on the clocks of a time zone, such
    as `2026-11-27 09:30 CET`.
    """
    if zone_name == "UTC":
        return text
    where = ZoneInfo(zone_name)
    return _UTC_TIME.sub(lambda match: _move(match[0], where), text)


def _move(time: str, where: ZoneInfo) -> str:
    try:
        local = datetime.fromisoformat(time.replace(" UTC", "+00:00")).astimezone(where)
    except (ValueError, OverflowError):  # digits that are no time
        return time
    name = f"{local:%Z}".removeprefix("UTC")
    # Zones whose time has no name have their offset, such as `-03`.
    suffix = f"UTC{name}" if name[:1] in ("", "+", "-") else name
    return f"{local:{'%Y-%m-%d %H:%M:%S' if time.count(':') > 1 else '%Y-%m-%d %H:%M'}} {suffix}"


def format_iso(at_ms: int, zone: str = "UTC") -> str:
    """ISO 8601 with the offset, such as `2026-11-27T14:05:00+01:00`."""
    return to_local(at_ms, zone).isoformat(timespec="seconds")


def format_ago(at_ms: int, now_ms: int) -> str:
    """Such as `5 min ago` or `in 2 h`: the largest unit alone."""
    apart = abs(now_ms - at_ms)
    for unit, length in _LENGTHS[:3]:
        if apart >= length:
            distance = f"{apart // length} {unit}"
            return f"{distance} ago" if at_ms <= now_ms else f"in {distance}"
    return "just now" if at_ms <= now_ms else "in less than a minute"
