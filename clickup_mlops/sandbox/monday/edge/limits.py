"""The limits of an account, and the headers that report them.

Minutes run on real time, as in the ClickUp sandbox; days on the sandbox's clock.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from clickup_mlops.sandbox.core.clock import real_ms
from clickup_mlops.sandbox.core.limits import Decision, RateLimiter

UNLIMITED = 1_000_000_000
DAY_MS = 86_400_000
LIGHT_CALL = 0.1
"""What a refused call, or a lone question for the complexity, costs of the daily calls."""


@dataclass(frozen=True)
class Allowance:
    """The limits of one token. `soft`: calls beyond those of a day are answered all the same."""

    complexity_per_minute: int
    calls_per_minute: int
    calls_per_day: int
    concurrency: int
    soft: bool = False


TIERS: Final[Mapping[str, Allowance]] = {
    "free": Allowance(1_000_000, 1_000, 1_000, 40),
    "basic": Allowance(10_000_000, 1_000, 1_000, 40),
    "standard": Allowance(10_000_000, 1_000, 1_000, 40),
    "pro": Allowance(10_000_000, 2_500, 10_000, 100, soft=True),
    "enterprise": Allowance(10_000_000, 5_000, 25_000, 250, soft=True),
}
"""By plan, as the developer pages of 2026 have them."""


class Limits:
    """Counts what each token uses."""

    def __init__(self, allowance: Allowance, window_s: int = 60) -> None:
        self.allowance, self.window_s = allowance, window_s
        self.calls = RateLimiter(allowance.calls_per_minute, window_s)
        self.points = RateLimiter(allowance.complexity_per_minute, window_s)
        self._lock = threading.Lock()
        self._busy: Counter[str] = Counter()
        self._today: dict[str, tuple[int, float]] = {}

    def reset(self) -> None:
        """Start new windows and a new day for every token."""
        self.calls.reset()
        self.points.reset()
        with self._lock:
            self._today.clear()

    @contextmanager
    def slot(self, token: str) -> Iterator[bool]:
        """Hold one of the concurrent calls; False if there was none."""
        with self._lock:
            self._busy[token] += 1
            is_free = self._busy[token] <= self.allowance.concurrency
        try:
            yield is_free
        finally:
            with self._lock:
                self._busy[token] -= 1

    def take_day(self, token: str, now_ms: int, amount: float = 1) -> bool:
        """Count a call of the day (UTC); False if it is one too many."""
        day = now_ms // DAY_MS
        with self._lock:
            last, used = self._today.get(token, (day, 0.0))
            used = (used if last == day else 0.0) + amount
            self._today[token] = (day, used)
        return self.allowance.soft or used <= self.allowance.calls_per_day + 1e-6

    def used_today(self, token: str) -> float:
        """Calls of the day so far."""
        return self._today.get(token, (0, 0.0))[1]

    def headers(self, token: str) -> dict[str, str]:
        """`RateLimit` and `RateLimit-Policy`, as every answer has them."""
        now, allowance = real_ms(), self.allowance
        calls, points = self.calls.take(token, now, 0), self.points.take(token, now, 0)
        free = max(0, allowance.concurrency - self._busy[token])
        window = self.window_s
        return {
            "RateLimit": (
                f'"minuteRate";r={calls.remaining}, "concurrency";r={free},'
                f' "complexityMinute";r={points.remaining};t={compute_wait_s(points)}'
            ),
            "RateLimit-Policy": (
                f'"minuteRate";q={calls.limit};w={window},'
                f' "concurrency";q={allowance.concurrency};qu="concurrent-requests",'
                f' "complexityMinute";q={points.limit};w={window};qu="content-bytes"'
            ),
        }


def compute_wait_s(decision: Decision) -> int:
    """Whole seconds until the window begins again, at least 1."""
    return max(1, -(-(decision.reset_s * 1000 - real_ms()) // 1000))
