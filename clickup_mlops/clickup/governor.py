"""The rate governor: every call asks here first, and every answer is shown to it.

The rules are in `budget.py`; the state is in a `Ledger`, shared by all who use the token; this is
the part that waits. Within a process the threads form one queue, ordered by priority class, and
only its head asks the ledger; when the budget is large it takes a small stock of permits at a time,
so that most calls cost no statement at all.
"""

import hashlib
import heapq
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol, TypeVar

import orjson

from clickup_mlops import logs, telemetry
from clickup_mlops.clickup import budget as rules
from clickup_mlops.clickup.budget import Ask, Budget, Grant, PriorityClass, Reading
from clickup_mlops.clickup.clock import parse_date_ms
from clickup_mlops.errors import ConfigError, RetryableApiError, StoreUnavailable

__all__ = ["Governor", "Ledger", "MemoryLedger", "PriorityClass", "Stopping"]

T = TypeVar("T")

ASSUMED_LIMIT = 100
"""Calls per minute if answers carry no rate headers: the lowest plan's limit."""

_SHORTEST_PAUSE_MS, _LONGEST_PAUSE_MS = 1_000, 120_000
_UNEXPLAINED_PAUSE_MS = 10_000
_STORE_BUSY_MS, _STORE_TIMEOUT_MS = 250, 10_000
_MANY_SECONDS = 10**11  # a Reset above this is in milliseconds, below _FEW_SECONDS it is relative
_FEW_SECONDS = 10**9
_LARGEST_NUMBER = 10**15  # far above every time and limit; what is kept has 64 bits

_LONG_S = 1.0
_MOMENT_MS = 10_000
_log = logs.get()
_WAITS = {
    priority_class: telemetry.BUDGET_WAIT.labels(priority_class.name.lower())
    for priority_class in PriorityClass
}


class Stopping(RetryableApiError):
    """The program is stopping: nothing was sent, and nothing is sent again by this process."""


@dataclass(frozen=True, slots=True)
class Failing:
    """Every call since then (Unix ms) ended with a 429, a 5xx, or without an answer (`status` 0, of
    the last one).
    """

    since_ms: int
    status: int


class Ledger(Protocol):
    """Where budgets are kept."""

    def update(self, key: str, change: Callable[[str], tuple[str, T]]) -> T:
        """Replace the text under `key` (`""` if new) atomically; returns what `change` found."""
        ...


