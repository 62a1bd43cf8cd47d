"""What a package registers: values that say what is done, when, and for which lanes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from clickup_mlops.store import InboxRow

Handle = Callable[[Sequence[InboxRow]], None]
"""Handles rows of one lane, oldest first. Raises what went wrong; safe to repeat."""


@dataclass(frozen=True, slots=True)
class Job:
    """Runs every so often, and `at_start` as soon as the bot does. It never runs twice at a time.

    `run` may fail, or be missed: the next one comes by the clock.
    """

    name: str
    every: timedelta
    run: Callable[[], object]
    at_start: bool = False


@dataclass(frozen=True, slots=True)
class Timer:
    """Has the scheduler's thread call `run`, which only puts a row into the inbox or the like."""

    trigger: BaseTrigger
    run: Callable[[], object]


def every(interval: timedelta) -> IntervalTrigger:
    """The trigger of a timer. The machine's time zone is not asked for: it may be unreadable.

    Its times are in the middle of each interval since 1970, not so long after the start: a bot that
    starts anew each few minutes would never come to them.
    """
    seconds = max(0.05, interval.total_seconds())
    middle = datetime.fromtimestamp(seconds / 2, UTC)
    return IntervalTrigger(seconds=seconds, start_date=middle, timezone=UTC)


@dataclass(frozen=True, slots=True)
class LaneKind:
    """Lanes whose names begin with `prefix`, which ends with a colon; empty: the lanes of tasks."""

    prefix: str
    handle: Handle
    one_by_one: bool = False
    """After a crash only one row is handled again, not a batch."""
    threads: int = 0
    """So many threads of its own in each process, so that it holds up no other lane; 0: the
    engine's."""
    watched: bool = True
    """Whether the watchdog reports a lane that stands still."""


class LaneKinds:
    """Who handles a lane, by its name."""

    def __init__(self, kinds: Iterable[LaneKind]) -> None:
        self._by_prefix = {kind.prefix: kind for kind in kinds}

    def of(self, lane: str) -> LaneKind:
        """The lane's kind; without a prefix that is known, that of tasks."""
        prefix, colon, _ = lane.partition(":")
        return self._by_prefix.get(prefix + colon, self._by_prefix[""])

    def __iter__(self) -> Iterator[LaneKind]:
        return iter(self._by_prefix.values())
