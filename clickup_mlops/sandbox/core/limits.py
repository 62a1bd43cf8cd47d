"""The rate limit: a number of calls, or of points, per token and window.

Windows run on real time, whatever the sandbox's clock says: clients really wait.
"""

import threading
from dataclasses import dataclass


@dataclass
class Window:
    """How much of one token's present window is used; `reset_s` is Unix seconds."""

    reset_s: int
    used: int = 0


@dataclass(frozen=True)
class Decision:
    """Whether a call may pass, and what is left of the window; `reset_s` is Unix seconds."""

    is_allowed: bool
    limit: int
    remaining: int
    reset_s: int


class RateLimiter:
    """Counts calls per token. `limit` is per window of `window_s` seconds."""

    def __init__(self, limit: int, window_s: int = 60) -> None:
        self.limit, self.window_s = limit, window_s
        self._lock = threading.Lock()
        self._windows: dict[str, Window] = {}

    def take(self, token: str, real_ms: int, amount: int = 1) -> Decision:
        """Count a call of this token, at a real time in milliseconds, unless it is one too many.

        `amount` is how much the call costs; with 0 nothing is taken.
        """
        with self._lock:
            window = self._windows.get(token)
            if window is None or real_ms >= window.reset_s * 1000:
                window = self._windows[token] = Window(real_ms // 1000 + self.window_s)
            is_allowed = window.used + amount <= self.limit
            window.used += amount if is_allowed else 0
            return Decision(is_allowed, self.limit, self.limit - window.used, window.reset_s)

    def reset(self) -> None:
        """Start a new window for every token."""
        with self._lock:
            self._windows.clear()
