"""What was called: counts per route, method and status, per token, and a log of the last calls."""

import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Exchange:
    """One API call and its answer, as seen on the wire. `route` is the documented path template."""

    method: str
    route: str
    path: str
    query: str
    request_type: str
    request_body: bytes
    status: int
    response_type: str
    response_body: bytes
    token: str
    at_ms: int


class Stats:
    """Counts calls. `listeners` get every exchange, for tests that check the wire."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.listeners: list[Callable[[Exchange], None]] = []
        self.reset()

    def reset(self) -> None:
        """Start counting from nothing."""
        with self._lock:
            self._calls: Counter[tuple[str, str, int]] = Counter()
            self._tokens: Counter[str] = Counter()
            self.recent: deque[tuple[int, str, str, int]] = deque(maxlen=5_000)

    def count(self, exchange: Exchange) -> None:
        """Count one exchange and pass it on."""
        with self._lock:
            self._calls[exchange.method, exchange.route, exchange.status] += 1
            self._tokens[exchange.token] += 1
            self.recent.append((exchange.at_ms, exchange.method, exchange.path, exchange.status))
        for listener in self.listeners:
            listener(exchange)

    @property
    def total(self) -> int:
        """Every API call, refused ones included."""
        return self._calls.total()

    def calls(self, method: str = "", route: str = "", status: int = 0) -> int:
        """How many calls match; an empty value matches all, `route` is a part of the template."""
        with self._lock:
            return sum(
                count
                for (m, r, s), count in self._calls.items()
                if method in ("", m) and route in r and status in (0, s)
            )

    def to_dict(self) -> dict[str, Any]:
        """For the control API."""
        with self._lock:
            return {
                "total": self._calls.total(),
                "calls": [
                    {"method": m, "route": r, "status": s, "count": n}
                    for (m, r, s), n in sorted(self._calls.items())
                ],
                "tokens": dict(self._tokens),
            }
