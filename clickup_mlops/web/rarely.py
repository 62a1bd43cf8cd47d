"""Log lines that anybody can cause: one at intervals, with how often it happened meanwhile."""

import threading
from typing import Final

from clickup_mlops import logs

EVERY_MS: Final = 10_000


class Rarely:
    """The first of its kind is logged at once. A kind is one of few, never a client's own words."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}
        self._logged_ms: dict[str, int] = {}

    def warning(self, event: str, kind: str, now_ms: int, **about: object) -> None:
        """A warning; `count` are those since the last line of this event and kind."""
        if count := self._due(f"{event} {kind}", now_ms):
            logs.get().warning(event, count=count, **about)

    def error(self, event: str, kind: str, now_ms: int, **about: object) -> None:
        """The same as an error."""
        if count := self._due(f"{event} {kind}", now_ms):
            logs.get().error(event, count=count, **about)

    def _due(self, key: str, now_ms: int) -> int:
        with self._lock:
            count = self._counts[key] = self._counts.get(key, 0) + 1
            if now_ms - self._logged_ms.get(key, -EVERY_MS) < EVERY_MS:
                return 0
            self._counts[key], self._logged_ms[key] = 0, now_ms
            return count
