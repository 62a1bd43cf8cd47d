"""Counts what a run does, and reports it: rate, time left, budget."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from clickup_mlops.features.migration.run.model import Failure, Progress, Ran, Report
from clickup_mlops.features.migration.run.performing import Outcome

if TYPE_CHECKING:
    from clickup_mlops.clickup.client import ClickUp

_PAUSE_S = 0.25
_SHOWN = 1_000
"""Notes that are kept; the others are counted only."""


class Counting:
    """The result so far. Thread-safe. `total`: steps that are known of; `calls`: the client's count
    when the run began; `name`: what a step's key is about.
    """

    def __init__(
        self,
        clickup: "ClickUp",
        report: Report,
        total: int,
        calls: int,
        name: Callable[[str], str] = lambda _key: "",
    ) -> None:
        self.ran = Ran()
        self._name = name
        self.total, self._handled = total, 0
        self._clickup, self._report = clickup, report
        self._calls = calls
        self._lock, self._reporting = threading.Lock(), threading.Lock()
        self._began_s, self._worked = time.monotonic(), 0
        self._next_s, self._kind = 0.0, ""

    def discovered(self, steps: int) -> None:
        """More steps than were known of."""
        with self._lock:
            self.total += steps

    def record_losses(self, whats: "list[str]") -> None:
        """Values that ClickUp cannot keep."""
        with self._lock:
            self.ran.losses.update(whats)

    def count(self, key: str, outcome: Outcome) -> None:
        """A step has been dealt with."""
        kind = key.partition(":")[0]
        with self._lock:
            self._handled += 1
            self._worked += outcome.state not in ("skipped", "refused_before")
            self._add(key, kind, outcome)
            self._kind = kind
        # Nobody waits for a report of another: it may read a store, and calls what it was given.
        if time.monotonic() >= self._next_s and self._reporting.acquire(blocking=False):
            try:
                self._say()
            finally:
                self._reporting.release()

    def waits(self, reason: str, count: int) -> None:
        """Steps that cannot be done in this run."""
        if count:
            self.ran.waiting[reason] += count

    def finish(self) -> Ran:
        """The result."""
        self.ran.calls = self._clickup.calls - self._calls
        if self._kind:
            self._say()
        return self.ran

    def _say(self) -> None:
        # Not after each step: what is left of the budget may have to be read from a store.
        self._next_s = time.monotonic() + _PAUSE_S
        self._report(self._progress())

    def _add(self, key: str, kind: str, outcome: Outcome) -> None:
        ran = self.ran
        if outcome.state in ("failed", "unknown"):
            is_refused = outcome.state == "failed"
            ran.failed.append(Failure(key, outcome.reason, is_refused, self._name(key)))
        elif outcome.state == "waiting":
            ran.waiting[outcome.reason] += 1
        else:
            getattr(ran, outcome.state)[kind] += 1
        if len(ran.notes) < _SHOWN:
            ran.notes.extend(outcome.notes)

    def _progress(self) -> Progress:
        minutes = (time.monotonic() - self._began_s) / 60
        rate = self._worked / minutes if minutes > 0 else 0.0
        remaining = max(0, self.total - self._handled)
        budget = self._clickup.governor.budget()
        return Progress(
            self._kind,
            self._handled,
            max(self.total, self._handled),
            len(self.ran.failed),
            self._clickup.calls - self._calls,
            rate,
            remaining / rate * 60 if rate else None,
            budget.limit,
            budget.used,
        )
