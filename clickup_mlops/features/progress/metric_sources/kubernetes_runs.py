"""Kubernetes Jobs: their state, start and end.

Wire: kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1 (`status.conditions`).
"""

from collections.abc import Mapping
from typing import Any

from clickup_mlops.features.metrics.read.entries import NONSENSE
from clickup_mlops.features.metrics.source import Reader
from clickup_mlops.features.progress.metric_sources._kubernetes import (
    KubernetesTable,
    conditions,
    gpus,
    ms,
    read_items,
    task_of,
)
from clickup_mlops.features.progress.model import RunReport, RunState
from clickup_mlops.features.progress.source import RunSource, metrics_of


class Settings(KubernetesTable):
    """`[metrics.sources.<name>]` with `kind = "kubernetes_runs"`."""


def parse(item: Mapping[str, Any]) -> RunReport:
    """One Job; its completions are its steps. Raises KeyError, TypeError: it is something else."""
    metadata, spec, status = item["metadata"], item.get("spec") or {}, item.get("status") or {}
    holding = conditions(item)
    end = holding.get("Complete") or holding.get("Failed") or {}
    several = (spec.get("completions") or 1) > 1
    pods = spec.get("parallelism") or 1
    return RunReport(
        f"{metadata['namespace']}/{metadata['name']}",
        metadata["name"],
        _state(holding, status),
        task_of(item),
        ms(status.get("startTime")),
        ms(status.get("completionTime") or end.get("lastTransitionTime")),
        float(status.get("succeeded") or 0) if several else None,
        float(spec["completions"]) if several else None,
        gpus=pods * gpus((spec.get("template") or {}).get("spec") or {}),
        labels={"pod": metadata["name"]},
    )


def _state(holding: Mapping[str, Any], status: Mapping[str, Any]) -> RunState:
    if "Complete" in holding:
        return "finished"
    if "Failed" in holding:
        return "failed"
    return "running" if status.get("active") and "Suspended" not in holding else "queued"


def collect(settings: Settings, reader: Reader, _now_ms: int) -> tuple[list[RunReport], list[str]]:
    """All Jobs that the command prints; one that cannot be read loses no other."""
    reports, problems = list[RunReport](), list[str]()
    for item in read_items(settings, reader, "jobs.batch"):
        try:
            reports.append(parse(item))
        except NONSENSE as problem:
            problems.append(f"a Job makes no sense: {type(problem).__name__}: {problem}")
    return reports, problems


SOURCE = metrics_of(Settings, collect)
RUNS = RunSource(collect)
