"""prometheus-slurm-exporter (vpenso's and its forks): jobs by partition, nodes and GPUs.

How long jobs wait, it does not say: see the kind `slurm`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from clickup_mlops.features.metrics.derive.defined import defined
from clickup_mlops.features.metrics.derive.formulas import gauge, ratio, total
from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.scrape import Sample


def normalise(samples: Iterable[Sample]) -> Iterator[Sample]:
    """`partition` as `queue`; of queues without one it is all of the cluster."""
    for sample in samples:
        labels = dict(sample.labels)
        if sample.name.startswith(("slurm_queue_", "slurm_partition_")):
            labels["queue"] = labels.pop("partition", "all")
        yield replace(sample, labels=frozenset(labels.items()))


SOURCE = page(
    prefixes("slurm_queue_", "slurm_partition_", "slurm_nodes_", "slurm_gpus_"),
    (
        defined(
            "pending_jobs", gauge("slurm_queue_pending", "slurm_partition_jobs_pending"), "queue"
        ),
        defined(
            "running_jobs", gauge("slurm_queue_running", "slurm_partition_jobs_running"), "queue"
        ),
        defined("failed_jobs", gauge("slurm_queue_failed"), "queue"),
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
