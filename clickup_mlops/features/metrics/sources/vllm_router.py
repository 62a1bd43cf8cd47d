"""vLLM router: how it spreads requests over its workers."""

from typing import Final

from clickup_mlops.features.metrics.derive.balance import of_members
from clickup_mlops.features.metrics.derive.counters import increases
from clickup_mlops.features.metrics.derive.formulas import Measure, gauge, rate
from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.scrape import Window
from clickup_mlops.features.metrics.sources._serving import latencies

_PER_WORKER: Final = "vllm_router_processed_requests_total"

_NOISE: Final = 20
"""Requests of a worker in a window: with no more of them, chance alone makes them uneven."""


def _load(window: Window) -> list[float]:
    return [grown for _, grown in increases(window, _PER_WORKER)]


SOURCE = page(
    prefixes("vllm_router_"),
    (
        *latencies("Request", "latency", ["vllm_router_generate_duration_seconds"], ()),
        Measure("requests_per_s", "1/s", "Requests.", rate("vllm_router_requests_total")),
        Measure(
            "running_requests",
            "requests",
            "Now.",
            gauge("vllm_router_running_requests"),
            ("worker",),
        ),
        Measure(
            "replica_balance",
            "index",
            "Jain's index over the workers' requests: 1 is even.",
            of_members(_load, lambda spread: spread.jain, least=_NOISE),
        ),
        Measure(
            "replica_balance_efficiency_pct",
            "%",
            "Capacity reachable before the busiest worker is full.",
            of_members(_load, lambda spread: 100 * spread.efficiency, least=_NOISE),
        ),
        Measure("healthy_workers", "workers", "Now.", gauge("vllm_router_worker_health")),
    ),
)
