"""The rate limit: a number of calls per token and window, with the X-RateLimit-* headers.

Windows run on real time, whatever the sandbox's clock says: clients really wait.
"""

import threading
from dataclasses import dataclass

PER_MINUTE = {
    "Free": 100,
    "Unlimited": 100,
    "Business": 100,
    "Business Plus": 1_000,
    "Enterprise": 10_000,
}
"""Requests per minute and token by plan (developer docs, "Rate limits")."""


@dataclass
class Window:
    """How much of one token's present window is used; `reset_s` is Unix seconds."""

    reset_s: int
    used: int = 0


@dataclass(frozen=True)
class Verdict:
    """Whether a call may pass, and what the headers say."""

    allowed: bool
    limit: int
    remaining: int
    reset_s: int

    def headers(self, ahead_ms: int) -> dict[str, str]:
        """The three headers of every answer.

        Reset is a Unix time in seconds, by the sandbox's clock, which is `ahead_ms` of real time.
        """
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset_s + round(ahead_ms / 1000)),
        }


class RateLimiter:
    """Counts calls per token. `limit` is per window of `window_s` seconds."""

    def __init__(self, limit: int, window_s: int = 60) -> None:
        self.limit, self.window_s = limit, window_s
        self._lock = threading.Lock()
        self._windows: dict[str, Window] = {}

    def take(self, token: str, real_ms: int) -> Verdict:
        """Count a call of this token, at a real time in milliseconds, unless it is one too many."""
        with self._lock:
            window = self._windows.get(token)
            if window is None or real_ms >= window.reset_s * 1000:
                window = self._windows[token] = Window(real_ms // 1000 + self.window_s)
            allowed = window.used < self.limit
            window.used += allowed
            return Verdict(allowed, self.limit, self.limit - window.used, window.reset_s)

    def reset(self) -> None:
        """Start every token's window afresh."""
        with self._lock:
            self._windows.clear()