class MemoryLedger:
    """A ledger for the threads of one process."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._lock = threading.Lock()

    def update(self, key: str, change: Callable[[str], tuple[str, T]]) -> T:
        """As `Ledger.update`, atomic among the threads of this process."""
        with self._lock:
            self._texts[key], result = change(self._texts.get(key, ""))
            return result


def read_clock_ms() -> int:
    """Unix milliseconds by the clock of this machine."""
    return time.time_ns() // 1_000_000


@dataclass(order=True, slots=True)
class _Waiter:
    """A thread in the queue: by priority class, then first come, first served."""

    priority_class: PriorityClass
    order: int
    thread: int = field(default_factory=threading.get_ident, compare=False)
    turn: threading.Event = field(default_factory=threading.Event, compare=False)
    failing_since_ms: int = field(default=0, compare=False)


class Governor:
    """The budget of one token. Thread-safe; give it the same ledger in every process.

    The token itself is not kept, only a hash of it.
    """

    def __init__(
        self, ledger: Ledger, token: str, *, clock_ms: Callable[[], int] = read_clock_ms
    ) -> None:
        self._ledger, self._clock_ms = ledger, clock_ms
        # The ledger is a database that others read: it must not hold the token.
        self.key = hashlib.sha256(token.encode()).hexdigest()[:32]
        # Held while the ledger is asked: a grant and an answer that is learned meanwhile must not
        # overtake each other. Safe, because nothing that a ledger does takes a lock of ours, and
        # nobody could call without the ledger anyhow.
        self._lock = threading.Lock()
        self._queue: list[_Waiter] = []
        self._order = count()
        self._stock = Grant(0, 0, 0, False)
        self._stock_class = PriorityClass.BULK
        self._in_flight = 0
        self._reading: Reading | None = None
        self._reset_ms = 0
        self._scarce_until_ms = 0
        self._closed = False
        self._failing: Failing | None = None
        self._other = (0, 0)
        self.limit = 0
        """Calls in a minute, as the last answer of this process said; 0: not known yet."""
        self.ledger_requests = 0
        """How often the ledger was asked for permits."""

    # -- before a call

    def acquire(self, priority_class: PriorityClass, *, timeout_s: float | None = None) -> None:
        """Return when one call may be made now. Each must be followed by one `learn`.

        Raises:
            RetryableApiError: no permit came within `timeout_s`.
            StoreUnavailable: the ledger could not be used for ten seconds.
            Stopping: the governor was closed.
        """
        began = time.perf_counter()
        try:
            self._acquire(priority_class, timeout_s)
        finally:
            _record_wait(priority_class, time.perf_counter() - began)

    def _acquire(self, priority_class: PriorityClass, timeout_s: float | None) -> None:
        with self._lock:
            # Only if nobody waits: else a newcomer would overtake.
            if not self._queue and self._take_from_stock(priority_class):
                return
            waiter = _Waiter(priority_class, next(self._order))
            heapq.heappush(self._queue, waiter)
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        try:
            while (wait_s := self._attempt(waiter)) != 0:
                self._pause(waiter, wait_s, deadline)
        finally:
            self._dequeue(waiter)

    def close(self) -> None:
        """Refuse all waiting and later calls, so that a program can stop at once."""
        with self._lock:
            self._closed = True
            for waiter in self._queue:
                waiter.turn.set()

    def list_waiting_threads(self) -> frozenset[int]:
        """Idents of the threads that wait for a permit. Takes no lock: for the watchdog."""
        return frozenset(waiter.thread for waiter in self._queue.copy())

    def budget(self) -> Budget:
        """What is known at the moment, for display."""
        return self._update(lambda budget, now_ms: (budget, rules.learn(budget, None, now_ms)))

    def is_scarce(self) -> bool:
        """Whether an answer of the last two windows said that calls would not last for its window.

        While it is not, saving calls is worth no wait.
        """
        return self._clock_ms() < self._scarce_until_ms

    def _attempt(self, waiter: _Waiter) -> float | None:
        """Seconds until the next try: 0 if a permit was taken, None if it is not our turn."""
        with self._lock:
            if self._closed:
                raise Stopping("the rate governor is closed: the program is stopping")
            if self._queue[0] is not waiter:
                return None
            if self._take_from_stock(waiter.priority_class):
                return 0
            retry_ms = self._restock(waiter)
            if self._take_from_stock(waiter.priority_class):
                return 0
            return max(1, retry_ms - self._clock_ms()) / 1000

    def _take_from_stock(self, priority_class: PriorityClass) -> bool:
        if not self._has_stock(priority_class):
            return False
        self._set_stock(self._stock.permits - 1)
        self._in_flight += 1
        return True

    def _has_stock(self, priority_class: PriorityClass) -> bool:
        stock = self._stock
        is_valid = stock.permits > 0 and self._clock_ms() < stock.until_ms
        return is_valid and priority_class <= self._stock_class

    def _set_stock(self, permits: int) -> None:
        stock = self._stock
        self._stock = Grant(permits, stock.until_ms, stock.window, stock.confirmed)

    def _restock(self, waiter: _Waiter) -> int:
        backlog = sum(queued.priority_class == waiter.priority_class for queued in self._queue) > 1
        ask = Ask(
            waiter.priority_class, self._stock.window, self._in_flight, backlog, self._reading
        )
        self.ledger_requests += 1
        try:
            grant = self._update(lambda budget, now_ms: rules.spend(budget, ask, now_ms))
        except StoreUnavailable as problem:
            return self._retry_store(waiter, problem)
        waiter.failing_since_ms = 0
        self._stock, self._stock_class, self._reading = grant, waiter.priority_class, None
        return grant.retry_ms

    def _retry_store(self, waiter: _Waiter, problem: StoreUnavailable) -> int:
        """When to ask the ledger again; raises the problem if it stays."""
        now_ms = self._clock_ms()
        waiter.failing_since_ms = waiter.failing_since_ms or now_ms
        if now_ms - waiter.failing_since_ms > _STORE_TIMEOUT_MS:
            raise problem
        return now_ms + _STORE_BUSY_MS

    def _pause(self, waiter: _Waiter, wait_s: float | None, deadline: float | None) -> None:
        if deadline is not None:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                raise RetryableApiError(
                    "no call left in the rate budget in time",
                    hint="Other work with this token uses it up: see the dashboard's budget.",
                )
            wait_s = left_s if wait_s is None else min(wait_s, left_s)
        waiter.turn.wait(wait_s)
        waiter.turn.clear()

    def _dequeue(self, waiter: _Waiter) -> None:
        with self._lock:
            self._queue.remove(waiter)
            # A waiter may leave from the middle (time-out), which breaks the heap's order.
            heapq.heapify(self._queue)
            if self._queue:
                self._queue[0].turn.set()

    def opening_ms(self, priority_class: PriorityClass) -> int:
        """When a call of this class may be made as things stand, Unix ms; not later than now: at
        once. For those who would rather choose what to call when it is time. Takes no permit.

        Raises:
            StoreUnavailable: the ledger could not be used.
        """
        with self._lock:
            if self._has_stock(priority_class):
                return 0
            ask = Ask(priority_class, self._stock.window, self._in_flight, reading=self._reading)
        return self._update(
            lambda budget, now_ms: (budget, rules.compute_opening_ms(budget, ask, now_ms))
        )

    # -- after a call

    def learn(self, headers: Mapping[str, str], status: int) -> None:
        """What the answer's headers say. Status 0: there was no answer.

        A 429 stops the whole token until its Reset (or Retry-After), here and in other processes.
        """
        now_ms = self._clock_ms()
        self._failing = _update_failing(self._failing, status, now_ms)
        reading = self._read(headers, status, now_ms) if status else None
        if reading is not None and not self._is_stray(reading):
            self.limit = reading.limit or self.limit
            if not rules.is_sufficient(reading, now_ms):
                self._scarce_until_ms = now_ms + 2 * rules.WINDOW_MS
        with self._lock:
            self._in_flight = max(0, self._in_flight - 1)
            if reading is None:
                # Without a window the call was the probe: the next one has to try.
                if not self._stock.window:
                    self._update_quietly(lambda budget, _now_ms: (rules.end_probe(budget), None))
                return
            if status != 429 and self._is_not_urgent(reading):
                self._keep_for_later(reading)
                return
            if status == 429 or self._stock.confirmed:
                self._set_stock(0)  # what is left of it belongs to a window that is over
            self._reset_ms = reading.reset_ms
            self._update_quietly(lambda budget, at_ms: (rules.learn(budget, reading, at_ms), None))
            self._stock = Grant(
                self._stock.permits, self._stock.until_ms, self._stock.window, confirmed=True
            )

    def failing(self) -> Failing | None:
        """Since when no call of this process got an answer of use, if that is longer than a
        moment. Takes no lock.
        """
        failing = self._failing
        is_long = failing is not None and self._clock_ms() - failing.since_ms >= _MOMENT_MS
        return failing if is_long else None

    def _is_stray(self, reading: Reading) -> bool:
        """Whether it is one of few answers in a row that name another limit; see `budget.learn`."""
        if reading.assumed:
            return self.limit > 0
        if self.limit in (0, reading.limit) or not reading.limit or reading.pause_ms:
            self._other = (0, 0)
            return False
        limit, count = self._other
        self._other = (reading.limit, count + 1 if limit == reading.limit else 1)
        return self._other[1] < rules.CONFIRMATIONS

    def _is_not_urgent(self, reading: Reading) -> bool:
        """Whether the ledger may learn it with our next request for permits."""
        is_same_window = abs(reading.reset_ms - self._reset_ms) <= rules.SAME_WINDOW_MS
        return self._stock.confirmed and (is_same_window or reading.reset_ms < self._reset_ms)

    def _keep_for_later(self, reading: Reading) -> None:
        pending = self._reading
        is_other = pending is not None and reading.limit != pending.limit
        if pending is None or is_other or reading.remaining < pending.remaining:
            self._reading = reading

    def _read(self, headers: Mapping[str, str], status: int, now_ms: int) -> Reading:
        limit = _parse_whole(headers.get("X-RateLimit-Limit")) or 0
        remaining = _parse_whole(headers.get("X-RateLimit-Remaining"))
        # A Reset far away is a mistake; waiting for it would stop the bot.
        reset_ms = min(_read_reset_ms(headers, now_ms), now_ms + _LONGEST_PAUSE_MS)
        if status == 429:
            pause_ms = _read_pause_ms(headers, reset_ms, now_ms)
            return Reading(limit, 0, reset_ms or pause_ms, pause_ms)
        if not limit or remaining is None or not reset_ms:
            reset_ms = self._reset_ms if self._reset_ms > now_ms else now_ms + rules.WINDOW_MS
            return Reading(ASSUMED_LIMIT, ASSUMED_LIMIT - 1, reset_ms, assumed=True)
        return Reading(limit, remaining, reset_ms)

    # -- the ledger

    def _update_quietly(self, change: Callable[[Budget, int], tuple[Budget, None]]) -> None:
        try:
            self._update(change)
        except (StoreUnavailable, ConfigError):
            # Not a reason to lose the answer that came. The next one says it again; losing one is
            # safe because `used` counts permits.
            self._reset_ms = 0

    def _update(self, change: Callable[[Budget, int], tuple[Budget, T]]) -> T:
        def on_text(text: str) -> tuple[str, T]:
            # The clock is read inside the transaction: waiting for its lock takes time.
            after, result = change(_load_budget(text), self._clock_ms())
            return orjson.dumps(after).decode(), result

        return self._ledger.update(self.key, on_text)


def _update_failing(before: Failing | None, status: int, now_ms: int) -> Failing | None:
    if 0 < status < 500 and status != 429:
        return None
    return Failing(before.since_ms if before else now_ms, status)


def _record_wait(priority_class: PriorityClass, waited_s: float) -> None:
    _WAITS[priority_class].observe(waited_s)
    if waited_s >= _LONG_S:
        _log.info(
            "waited_for_budget", priority_class=priority_class.name.lower(), s=round(waited_s, 1)
        )


def _load_budget(text: str) -> Budget:
    if not text:
        return Budget()
    raw: dict[str, Any] = orjson.loads(text)
    return Budget(**{**raw, "claims": tuple(raw["claims"])})


def _parse_whole(text: str | None) -> int | None:
    try:
        number = None if text is None else int(float(text))
    except (ValueError, OverflowError):
        return None
    return number and max(-_LARGEST_NUMBER, min(number, _LARGEST_NUMBER))


def _read_reset_ms(headers: Mapping[str, str], now_ms: int) -> int:
    """The end of the window on our clock, with the margin; 0 if the answer has none."""
    reset = _parse_whole(headers.get("X-RateLimit-Reset"))
    if not reset:
        return 0
    if reset > _MANY_SECONDS:
        return reset + rules.MARGIN_MS + _measure_skew_ms(headers, now_ms)
    if reset < _FEW_SECONDS:
        return now_ms + reset * 1000 + rules.MARGIN_MS
    return reset * 1000 + rules.MARGIN_MS + _measure_skew_ms(headers, now_ms)


def _measure_skew_ms(headers: Mapping[str, str], now_ms: int) -> int:
    """How far our clock is ahead of the server's; small differences are the second's rounding."""
    server_ms = parse_date_ms(headers.get("Date"))
    ahead_ms = 0 if server_ms is None else now_ms - server_ms
    # Being "ahead" may only mean that the answer was slow; being behind has no such excuse.
    return ahead_ms if ahead_ms > 5_000 or ahead_ms < -2_000 else 0


def _read_pause_ms(headers: Mapping[str, str], reset_ms: int, now_ms: int) -> int:
    after_s = _parse_whole(headers.get("Retry-After"))
    if after_s is not None:
        until_ms = now_ms + max(0, after_s) * 1000
    else:
        until_ms = reset_ms or now_ms + _UNEXPLAINED_PAUSE_MS
    return min(max(until_ms, now_ms + _SHORTEST_PAUSE_MS), now_ms + _LONGEST_PAUSE_MS)
