"""iCalendar: each event is a shift, as Google Calendar, Outlook and PagerDuty export them.

Read of RFC 5545: events with an end or a duration, daily and weekly repetition (`INTERVAL`,
`COUNT`, `UNTIL`, `BYDAY`, `WKST`), `EXDATE`, moved and cancelled occurrences. Of events at the same
time the one that begins last holds. A calendar that repeats otherwise is refused as a whole.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Final

from clickup_mlops.automations.schedule import zone
from clickup_mlops.bot.handle.context.on_call import Shift
from clickup_mlops.features.shifts.sources._table import ShiftSource
from clickup_mlops.ports.bounded_get import SourceAway, fetch, read_file

_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_STEPS: Final = {"DAILY": timedelta(days=1), "WEEKLY": timedelta(days=7)}
_PARTS: Final = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST"})
_MOST: Final = 5_000
_MAIL: Final = re.compile(r"\A\s*mailto:", re.IGNORECASE)


def _read(source: ShiftSource, begin_ms: int, end_ms: int) -> tuple[Shift, ...]:
    body = read_file(source.file) if source.file else fetch(source.url.get_secret_value(), {})
    where = zone(source.zone)
    begin, end = (datetime.fromtimestamp(at_ms / 1000, where) for at_ms in (begin_ms, end_ms))
    try:
        shifts = {
            Shift(person, _to_ms(start), _to_ms(finish))
            for event, start, finish in _occurrences(_parse(body), begin, end)
            if (person := _find_person(event, source.name))
        }
    # Whatever the library raises about a file that it cannot read.
    except Exception as problem:
        raise SourceAway(f"the calendar cannot be read: {_describe(problem)}") from None
    return tuple(sorted(shifts, key=lambda shift: (shift.begin_ms, shift.person)))


def _parse(body: bytes) -> list[Any]:
    from icalendar import Calendar  # of the few that need it, at the first look

    calendars = Calendar.from_ical(body, multiple=True)
    if not calendars:
        raise NotImplementedError("it is empty")
    return [event for calendar in calendars for event in calendar.walk("VEVENT")]


def _describe(problem: Exception) -> str:
    return str(problem) if isinstance(problem, NotImplementedError) else type(problem).__name__


def _occurrences(
    events: Iterable[Any], begin: datetime, end: datetime
) -> Iterator[tuple[Any, datetime, datetime]]:
    """Each event between the two with its times."""
    where = begin.tzinfo
    changed = {
        (str(event.get("UID")), _local(event["RECURRENCE-ID"].dt, where))
        for event in events
        if "RECURRENCE-ID" in event
    }
    number = 0
    for event in events:
        start, finish = (_local(moment, where) for moment in (event.start, event.end))
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        skipped = {_local(moment, where) for moment in event.exdates}
        length, uid = _naive(finish) - _naive(start), str(event.get("UID"))
        is_series = "RECURRENCE-ID" not in event
        # A day more: clocks may change meanwhile.
        for first in _starts(event, start, begin - length - timedelta(days=1), end):
            if first not in skipped and not (is_series and (uid, first) in changed):
                yield event, first, first + length
            if (number := number + 1) > _MOST:
                raise NotImplementedError(f"more than {_MOST} events")


def _starts(event: Any, start: datetime, after: datetime, end: datetime) -> Iterator[datetime]:
    """When it begins, after one time and before another."""
    rule = event.get("RRULE")
    if "RDATE" in event or "EXRULE" in event or _has_range(event):
        raise NotImplementedError("an event repeats in a way that is not read")
    if rule is None:
        if after < start < end:
            yield start
        return
    if not isinstance(rule, Mapping) or not rule.keys() <= _PARTS:
        raise NotImplementedError("an event repeats in a way that is not read")
    for first in _firsts(start, rule):
        yield from _series(first, start, rule, after, end)


def _has_range(event: Any) -> bool:
    """Whether it moves the later occurrences of its series, too."""
    return "RECURRENCE-ID" in event and "RANGE" in event["RECURRENCE-ID"].params


def _firsts(start: datetime, rule: Mapping[str, Any]) -> list[datetime]:
    """The days of the first week on which it repeats, some of them before its start."""
    days = [str(day).upper() for day in rule.get("BYDAY", ())]
    if not days:
        return [start]
    is_simple = _frequency(rule) == "WEEKLY" and set(days) <= set(_DAYS)
    # A series is counted from its start, not from the first of its week.
    if not is_simple or ("COUNT" in rule and days != [_DAYS[start.weekday()]]):
        raise NotImplementedError("an event repeats on days in a way that is not read")
    first_day = _DAYS.index(str(rule.get("WKST", ["MO"])[0]).upper())
    monday = start - timedelta(days=(start.weekday() - first_day) % 7)
    return [monday + timedelta(days=(_DAYS.index(day) - first_day) % 7) for day in days]


def _series(
    first: datetime, start: datetime, rule: Mapping[str, Any], after: datetime, end: datetime
) -> Iterator[datetime]:
    frequency = _frequency(rule)
    if frequency not in _STEPS:
        raise NotImplementedError(f"an event repeats {frequency.lower()}, which is not read")
    step = _STEPS[frequency] * max(1, int(rule.get("INTERVAL", [1])[0]))
    until = _read_until(rule, start)
    last = int(rule["COUNT"][0]) - 1 if "COUNT" in rule else None
    # Straight to the time that is asked for: a series may be decades old.
    number = max(0, (after - first) // step)
    while (at := first + step * number) < end and (until is None or at <= until):
        if last is not None and number > last:
            return
        if at >= start and at > after:
            yield at
        number += 1


def _frequency(rule: Mapping[str, Any]) -> str:
    return str(rule["FREQ"][0]).upper()


def _read_until(rule: Mapping[str, Any], start: datetime) -> datetime | None:
    until = rule.get("UNTIL", [None])[0]
    if isinstance(until, date) and not isinstance(until, datetime):
        until = datetime.combine(until, time.max)
    return None if until is None else _local(until, start.tzinfo)


def _local(moment: date, where: tzinfo | None) -> datetime:
    """A day begins at midnight; a time without a zone is one there."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return moment if moment.tzinfo else moment.replace(tzinfo=where)


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


def _find_person(event: Any, pattern: str) -> str:
    """An attendee's e-mail; else the name in the summary, or nobody."""
    attendees = event.get("ATTENDEE", ())
    for attendee in attendees if isinstance(attendees, list) else (attendees,):
        if attendee and _MAIL.match(str(attendee)):
            return _MAIL.sub("", str(attendee)).strip()
    match = re.search(pattern, str(event.get("SUMMARY", "")).strip())
    return match[1].strip() if match and match[1] else ""


def _to_ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


SOURCE: Final = _read
