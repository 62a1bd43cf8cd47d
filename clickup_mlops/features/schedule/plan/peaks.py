"""Peak hours of inference as windows, in the team's time zone; clocks that change included."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from clickup_mlops.automations.schedule import DAYS, Day, zone
from clickup_mlops.features.schedule.plan.model import Window


class PeakHours(Protocol):
    """From `begin` until `end` on these days; an `end` that is not later is on the next day."""

    @property
    def begin(self) -> time:
        """On the clocks there."""

    @property
    def end(self) -> time:
        """On the clocks there."""

    @property
    def days(self) -> tuple[Day, ...]:
        """On which they begin."""

    @property
    def zone(self) -> str:
        """The time zone whose clocks the peaks follow."""


def windows(peaks: Iterable[PeakHours], start_ms: int, end_ms: int) -> tuple[Window, ...]:
    """The peak hours that touch this time, in order, joined where they overlap.

    Hours that the clocks skip are missing, and hours that they repeat count twice.
    """
    all_windows = [window for hours in peaks for window in _each(hours, start_ms, end_ms)]
    return join(all_windows)


def join(separate: Iterable[Window]) -> tuple[Window, ...]:
    """The same times, in order and without overlaps."""
    joined: list[Window] = []
    for window in sorted(separate, key=lambda window: window.start_ms):
        if joined and window.start_ms <= joined[-1].end_ms:
            last = joined.pop()
            joined.append(Window(last.start_ms, max(last.end_ms, window.end_ms)))
        else:
            joined.append(window)
    return tuple(joined)


def _each(hours: PeakHours, start_ms: int, end_ms: int) -> Iterator[Window]:
    day = datetime.fromtimestamp(start_ms / 1000, UTC).date() - timedelta(days=2)
    last = datetime.fromtimestamp(end_ms / 1000, UTC).date() + timedelta(days=1)
    while day <= last:
        if DAYS[day.weekday()] in hours.days:
            window = _of_day(hours, day)
            if window.end_ms > max(window.start_ms, start_ms) and window.start_ms < end_ms:
                yield window
        day += timedelta(days=1)


def _of_day(hours: PeakHours, day: date) -> Window:
    where, next_day = zone(hours.zone), hours.end <= hours.begin
    start = datetime.combine(day, hours.begin, where)
    # Of an hour that comes twice the second one ends them.
    end = datetime.combine(day + timedelta(days=int(next_day)), hours.end, where).replace(fold=1)
    return Window(_ms(start), _ms(end))


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
