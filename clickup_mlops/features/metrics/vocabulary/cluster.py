"""Schedulers of clusters: what waits and runs, and for how long."""

from typing import Final

from clickup_mlops.features.metrics.quantity import Quantity, percentiles

QUANTITIES: Final = (
    Quantity("pending_jobs", "jobs", "workload queue", "Jobs that wait to be scheduled."),
    Quantity("running_jobs", "jobs", "workload queue", "Jobs that run."),
    Quantity("admitted_per_min", "1/min", "workload queue", "Jobs that were let in."),
    Quantity("evicted_per_min", "1/min", "workload queue", "Running jobs that were put back."),
    Quantity("failed_jobs", "jobs", "workload queue", "Jobs that ended with an error."),
    *percentiles("admission_wait", "Wait of a job until it was let in", "workload queue"),
    Quantity("pending_age_s", "s", "workload queue", "How long the oldest waiting job has waited."),
    Quantity("queue_wait_s", "s", "workload queue", "Mean wait of the jobs that are running."),
    Quantity("allocated_gpus", "GPUs", "workload queue", "GPUs that jobs hold."),
    Quantity("gpu_allocation_pct", "%", "workload queue", "Part of its GPUs that jobs hold."),
    Quantity("idle_nodes", "nodes", "cluster", "Nodes without a job."),
    Quantity("allocated_nodes", "nodes", "cluster", "Nodes with a job."),
    Quantity("down_nodes", "nodes", "cluster", "Nodes that are down or drained."),
    Quantity("warning_events_per_min", "1/min", "cluster", "Warnings that the cluster reported."),
    Quantity("pipelines_failed_pct", "%", "cluster", "Pipelines that failed."),
)
