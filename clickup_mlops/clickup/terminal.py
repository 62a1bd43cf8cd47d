"""What a program waits for, and how far it is, on standard error: nobody should have to guess
whether it hangs.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from clickup_mlops import logs
from clickup_mlops.clickup.repetition import SILENT, Waiting
from clickup_mlops.errors import ApiError

SOON_S: Final = 3.0
"""Shorter waits are not worth a line."""
_AGAIN_S: Final = 10.0
"""How often the threads of a command may say the same."""
_YELLOW, _PLAIN = "\x1b[33m", "\x1b[0m"

Progress = Callable[[int, int], None]
"""Hears how many of how many are done. Called by one thread at a time."""


class Terminal:
    """Says it on standard error. Thread-safe."""

    first_attempts = 3
    """An outage of seconds is bridged; without a network a person hears of it soon."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._said_s: dict[str, float] = {}

    @contextmanager
    def during(self, kind: str, subject: str) -> Iterator[None]:
        """See `Waiting`."""
        timer = threading.Timer(SOON_S, self._say, (kind, f"Waiting for {subject} ..."))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def pausing(self, problem: ApiError, seconds: float, attempt: int, attempts: int) -> None:
        """See `Waiting`."""
        if seconds:
            when = f"trying again in {max(1, round(seconds))} s ({attempt + 1} of {attempts})"
            self._say(f"try {attempt}", f"Waiting for ClickUp: {problem}; {when}")

    def _say(self, kind: str, text: str) -> None:
        with self._lock:
            now_s = time.monotonic()
            if now_s - self._said_s.get(kind, -_AGAIN_S) < _AGAIN_S:
                return
            self._said_s[kind] = now_s
        line = logs.redactor.text(text)
        sys.stderr.write(f"{_YELLOW}{line}{_PLAIN}\n" if sys.stderr.isatty() else f"{line}\n")


def choose_waiting() -> Waiting:
    """The terminal if there is one, else nobody."""
    return Terminal() if sys.stderr.isatty() else SILENT


def show_progress(count: int, total: int) -> None:
    """One line that is written over, if there is a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{count} of {total}" + ("\n" if count == total else ""))
        sys.stderr.flush()
