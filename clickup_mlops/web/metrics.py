"""What the receiver counts, in Prometheus' text format."""

from typing import Final, Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from clickup_mlops.store import Depth

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Measured(Protocol):
    """The inbox, as far as it is measured."""

    def depth(self, now_ms: int) -> Depth:
        """How full it is."""
        ...


class Metrics:
    """Counters of one app. A registry of its own, so that two apps do not share numbers."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        events = Counter(
            "clickup_mlops_events",
            "Webhook deliveries by what became of them.",
            ["result"],
            registry=self.registry,
        )
        self.new = events.labels("new")
        self.duplicate = events.labels("duplicate")
        self.busy = events.labels("busy")
        self._refused = Counter(
            "clickup_mlops_events_refused",
            "Webhook deliveries that were refused, by reason.",
            ["reason"],
            registry=self.registry,
        )
        self._rows = Gauge(
            "clickup_mlops_inbox_rows", "Events by state.", ["state"], registry=self.registry
        )
        self._oldest = Gauge(
            "clickup_mlops_inbox_oldest_seconds",
            "Age of the oldest event that waits; 0: none waits.",
            registry=self.registry,
        )

    def refused(self, reason: str) -> None:
        """Counts a delivery that was not accepted."""
        self._refused.labels(reason).inc()

    def exposition(self, inbox: Measured, now_ms: int) -> bytes:
        """All numbers as text, with the inbox as it is now."""
        depth = inbox.depth(now_ms)
        for state, count in (
            ("ready", depth.ready),
            ("parked", depth.parked),
            ("done", depth.done),
        ):
            self._rows.labels(state).set(count)
        waits = 0 if depth.oldest_ms is None else now_ms - depth.oldest_ms
        self._oldest.set(max(0, waits) / 1000)
        return generate_latest(self.registry)
