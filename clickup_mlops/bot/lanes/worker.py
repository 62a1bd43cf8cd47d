"""Runs a lane: lease it, take its events in order, have them handled, mark what became of them.

What a failure means is decided here, by the error's type:
* not now (429, 5xx, a broken line, a busy store): again later, as often as it takes, and it uses up
  none of the event's attempts;
* no authorisation: the whole bot pauses, because every event would fail the same way;
* refused for good: parked at once; anything else: parked after some attempts;
* a task that ClickUp answers with an error of its own (5xx) for ever, while other lanes go on:
  parked after several times as many.
Parked events keep their error and can be replayed; their lane goes on without them.
"""

import itertools
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, Final

from clickup_mlops import logs, telemetry
from clickup_mlops.bot.clock import Clock, to_ms
from clickup_mlops.bot.lanes.activity import Activity
from clickup_mlops.bot.lanes.settings import EngineSettings
from clickup_mlops.bot.registered import LaneKinds
from clickup_mlops.clickup.governor import Stopping
from clickup_mlops.errors import (
    ForeignAnswer,
    RetryableApiError,
    StoreUnavailable,
    Unauthorized,
    UncertainWrite,
    is_refusal,
)
from clickup_mlops.store.inbox_rows import InboxRow
from clickup_mlops.store.tables.inbox import Inbox
from clickup_mlops.store.tables.leases import Holder, LeaseLost

BATCH: Final = 100
"""Events of one lane that are handled together."""
PAUSE_MS: Final = 60_000
"""How long the bot pauses when ClickUp does not accept its token."""

ALONE: Final = 3
"""So many times `max_attempts` a lane fails alone with an error of ClickUp, before it is parked."""
TRANSIENT_ERRORS: Final = (RetryableApiError, UncertainWrite, StoreUnavailable)
"""Nobody's fault: it may work later."""

HOLDER: ContextVar[Holder | None] = ContextVar("holder", default=None)
"""The lane that runs here, and under which owner's name it is leased."""

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


