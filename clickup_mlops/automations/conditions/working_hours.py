"""Working hours: `MON-FRI 09:00-17:00 Europe/Madrid`. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from clickup_mlops.automations.schedule import DAYS, zone

_FORM: Final = re.compile(r"(\S+)\s+(\d\d?:\d\d)\s*-\s*(\d\d?:\d\d)(?:\s+(\S+))?")
_WRONG: Final = 'working hours are written as "MON-FRI 09:00-17:00 Europe/Madrid", not'
_LONGEST: Final = timedelta(days=3660)
"""Older time is not counted."""


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Days of the week (0 is Monday) and hours on the clocks of a zone. An end that is not after
    the begin is on the next day.
    """

    days: frozenset[int]
    begin: time
    end: time
    zone: str

    def includes(self, at: datetime) -> bool:
        """Whether they hold then."""
        return any(start <= at < end for start, end in self._windows(at, at))

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much of that time is in them; negative if the end comes first."""
        if end < start:
            return -self.between(end, start)
        start = max(start, end - _LONGEST)
        parts = (min(last, end) - max(first, start) for first, last in self._windows(start, end))
        return sum((part for part in parts if part > timedelta(0)), timedelta(0))

    def _windows(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Those that may have a part in that time, as instants: days have 23 to 25 hours."""
        where = zone(self.zone)
        day = start.astimezone(where).date() - timedelta(days=1)
        while day <= end.astimezone(where).date():
            if day.weekday() in self.days:
                last = day + timedelta(days=int(self.end <= self.begin))
                first_at = datetime.combine(day, self.begin, where)
                yield (
                    first_at.astimezone(UTC),
                    datetime.combine(last, self.end, where).astimezone(UTC),
                )
            day += timedelta(days=1)


@lru_cache(maxsize=64)
def parse_hours(text: str) -> WorkingHours:
    """Raises ValueError: that are no working hours."""
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise ValueError(f'{_WRONG} "{text:.60}"')
    days, begin, end, zone_name = match.groups()
    zone(zone_name or "UTC")
    return WorkingHours(_days(days, text), _time(begin), _time(end), zone_name or "UTC")


def _days(listed: str, text: str) -> frozenset[int]:
    numbers: set[int] = set()
    for entry in listed.upper().split(","):
        first, _, last = entry.partition("-")
        if not {first, last or first} <= set(DAYS):
            raise ValueError(f'{_WRONG} "{text:.60}"')
        begin, end = (DAYS.index(name) for name in (first, last or first))
        numbers |= {number % 7 for number in range(begin, end + 1 + 7 * int(end < begin))}
    return frozenset(numbers)


def _time(text: str) -> time:
    hours, minutes = map(int, text.split(":"))
    # 24:00 is the midnight that ends the day.
    return time(hours % 24 if (hours, minutes) == (24, 0) else hours, minutes)
