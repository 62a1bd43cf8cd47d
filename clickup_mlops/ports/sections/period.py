"""Periods of the calendar in a time zone, and those of milestones and incidents. Pure.

A period ends where the next one begins, also over changes between summer and winter time: a day has
23 to 25 hours then. Times are Unix milliseconds.
"""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from clickup_mlops.errors import InputError
from clickup_mlops.ports.sections.model import Every, Period

Calendar: TypeAlias = Literal["daily", "weekly", "monthly"]
CALENDAR: Final[tuple[Calendar, ...]] = ("daily", "weekly", "monthly")
EXAMPLES: Final = {"daily": "2026-11-27", "weekly": "2026-W48", "monthly": "2026-11"}
"""How a period of each kind is named."""
_CLOCKS_DIFFER_MS: Final = 300_000
"""So long before its end a period counts as over: a report that is due then must be whole."""
_YEARS: Final = range(1971, 9998)
_NAMES: Final = {
    "daily": re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII),
    "weekly": re.compile(r"(\d{4})-W(\d{2})", re.ASCII),
    "monthly": re.compile(r"(\d{4})-(\d{2})", re.ASCII),
}


def containing(every: Calendar, at_ms: int, zone: str) -> Period:
    """The period in which this time (Unix ms) is.

    Raises:
        InputError: there is no such time zone.
    """
    return _from(every, local_date(at_ms, zone), zone)


def named(every: Calendar, name: str, zone: str) -> Period:
    """The period of this name, such as `2026-W48`; ISO weeks begin on Monday.

    Raises:
        InputError: no period of this kind has this name, or there is no such time zone.
    """
    match = _NAMES[every].fullmatch(name)
    try:
        first = _first(every, *map(int, match.groups())) if match else None
    except ValueError:
        first = None
    if first is None or first.year not in _YEARS:
        raise InputError(
            f"{name!r} names no {every} period", hint=f"For example {EXAMPLES[every]}."
        )
    return _from(every, first, zone)


def before(period: Period) -> Period | None:
    """The period before, of the same kind; None for milestones and incidents."""
    every = calendar(period.every)
    return every and containing(every, period.start_ms - 1, period.zone)


def after(period: Period) -> Period | None:
    """The period after, of the same kind; None for milestones and incidents."""
    every = calendar(period.every)
    return every and containing(every, period.end_ms, period.zone)


def last(every: Calendar, now_ms: int, zone: str) -> Period:
    """The newest period that is over. Raises InputError: there is no such time zone."""
    current = containing(every, now_ms, zone)
    return containing(every, current.start_ms - 1, zone)


def so_far(period: Period, now_ms: int) -> Period:
    """The same, of one of the calendar that is not over yet until now.

    Raises:
        InputError: it has not begun.
    """
    if calendar(period.every) is None or period.end_ms - now_ms <= _CLOCKS_DIFFER_MS:
        return period
    if now_ms <= period.start_ms:
        raise InputError(
            f"{period.name} has not begun", hint="Without a period: the last one that is over."
        )
    return replace(period, end_ms=now_ms)


def is_over(period: Period) -> bool:
    """Whether it is whole: not cut by `so_far`."""
    every = calendar(period.every)
    return every is None or containing(every, period.start_ms, period.zone).end_ms == period.end_ms


def of_task(every: Every, name: str, start_ms: int, end_ms: int, zone: str) -> Period:
    """Of a milestone or an incident. Raises InputError: there is no such time zone."""
    _zone(zone)
    return Period(every, name, start_ms, max(start_ms, end_ms), zone)


def calendar(every: Every | Literal["range"]) -> Calendar | None:
    """The kind, if it is one of the calendar."""
    return next((kind for kind in CALENDAR if kind == every), None)


def text(period: Period) -> str:
    """For people, such as `2026-W48 (2026-11-23 to 2026-11-29, Europe/Madrid)`; of one that is not
    over with the time until which it is.
    """
    first = local_date(period.start_ms, period.zone)
    final = local_date(max(period.start_ms, period.end_ms - 1), period.zone)
    days = f"{first}" if first == final else f"{first} to {final}"
    zone = period.zone if is_over(period) else f"until {_clock(period)}, {period.zone}"
    return f"{days}, {zone}" if period.name == days else f"{period.name} ({days}, {zone})"


def _clock(period: Period) -> str:
    """The time of day of its end, such as `09:30`."""
    moment = datetime.fromtimestamp(period.end_ms / 1000, UTC)
    return f"{moment.astimezone(_zone(period.zone)):%H:%M}"


def local_date(at_ms: int, zone: str) -> date:
    """The day on which this time is. Raises InputError: there is no such time zone."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)
    return moment.astimezone(_zone(zone)).date()


def _first(every: Calendar, year: int, part: int = 1, day: int = 1) -> date:
    """The first day of the period that a name's numbers mean. Raises ValueError."""
    return date.fromisocalendar(year, part, 1) if every == "weekly" else date(year, part, day)


def _from(every: Calendar, day: date, zone: str) -> Period:
    if every == "daily":
        return _period(every, day.isoformat(), day, day + timedelta(days=1), zone)
    if every == "weekly":
        year, week, weekday = day.isocalendar()
        first = day - timedelta(days=weekday - 1)
        return _period(every, f"{year:04}-W{week:02}", first, first + timedelta(days=7), zone)
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return _period(every, f"{first:%Y-%m}", first, following, zone)


def _period(every: Calendar, name: str, first: date, following: date, zone: str) -> Period:
    return Period(every, name, _midnight_ms(first, zone), _midnight_ms(following, zone), zone)


def _midnight_ms(day: date, zone: str) -> int:
    """When the day begins: at its first moment, where clocks skip midnight or repeat it."""
    begins = datetime(day.year, day.month, day.day, tzinfo=_zone(zone))
    return int(begins.timestamp()) * 1000


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError) as problem:
        raise InputError(
            f"{name!r} is no time zone", hint="For example Europe/Madrid or UTC."
        ) from problem
