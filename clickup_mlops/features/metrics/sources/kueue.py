"""Kueue's controller: what waits in each ClusterQueue, and for how long.

Source: kueue.sigs.k8s.io, reference of metrics. GPUs need `enableClusterQueueResources`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from clickup_mlops.features.metrics.derive.defined import defined
from clickup_mlops.features.metrics.derive.formulas import Number, gauge, rate, ratio
from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.scrape import Sample, Window
from clickup_mlops.features.metrics.sources._serving import latencies

_GPUS: Final = ("nvidia.com/", "amd.com/gpu", "habana.ai/gaudi", "gpu.intel.com/")


def normalise(samples: Iterable[Sample]) -> Iterator[Sample]:
    """Name the label `cluster_queue` `queue`, as other sources do."""
    for sample in samples:
        labels = dict(sample.labels)
        if "cluster_queue" in labels:
            labels["queue"] = labels.pop("cluster_queue")
            yield replace(sample, labels=frozenset(labels.items()))


def _gpus(name: str) -> Number:
    """Of all flavours of accelerators."""

    def formula(window: Window) -> float | None:
        values = [
            value
            for key, value in window.values(name).items()
            if dict(key).get("resource", "").startswith(_GPUS)
        ]
        return sum(values) if values else None

    return formula


SOURCE = page(
    prefixes("kueue_"),
    (
        defined("pending_jobs", gauge("kueue_pending_workloads"), "queue"),
        defined(
            "running_jobs",
            gauge("kueue_admitted_active_workloads", "kueue_reserving_active_workloads"),
            "queue",
        ),
        defined(
            "admitted_per_min",
            rate("kueue_admitted_workloads_total", factor=60, lazy=True),
            "queue",
        ),
        defined(
            "evicted_per_min", rate("kueue_evicted_workloads_total", factor=60, lazy=True), "queue"
        ),
        *latencies(
            "Wait of a job until it was let in",
            "admission_wait",
            ["kueue_admission_wait_time_seconds"],
            ("queue",),
        ),
        defined("allocated_gpus", _gpus("kueue_cluster_queue_resource_usage"), "queue"),
        defined(
            "gpu_allocation_pct",
            ratio(
                _gpus("kueue_cluster_queue_resource_usage"),
                _gpus("kueue_cluster_queue_nominal_quota"),
                factor=100,
            ),
            "queue",
        ),
    ),
    normalise,
)
