"""SGLang's model gateway (`smg`, once sglang-router): requests, errors, and its workers."""

from typing import Final

from clickup_mlops.features.metrics.derive.balance import of_members
from clickup_mlops.features.metrics.derive.counters import increases
from clickup_mlops.features.metrics.derive.defined import defined
from clickup_mlops.features.metrics.derive.formulas import (
    Number,
    first,
    gauge,
    increase,
    rate,
    ratio,
)
from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.scrape import Window
from clickup_mlops.features.metrics.sources._serving import latencies

_PER_WORKER: Final = "smg_worker_requests_total"
_ANSWERS: Final = "smg_http_responses_total"
_NOISE: Final = 20
"""Requests of a worker in a window: with no more of them, chance alone makes them uneven."""


def _load(window: Window) -> list[float]:
    """Requests by worker, or those that it works on now where they are not counted."""
    counted = [grown for _key, grown in increases(window, _PER_WORKER)]
    return counted or [*window.values("smg_worker_requests_active").values()]


def _failed(window: Window) -> float | None:
    """Answers with 5xx; older gateways call the label `status`."""
    grown = [
        value
        for key, value in increases(window, _ANSWERS, lazy=True)
        if (labels := dict(key)).get("status_code", labels.get("status", "")).startswith("5")
    ]
    return sum(grown) if window.before else None


_answered: Number = increase(_ANSWERS, lazy=True)

SOURCE = page(
    prefixes("smg_"),
    (
        *latencies("Request", "latency", ["smg_http_request_duration_seconds"], ()),
        *latencies("Time to first token", "ttft", ["smg_router_ttft_seconds"], ()),
        *latencies("Time between tokens", "inter_token", ["smg_router_tpot_seconds"], ()),
        defined("requests_per_s", rate("smg_http_requests_total")),
        defined("error_pct", ratio(_failed, _answered, factor=100)),
        defined(
            "running_requests",
            first(gauge("smg_worker_requests_active"), gauge("smg_http_connections_active")),
        ),
        defined("healthy_workers", gauge("smg_worker_health")),
        defined("replica_balance", of_members(_load, lambda spread: spread.jain, least=_NOISE)),
        defined("replica_peak", of_members(_load, lambda spread: spread.peak, least=_NOISE)),
    ),
)
