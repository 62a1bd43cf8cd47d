"""ClickUp's clock, learned from the `Date` of its answers.

Times on the wire (when a task changed, when somebody chose a priority) are ClickUp's. To compare
them with a now of ours, now must be ClickUp's, too: a machine's clock may be minutes off.

An answer dated D came from a moment between asking and hearing, so the difference of the clocks
lies in an interval that is about as wide as the call took plus the second that `Date` is rounded
to. Every answer narrows it. Of all differences that fit, the one nearest to zero is taken: a clock
that may be right is left alone.
"""

import threading
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import NamedTuple

from clickup_mlops import logs

_ROUNDED_MS = 1_000
_LOGGED_FROM_MS = 2_000

_log = logs.get()


class OffsetRange(NamedTuple):
    """How far ClickUp's clock is ahead of ours, at least and at most, in ms."""

    least: int
    most: int

    def intersection(self, other: "OffsetRange") -> "OffsetRange | None":
        """What overlap both; None: nothing does."""
        overlap = OffsetRange(max(self.least, other.least), min(self.most, other.most))
        return overlap if overlap.least <= overlap.most else None

    @property
    def nearest_to_zero(self) -> int:
        """The difference nearest to none."""
        return max(self.least, min(0, self.most))


class ServerClock:
    """Gives now in ClickUp's Unix milliseconds. Thread-safe; right about to the second.

    Until the first answer, and while nothing contradicts it, that is `clock_ms`, our own clock.
    """

    def __init__(self, clock_ms: Callable[[], int]) -> None:
        self.own_ms = clock_ms
        self._lock = threading.Lock()
        self._range: OffsetRange | None = None
        self._contradiction: OffsetRange | None = None
        self.ahead_ms = 0

    def __call__(self) -> int:
        """Now by ClickUp's clock, in Unix milliseconds."""
        return self.own_ms() + self.ahead_ms

    def learn(self, date: str | None, sent_ms: int, received_ms: int) -> None:
        """Learn from an answer dated `date`; sent and received are times by our own clock."""
        dated_ms = parse_date_ms(date)
        if dated_ms is not None:
            interval = OffsetRange(dated_ms - received_ms, dated_ms + _ROUNDED_MS - sent_ms)
            # Answers arrive in many threads; the interval must not be narrowed by half of one.
            with self._lock:
                self._narrow(interval)

    def _narrow(self, interval: OffsetRange) -> None:
        overlap = interval.intersection(self._range or interval)
        # One odd answer (a proxy's, a clock that was just set) is not believed yet: two are.
        overlap = overlap or (self._contradiction and interval.intersection(self._contradiction))
        self._contradiction = None if overlap else interval
        if overlap:
            self._range = overlap
            self._follow(overlap.nearest_to_zero)

    def _follow(self, ahead_ms: int) -> None:
        if abs(ahead_ms - self.ahead_ms) >= _LOGGED_FROM_MS:
            _log.warning("clock_differs", clickup_is_ahead_ms=ahead_ms)
        self.ahead_ms = ahead_ms


@lru_cache(maxsize=4)  # all answers of a second carry the same text
def parse_date_ms(date: str | None) -> int | None:
    """The `Date` of an answer in Unix ms; None: it has none that can be read."""
    try:
        return int(parsedate_to_datetime(date).timestamp() * 1000) if date else None
    except (TypeError, ValueError, OverflowError):
        return None
