"""Volcano's scheduler: pod groups that wait and run, by queue.

Source: github.com/volcano-sh/volcano, `pkg/scheduler/metrics`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from clickup_mlops.features.metrics.derive.defined import defined
from clickup_mlops.features.metrics.derive.formulas import gauge, total
from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.scrape import Sample
from clickup_mlops.features.metrics.sources._serving import latencies


def normalise(samples: Iterable[Sample]) -> Iterator[Sample]:
    """Name the label `queue_name` `queue`, as other sources do."""
    for sample in samples:
        pairs = (("queue" if name == "queue_name" else name, text) for name, text in sample.labels)
        yield replace(sample, labels=frozenset(pairs))


SOURCE = page(
    prefixes("volcano_"),
    (
        defined(
            "pending_jobs",
            total(
                gauge("volcano_queue_pod_group_pending_count"),
                gauge("volcano_queue_pod_group_inqueue_count"),
            ),
            "queue",
            summary="Pod groups that are pending or in the queue.",
        ),
        defined("running_jobs", gauge("volcano_queue_pod_group_running_count"), "queue"),
        *latencies(
            "Wait of a job until it was let in",
            "admission_wait",
            ["volcano_e2e_job_scheduling_latency_milliseconds"],
            (),
            factor=1,
        ),
    ),
    normalise,
)
