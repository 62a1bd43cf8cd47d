"""The sandbox's clock: real time plus an offset, or frozen. Unix milliseconds."""

import threading
import time


def real_ms() -> int:
    """The machine's clock, in Unix milliseconds."""
    return time.time_ns() // 1_000_000


class Clock:
    """What "now" means inside the sandbox, in its answers' `Date` as well.

    Rate windows and time-outs run on real time; Reset is a time of this clock.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._offset_ms = 0
        self._frozen_ms: int | None = None

    def now_ms(self) -> int:
        """The time by this clock, in Unix milliseconds."""
        with self._lock:
            return self._now_ms()

    def set(self, at_ms: int) -> None:
        """Jump to a time; a running clock runs on from there, a frozen one stays there."""
        with self._lock:
            if self._frozen_ms is None:
                self._offset_ms = at_ms - real_ms()
            else:
                self._frozen_ms = at_ms

    def advance(self, by_ms: int) -> None:
        """Move forward (or back, if negative)."""
        self.set(self.now_ms() + by_ms)

    def restart(self, offset_ms: int) -> None:
        """Run, so far from the machine's clock."""
        with self._lock:
            self._offset_ms, self._frozen_ms = offset_ms, None

    def freeze(self, at_ms: int | None = None) -> None:
        """Stop the clock, at a given time or at its present one."""
        with self._lock:
            self._frozen_ms = self._now_ms() if at_ms is None else at_ms

    def run(self) -> None:
        """Let a frozen clock run on from its time."""
        with self._lock:
            self._offset_ms = self._now_ms() - real_ms()
            self._frozen_ms = None

    @property
    def frozen(self) -> bool:
        """Whether the clock is stopped."""
        return self._frozen_ms is not None

    def _now_ms(self) -> int:
        return real_ms() + self._offset_ms if self._frozen_ms is None else self._frozen_ms
