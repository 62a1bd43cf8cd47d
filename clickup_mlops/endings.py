"""Signals that end a process, and what it does then."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Final

Handler = Callable[[int, FrameType | None], object]
"""What is called, in the main thread."""

_NAMES: Final = ("SIGTERM", "SIGINT", "SIGHUP")
"""A service manager's, Ctrl-C, and that of a closed terminal; not every system has all."""


def call(handler: Handler) -> None:
    """From now on each of them calls this."""
    for number in _signals():
        signal.signal(number, handler)


def clean_up_first() -> None:
    """From now on all run what Ctrl-C runs, since a temporary folder may hold a secret; the second
    ends the process at once. Process 1 of a container gets no signal without a handler.
    """
    for number in _signals():
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _leave)


def end_at_once() -> None:
    """From now on each of them ends the process, where a thread of it cannot be interrupted."""
    call(lambda number, _frame: os._exit(128 + number))


def _leave(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)
    sys.exit(128 + number)


def _signals() -> Iterator[signal.Signals]:
    for number in signal.Signals:
        # What `nohup` has the process ignore stays so.
        is_ignored = number.name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN
        if number.name in _NAMES and not is_ignored:
            yield number
