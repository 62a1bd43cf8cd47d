"""Runs a lane: lease it, take its events in order, have them handled, mark what became of them.

What a failure means is decided here, by the error's type:
* not now (429, 5xx, a broken line, a busy store): again later, as often as it takes;
* no authorisation: the whole bot pauses, because every event would fail the same way;
* refused for good: parked at once; anything else: parked after some attempts.
Parked events keep their error and can be replayed; their lane goes on without them.
"""

import itertools
import os
import secrets
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy.exc import OperationalError

from clickup_mlops import logs
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.settings import EngineSettings
from clickup_mlops.errors import (
    BadPayload,
    Forbidden,
    InputError,
    PlanLimit,
    RetryableApiError,
    StoreBusy,
    Unauthorized,
    UncertainWrite,
)
from clickup_mlops.store.inbox import Inbox, InboxRow
from clickup_mlops.store.waiting import Waiting

BATCH: Final = 100
"""Events of one lane that are handled together."""
PAUSE_MS: Final = 60_000
"""How long the bot pauses when ClickUp does not accept its token."""

_NOT_NOW = (RetryableApiError, UncertainWrite, StoreBusy, OperationalError)
_REFUSED = (BadPayload, Forbidden, InputError, PlanLimit)

_log = logs.get()


class Postponed(Exception):
    """The lane should wait until `until_ms`, because that saves calls. Not a failure."""

    def __init__(self, until_ms: int) -> None:
        super().__init__(f"postponed until {until_ms}")
        self.until_ms = until_ms


class Gate:
    """Closed while ClickUp refuses the token; opens by itself for another try."""

    def __init__(self) -> None:
        self.closed_until_ms = 0
        self.reason = ""

    def close(self, reason: str, until_ms: int) -> None:
        """Pause everything until then."""
        self.reason, self.closed_until_ms = reason, until_ms
        _log.error("bot_paused", reason=reason, until_ms=until_ms)

    def is_closed(self, now_ms: int) -> bool:
        """Whether the bot pauses now."""
        return now_ms < self.closed_until_ms


class Lanes:
    """`run` is the handler that every engine calls, with only a lane's name.

    `handle` gets the rows of one lane in order; `later` is told which lane should be
    looked at again, and when (Unix ms).
    """

    def __init__(
        self,
        inbox: Inbox,
        waiting: Waiting,
        handle: Callable[[Sequence[InboxRow]], None],
        *,
        settings: EngineSettings,
        clock: Clock,
        later: Callable[[str, int], None] = lambda _lane, _ms: None,
    ) -> None:
        self._inbox, self._waiting, self._handle = inbox, waiting, handle
        self._settings, self._clock, self._later = settings, clock, later
        self._lease_ms = int(settings.lease.total_seconds() * 1000)
        self._process = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._owners: set[str] = set()
        self.gate = Gate()

    def run(self, lane: str) -> None:
        """Handle what is ready in the lane, unless somebody else holds it."""
        now = self._clock()
        if self.gate.is_closed(now):
            return
        # A name for each run: two threads of one process must not share a lane either.
        owner = f"{self._process}:{next(self._numbers)}"
        if not self._inbox.lease(lane, owner, now, now + self._lease_ms):
            return
        with self._lock:
            self._owners.add(owner)
        try:
            while self._step(lane, owner):
                pass
        finally:
            with self._lock:
                self._owners.discard(owner)
            self._inbox.release(lane, owner)

    def renew(self) -> None:
        """Keep the leases of the lanes that run here: a call may wait long for the rate limit."""
        with self._lock:
            owners = sorted(self._owners)
        if owners:
            self._waiting.renew(owners, self._clock() + self._lease_ms)

    def _step(self, lane: str, owner: str) -> bool:
        rows = self._inbox.take(lane, owner, self._clock(), BATCH)
        return bool(rows) and self._attempt(lane, owner, rows)

    def _attempt(self, lane: str, owner: str, rows: Sequence[InboxRow]) -> bool:
        """Whether the lane may go on."""
        try:
            self._handle(rows)
        except Postponed as wish:
            self._waiting.postpone(lane, wish.until_ms)
            self._later(lane, wish.until_ms)
            return False
        except Unauthorized as problem:
            self.gate.close(str(problem), self._clock() + PAUSE_MS)
            return False
        except _NOT_NOW as problem:
            self._again(rows[0], problem)
            return False
        except Exception as problem:
            # One bad event must not take its neighbours along: try them one by one.
            if len(rows) > 1:
                return all(self._attempt(lane, owner, [row]) for row in rows)
            return self._failed(rows[0], problem)
        return self._done(lane, owner, rows)

    def _done(self, lane: str, owner: str, rows: Sequence[InboxRow]) -> bool:
        now = self._clock()
        ids = [row.id for row in rows]
        return self._inbox.done(lane, owner, ids, now, now + self._lease_ms)

    def _failed(self, row: InboxRow, problem: Exception) -> bool:
        last = row.attempts + 1 >= self._settings.max_attempts
        if not last and not isinstance(problem, _REFUSED):
            self._again(row, problem)
            return False
        self._inbox.park(row.id, _words(problem))
        _log.error("event_parked", key=row.key, lane=row.lane, exc_info=problem)
        return True

    def _again(self, row: InboxRow, problem: Exception) -> None:
        due = self._clock() + self._wait_ms(row.attempts, problem)
        self._inbox.retry(row.id, _words(problem), due)
        self._later(row.lane, due)
        _log.warning("event_retried", key=row.key, lane=row.lane, problem=_words(problem))

    def _wait_ms(self, attempts: int, problem: Exception) -> int:
        asked = getattr(problem, "after_s", None)
        longest = self._settings.backoff_max.total_seconds()
        usual = self._settings.backoff.total_seconds() * 2 ** min(attempts, 30)
        return int(1000 * min(longest, usual if asked is None else asked))


def _words(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}"
