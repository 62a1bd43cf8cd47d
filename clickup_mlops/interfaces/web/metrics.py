"""`/metrics`: the bot's numbers in Prometheus' text format. What they mean: `telemetry.py`."""

import threading
from collections.abc import Callable
from typing import Final

from prometheus_client import generate_latest

from clickup_mlops import telemetry

_PATIENCE_S: Final = 5.0
"""So long a scrape waits for another one, which may wait for the store."""
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """What the receiver counts, and the text with all numbers of this process."""

    def __init__(self) -> None:
        # Looked up once: the receiver counts thousands a second.
        self.new = telemetry.EVENTS.labels("new")
        self.duplicate = telemetry.EVENTS.labels("duplicate")
        self.busy = telemetry.EVENTS.labels("busy")
        self._one_at_a_time = threading.Lock()

    def refused(self, reason: str) -> None:
        """Counts a delivery that was not accepted."""
        telemetry.REFUSED.labels(reason).inc()

    def exposition(self, measure: Callable[[], None]) -> bytes:
        """All numbers as text, after `measure` has brought the gauges up to date.

        If another scrape hangs there, the store is unavailable, and this scrape reports it.
        """
        if not self._one_at_a_time.acquire(timeout=_PATIENCE_S):
            telemetry.STORE_UP.set(0)
            return generate_latest(telemetry.REGISTRY)
        try:
            measure()
            return generate_latest(telemetry.REGISTRY)
        finally:
            self._one_at_a_time.release()
