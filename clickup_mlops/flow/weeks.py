"""Weeks and days in a time zone, and what is counted in them. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

Counted = tuple[int, int]
"""A time (Unix ms), and how many there were then."""


def weeks(start_ms: int, end_ms: int, zone: str) -> list[int]:
    """When each whole week in between begins, on Mondays, and last when the last of them ends (Unix
    ms). Fewer than two: there is no whole week.
    """
    first = midnight(start_ms, zone, days=0)
    if _ms(first) < start_ms:
        first += timedelta(days=1)
    first += timedelta(days=-first.weekday() % 7)
    return [*_while(first, 7, end_ms)]


def days_before(end_ms: int, days: int, zone: str) -> list[int]:
    """When each of the `days` before today begins, and last when today does (Unix ms)."""
    first = midnight(end_ms, zone, days=-days)
    return [_ms(first + timedelta(days=number)) for number in range(days + 1)]


def midnight(at_ms: int, zone: str, days: int) -> datetime:
    """The beginning of the day of this time, or of the one so many days after it.

    Days are added to the local time, so that one over a change of the clocks has 23 or 25 hours.
    """
    local = datetime.fromtimestamp(at_ms / 1000, ZoneInfo(zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days)


def days_between(start_ms: int, end_ms: int, zone: str) -> int:
    """How many days after that of `start_ms` the day of `end_ms` is."""
    last, first = midnight(end_ms, zone, days=0), midnight(start_ms, zone, days=0)
    return last.toordinal() - first.toordinal()


def per_bucket(counted: Iterable[Counted], bounds: Sequence[int]) -> list[int]:
    """How many there were from each bound until before the next one. `bounds` ascend."""
    found = [0] * max(0, len(bounds) - 1)
    for at_ms, count in counted:
        place = bisect_right(bounds, at_ms) - 1
        if 0 <= place < len(found):
            found[place] += count
    return found


def _while(first: datetime, days: int, end_ms: int) -> Iterable[int]:
    number = 0
    while (at_ms := _ms(first + timedelta(days=days * number))) <= end_ms:
        yield at_ms
        number += 1


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
