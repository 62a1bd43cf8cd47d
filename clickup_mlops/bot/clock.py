"""The bot's clock: an edge that may read the time. Tests and the sandbox pass another one."""

import time
from collections.abc import Callable
from datetime import timedelta

Clock = Callable[[], int]
"""Gives now, in Unix milliseconds."""


def now_ms() -> int:
    """Unix time in milliseconds."""
    return time.time_ns() // 1_000_000


def to_ms(duration: timedelta) -> int:
    """A duration in milliseconds."""
    return int(duration.total_seconds() * 1000)
