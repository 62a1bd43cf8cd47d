"""What a command waits for, on standard error: nobody should have to guess whether it hangs."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import click

from clickup_mlops import logs
from clickup_mlops.errors import ApiError

SOON_S: Final = 3.0
"""Shorter waits are not worth a line."""
_AGAIN_S: Final = 10.0
"""How often the threads of a command may say the same."""


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
        click.secho(logs.redactor.text(text), fg="yellow", err=True)
