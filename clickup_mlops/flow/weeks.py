"""Weeks and days in a time zone, and what is counted in them. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

Counted = tuple[int, int]
"""A time (Unix ms), and how many there were then."""


def list_weeks(start_ms: int, end_ms: int, zone: str) -> list[int]:
    """When each whole week in between begins, on Mondays, and last when the last of them ends (Unix
    ms). Fewer than two: there is no whole week.
    """
    first = find_midnight(start_ms, zone, days=0)
    if _to_ms(first) < start_ms:
        first += timedelta(days=1)
    first += timedelta(days=-first.weekday() % 7)
    return [*_iterate_until(first, 7, end_ms)]


def list_days_before(end_ms: int, days: int, zone: str) -> list[int]:
    """When each of the `days` before today begins, and last when today does (Unix ms)."""
    first = find_midnight(end_ms, zone, days=-days)
    return [_to_ms(first + timedelta(days=number)) for number in range(days + 1)]


def find_midnight(at_ms: int, zone: str, days: int) -> datetime:
    """The beginning of the day of this time, or of the one so many days after it.

    Days are added to the local time, so that one over a change of the clocks has 23 or 25 hours.
    """
    local = datetime.fromtimestamp(at_ms / 1000, ZoneInfo(zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days)


def count_days_between(start_ms: int, end_ms: int, zone: str) -> int:
    """How many days after that of `start_ms` the day of `end_ms` is."""
    last, first = find_midnight(end_ms, zone, days=0), find_midnight(start_ms, zone, days=0)
    return last.toordinal() - first.toordinal()


def count_per_bucket(events: Iterable[Counted], bounds: Sequence[int]) -> list[int]:
    """How many there were from each bound until before the next one. `bounds` ascend."""
    counts = [0] * max(0, len(bounds) - 1)
    for at_ms, count in events:
        place = bisect_right(bounds, at_ms) - 1
        if 0 <= place < len(counts):
            counts[place] += count
    return counts


def _iterate_until(first: datetime, days: int, end_ms: int) -> Iterable[int]:
    number = 0
    while (at_ms := _to_ms(first + timedelta(days=days * number))) <= end_ms:
        yield at_ms
        number += 1


def _to_ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