class Worker:
    """`run` is the handler that every engine calls, with only a lane's name.

    A lane's rows are handled by its kind: see `LaneKind`. `later` gets a lane that should be
    looked at again, and when (Unix ms); `looking` gets one before each look at what is ready in it.
    `should_yield` says whether a lane that has more to do is queued again, after more urgent ones.
    """

    def __init__(
        self,
        inbox: Inbox,
        kinds: LaneKinds,
        *,
        settings: EngineSettings,
        clock: Clock,
        later: Callable[[str, int], None] = lambda _lane, _ms: None,
        looking: Callable[[str], None] = lambda _lane: None,
        should_yield: Callable[[str], bool] = lambda _lane: False,
        gate: Gate | None = None,
        activity: Activity | None = None,
    ) -> None:
        self._inbox, self._kinds = inbox, kinds
        self._settings, self._clock = settings, clock
        self._later, self._looking, self._should_yield = later, looking, should_yield
        self._lease_ms = to_ms(settings.lease)
        self._process = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        self._numbers = itertools.count()
        self._lock, self._rarely = threading.Lock(), logs.RateLimitedLogger()
        self._owners: set[str] = set()
        self._not_now: dict[str, int] = {}  # lane -> how often in a row
        self._alone: dict[str, int] = {}  # lane -> how often others went on in between
        self._seen: dict[str, int] = {}  # lane -> events done at its last failure
        self._done = 0
        self.gate, self._activity = gate or Gate(), activity or Activity()

    def run(self, lane: str) -> None:
        """Handle what is ready in the lane, unless somebody else holds it."""
        self._activity.begin(lane)
        try:
            self._run(lane)
        except StoreUnavailable as problem:
            # What was begun is reconciled later: its lease ends, the sweeper dispatches it again.
            self._rarely.warning("lane_left", lane=lane, problem=str(problem))
        finally:
            self._activity.end()

    def _run(self, lane: str) -> None:
        now = self._clock()
        if self.gate.is_closed(now):
            return
        # A name for each run: two threads of one process must not share a lane either.
        owner = f"{self._process}:{next(self._numbers)}"
        limit = 1 if self._kinds.of(lane).one_by_one else BATCH
        self._looking(lane)
        rows = self._inbox.claim(lane, owner, now, now + self._lease_ms, limit=limit)
        if rows:
            with self._held(lane, owner):
                self._work(lane, owner, rows, limit)

    def renew(self) -> None:
        """Keep the leases of the lanes that run here: a call may wait long for the rate limit."""
        with self._lock:
            owners = sorted(self._owners)
        if owners:
            self._inbox.renew(owners, self._clock() + self._lease_ms)

    @contextmanager
    def _held(self, lane: str, owner: str) -> Iterator[None]:
        with self._lock:
            self._owners.add(owner)
        before = HOLDER.set((lane, owner))
        try:
            yield
        except BaseException:
            self._inbox.release(lane, owner)
            raise
        finally:
            HOLDER.reset(before)
            with self._lock:
                self._owners.discard(owner)

    def _work(self, lane: str, owner: str, rows: Sequence[InboxRow], limit: int) -> None:
        full = limit
        while rows:
            following = self._attempt(lane, owner, rows, full, limit)
            if following is None:
                # One bad event must not take its neighbours along: from here on one by one, in the
                # order in which they are handled together. What was begun of it is open.
                full = 1
                following = [replace(row, is_cut_off=True, mirrored=None) for row in rows]
            rows = [min(following, key=_date)] if following and full < limit else following

    def _attempt(
        self, lane: str, owner: str, rows: Sequence[InboxRow], full: int, limit: int
    ) -> Sequence[InboxRow] | None:
        """The events to go on with: none once the lane is given back; None: one of these is bad."""
        try:
            with logs.bind_context(**_subject(rows)):
                self._kinds.of(lane).handle(rows)
        except Postponed as postponement:
            telemetry.HANDLED.labels("postponed").inc(len(rows))
            self._inbox.postpone(lane, owner, postponement.until_ms)
            self._later(lane, postponement.until_ms)
            return ()
        except Unauthorized as problem:
            telemetry.HANDLED.labels("paused").inc(len(rows))
            self.gate.close(str(problem), self._clock() + PAUSE_MS)
        except (Stopping, LeaseLost):
            pass  # given back as it was: another process goes on
        except Exception as problem:
            if self._is_transient(lane, problem):
                times = self._not_now[lane] = self._not_now.get(lane, -1) + 1
                self._retry(rows[0], owner, problem, times, counts=False)
            elif len(rows) > 1:
                return None
            elif self._parked(rows[0], owner, problem):
                return self._finish(lane, owner, (), full, limit)
        else:
            telemetry.HANDLED.labels("done").inc(len(rows))
            for row in rows:
                _log.debug("event_handled", event_key=row.key, kind=row.kind, lane=lane)
            return self._finish(lane, owner, rows, full, limit)
        self._inbox.release(lane, owner)
        return ()

    def _finish(
        self, lane: str, owner: str, rows: Sequence[InboxRow], full: int, limit: int
    ) -> Sequence[InboxRow]:
        for times in (self._not_now, self._alone, self._seen):
            times.pop(lane, None)
        self._done += len(rows)
        now = self._clock()
        ids = [row.id for row in rows]
        if len(rows) >= full and self._should_yield(lane):
            limit = 0
        else:
            self._looking(lane)
        return self._inbox.finish(lane, owner, ids, now, now + self._lease_ms, limit=limit)

    def _parked(self, row: InboxRow, owner: str, problem: Exception) -> bool:
        """Whether this was its last attempt; else it waits for the next one."""
        last = row.attempts + 1 >= self._settings.max_attempts
        is_endless = isinstance(problem, TRANSIENT_ERRORS)
        if not (last or is_endless or is_refusal(problem)):
            self._retry(row, owner, problem, row.attempts)
            return False
        telemetry.HANDLED.labels("parked").inc()
        self._inbox.park(row.id, _describe(problem))
        _log.error("event_parked", event_key=row.key, lane=row.lane, exc_info=problem)
        return True

    def _is_transient(self, lane: str, problem: Exception) -> bool:
        """Whether it may work later."""
        return isinstance(problem, TRANSIENT_ERRORS) and not self._fails_alone(lane, problem)

    def _fails_alone(self, lane: str, problem: Exception) -> bool:
        """Whether ClickUp has an error of its own with this lane for good: many times in a row, and
        each time other lanes have gone on since the last one.
        """
        if not isinstance(problem, RetryableApiError) or isinstance(problem, ForeignAnswer):
            return False
        if problem.status < 500:
            return False
        others_went_on = self._done > self._seen.get(lane, self._done)
        self._seen[lane] = self._done
        self._alone[lane] = self._alone.get(lane, 0) + others_went_on
        return self._alone[lane] >= ALONE * self._settings.max_attempts

    def _retry(
        self, row: InboxRow, owner: str, problem: Exception, times: int, *, counts: bool = True
    ) -> None:
        telemetry.HANDLED.labels("retried").inc()
        due = self._clock() + self._wait_ms(times)
        self._inbox.retry(row.id, _describe(problem), due, counts=counts)
        # What arrived before it may have happened later: that waits, too.
        self._inbox.postpone(row.lane, owner, due)
        self._later(row.lane, due)
        _log.warning("event_retried", event_key=row.key, lane=row.lane, problem=_describe(problem))

    def _wait_ms(self, times: int) -> int:
        first_s = self._settings.backoff.total_seconds()
        longest_s = self._settings.backoff_max.total_seconds()
        return int(1000 * min(longest_s, first_s * 2 ** min(times, 30)))


def _date(row: InboxRow) -> int:
    return row.event_ms or 0


def _subject(rows: Sequence[InboxRow]) -> dict[str, Any]:
    """What a log line is about: the newest event's key, its lane, how many are handled with it."""
    newest = rows[-1]
    return {"event_key": newest.key, "kind": newest.kind, "lane": newest.lane, "events": len(rows)}


def _describe(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}"
