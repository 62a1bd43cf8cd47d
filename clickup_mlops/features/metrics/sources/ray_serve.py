"""Ray Serve: the page of Ray's metrics agent. Its latencies are in milliseconds."""

from typing import Final

from clickup_mlops.features.metrics.derive.balance import of_members
from clickup_mlops.features.metrics.derive.counters import increases
from clickup_mlops.features.metrics.derive.formulas import Measure, gauge, increase, rate, ratio
from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.scrape import Window
from clickup_mlops.features.metrics.sources._serving import latencies

_APPLICATION: Final = ("application",)
_DEPLOYMENT: Final = ("application", "deployment")
_REQUESTS: Final = "ray_serve_num_http_requests_total"
_ERRORS: Final = "ray_serve_num_http_error_requests_total"
_PER_REPLICA: Final = "ray_serve_deployment_request_counter_total"

_NOISE: Final = 20
"""Requests of a replica in a window: with no more of them, chance alone makes them uneven."""


def _load(window: Window) -> list[float]:
    return [grown for _, grown in increases(window, _PER_REPLICA)]


SOURCE = page(
    prefixes("ray_serve_"),
    (
        *latencies(
            "Request over HTTP",
            "latency",
            ["ray_serve_http_request_latency_ms"],
            _APPLICATION,
            factor=1,
        ),
        *latencies(
            "Processing",
            "processing",
            ["ray_serve_deployment_processing_latency_ms"],
            _DEPLOYMENT,
            factor=1,
        ),
        Measure(
            "requests_per_s", "1/s", "Requests over HTTP.", rate(_REQUESTS, lazy=True), _APPLICATION
        ),
        Measure(
            "error_pct",
            "%",
            "Requests over HTTP that failed.",
            ratio(increase(_ERRORS, lazy=True), increase(_REQUESTS, lazy=True), factor=100),
            _APPLICATION,
        ),
        Measure(
            "waiting_requests",
            "requests",
            "Now.",
            gauge("ray_serve_deployment_queued_queries"),
            _DEPLOYMENT,
        ),
        Measure(
            "running_requests",
            "requests",
            "Now.",
            gauge("ray_serve_replica_processing_queries"),
            _DEPLOYMENT,
        ),
        Measure(
            "healthy_workers",
            "workers",
            "Now.",
            gauge("ray_serve_deployment_replica_healthy"),
            _DEPLOYMENT,
        ),
        Measure(
            "replica_balance",
            "index",
            "Jain's index over the replicas' requests: 1 is even.",
            of_members(_load, lambda spread: spread.jain, least=_NOISE),
            _DEPLOYMENT,
        ),
    ),
)
