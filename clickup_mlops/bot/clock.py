"""The bot's clock: an edge that may read the time. Tests and the sandbox pass another one."""

import time
from collections.abc import Callable
from datetime import timedelta

Clock = Callable[[], int]
"""Gives now, in Unix milliseconds."""


def _steady_ns() -> int:
    """A clock that nobody can set; on Linux it goes on while the machine sleeps."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic_ns() if boot is None else time.clock_gettime_ns(boot)


_BEGAN_NS = time.time_ns() - _steady_ns()


def now_ms() -> int:
    """Unix time in milliseconds: the machine's when this process began, and steady since. If the
    machine's clock is set meanwhile, nothing that waits becomes due earlier or later.
    """
    return (_BEGAN_NS + _steady_ns()) // 1_000_000


def to_ms(duration: timedelta) -> int:
    """A duration in milliseconds."""
    return int(duration.total_seconds() * 1000)
