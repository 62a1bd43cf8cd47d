"""Exporters of Slurm (vpenso's and its forks, Rivos', SchedMD's slinky): jobs by partition, nodes,
and GPUs of the first.

How long jobs wait, it does not say: see the kind `slurm`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from clickup_mlops.features.metrics.derive.defined import defined
from clickup_mlops.features.metrics.derive.formulas import gauge, ratio, total
from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.scrape import Sample

_NAMES: Final[Mapping[str, str]] = {
    "slurm_partition_jobs_pending_total": "slurm_queue_pending",
    "slurm_partition_jobs_running_total": "slurm_queue_running",
    "slurm_partition_jobs_failed_total": "slurm_queue_failed",
    "slurm_partition_jobs_nodefail_total": "slurm_queue_node_fail",
    "slurm_partition_jobs_outofmemory_total": "slurm_queue_out_of_memory",
    "slurm_partition_jobs_timeout_total": "slurm_queue_timeout",
    "slurm_partition_jobs_deadline_total": "slurm_queue_deadline",
    "slurm_partition_jobs_bootfail_total": "slurm_queue_boot_fail",
    "slurm_nodes_idle_total": "slurm_nodes_idle",
    "slurm_nodes_allocated_total": "slurm_nodes_alloc",
    "slurm_nodes_mixed_total": "slurm_nodes_mix",
    "slurm_nodes_mixed": "slurm_nodes_mix",
}
"""slinky's, and Slurm's own. slinky counts a node that is down and drained twice: those are left
out."""
_JOBS: Final = ("slurm_partition_job_state_total", "slurm_partition_jobs_total")
_FAILURES: Final = ("failed", "node_fail", "out_of_memory", "timeout", "deadline", "boot_fail")
"""States of jobs that failed, as of the kind `slurm_runs`."""
_NODES: Final = ("slurm_node_count_per_state", "slurm_cluster_nodes_total")
_NODE_STATES: Final[Mapping[str, str]] = {
    "down": "down",
    "drain": "drain",
    "drained": "drain",
    "draining": "drain",
    "mixed": "mix",
    "allocated": "alloc",
    "idle": "idle",
}
"""Of a node with several states the first of these counts."""


def _name(name: str, state: str) -> str:
    """vpenso's; the state of what is counted by it is a label elsewhere, such as `idle&drained`."""
    words = re.findall("[a-z_]+", state.casefold())
    if name in _JOBS:
        return f"slurm_queue_{words[0]}" if words else name
    if name in _NODES:
        states = (_NODE_STATES[word] for word in _NODE_STATES if word in words)
        return f"slurm_nodes_{next(states, 'other')}"
    return _NAMES.get(name, name)


def normalise(samples: Iterable[Sample]) -> Iterator[Sample]:
    """vpenso's names; `partition` as `queue`, of queues without one all of the cluster."""
    for sample in samples:
        labels = dict(sample.labels)
        name = _name(sample.name, labels.get("state", ""))
        if name.startswith(("slurm_queue_", "slurm_partition_")):
            labels["queue"] = labels.pop("partition", "all")
        yield replace(sample, name=name, labels=frozenset(labels.items()))


SOURCE = page(
    prefixes("slurm_queue_", "slurm_partition_", "slurm_nodes_", "slurm_gpus_", *_NODES),
    (
        defined(
            "pending_jobs", gauge("slurm_queue_pending", "slurm_partition_jobs_pending"), "queue"
        ),
        defined(
            "running_jobs", gauge("slurm_queue_running", "slurm_partition_jobs_running"), "queue"
        ),
        defined(
            "failed_jobs",
            total(*(gauge(f"slurm_queue_{state}") for state in _FAILURES)),
            "queue",
        ),
        defined("idle_nodes", gauge("slurm_nodes_idle")),
        defined("allocated_nodes", total(gauge("slurm_nodes_alloc"), gauge("slurm_nodes_mix"))),
        defined("down_nodes", total(gauge("slurm_nodes_down"), gauge("slurm_nodes_drain"))),
        defined(
            "gpu_allocation_pct",
            ratio(gauge("slurm_gpus_alloc"), gauge("slurm_gpus_total"), factor=100),
        ),
    ),
    normalise,
)
