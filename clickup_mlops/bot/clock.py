"""The bot's clock: an edge that may read the time. Tests and the sandbox pass another one."""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Final

Clock = Callable[[], int]
"""Gives now, in Unix milliseconds."""


_BOOT: Final = getattr(time, "CLOCK_BOOTTIME", None)
_steady_ns: Final[Callable[[], int]] = (
    time.monotonic_ns if _BOOT is None else partial(time.clock_gettime_ns, _BOOT)
)
"""A clock that nobody can set; on Linux it goes on while the machine sleeps."""
_BEGAN_NS = time.time_ns() - _steady_ns()


def now_ms() -> int:
    """Unix time in milliseconds: the machine's when this process began, and steady since. If the
    machine's clock is set meanwhile, nothing that waits becomes due earlier or later.
    """
    return (_BEGAN_NS + _steady_ns()) // 1_000_000


def to_ms(duration: timedelta) -> int:
    """A duration in milliseconds."""
    return int(duration.total_seconds() * 1000)
