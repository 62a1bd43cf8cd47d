"""Kueue Workloads: who waits for quota, who runs, and what preempted whom.

Wire: kueue.sigs.k8s.io/docs/concepts/workload (`status.conditions`: `Admitted`, `Evicted`,
`Preempted`, `Finished`; the message of `Preempted` has the UID of the workload that it made room
for).
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

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

_UID: Final = re.compile(r"UID: ([0-9a-fA-F-]{8,64})")


class Settings(KubernetesTable):
    """`[metrics.sources.<name>]` with `kind = "kueue_runs"`."""


def parse(item: Mapping[str, Any], names: Mapping[str, str]) -> RunReport:
    """One Workload. `names`: of the objects that own workloads, by the workload's UID.

    Raises:
        KeyError: it is something else.
    """
    metadata, holding = item["metadata"], conditions(item)
    state = _state(holding)
    pod_sets = (item.get("spec") or {}).get("podSets") or ()
    pods = (
        (each.get("count") or 1, (each.get("template") or {}).get("spec") or {})
        for each in pod_sets
    )
    preempted, end = holding.get("Preempted") or {}, holding.get("Finished") or {}
    name = owner(item)
    return RunReport(
        f"{metadata['namespace']}/{metadata['name']}",
        name,
        state,
        task_of(item),
        ms((holding.get("Admitted") or {}).get("lastTransitionTime")),
        ms(end.get("lastTransitionTime")),
        gpus=sum(count * gpus(pod) for count, pod in pods),
        by=_preempting(preempted, names) if state == "preempted" else "",
        labels={"pod": name},
    )


def _state(holding: Mapping[str, Any]) -> RunState:
    if "Finished" in holding:
        return "failed" if holding["Finished"].get("reason") == "Failed" else "finished"
    if "Admitted" in holding and "Evicted" not in holding:
        return "running"
    is_preempted = (holding.get("Evicted") or {}).get("reason") == "Preempted"
    return "preempted" if is_preempted or "Preempted" in holding else "queued"


def _preempting(preempted: Mapping[str, Any], names: Mapping[str, str]) -> str:
    match = _UID.search(str(preempted.get("message") or ""))
    if match:
        return names.get(match[1], f"workload {match[1]}")
    return str(preempted.get("reason") or "")


def owner(item: Mapping[str, Any]) -> str:
    """Name of the Job or the like that it is made for. Raises KeyError."""
    owners = item["metadata"].get("ownerReferences") or [item["metadata"]]
    return str(owners[0]["name"])


def collect(settings: Settings, reader: Reader, _now_ms: int) -> tuple[list[RunReport], list[str]]:
    """All Workloads that the command prints; one that cannot be read loses no other."""
    items = read_items(settings, reader, "workloads.kueue.x-k8s.io")
    names, reports, problems = dict[str, str](), list[RunReport](), list[str]()
    for item in items:
        with suppress(*NONSENSE):  # it is named below
            names[str(item["metadata"]["uid"])] = owner(item)
    for item in items:
        try:
            reports.append(parse(item, names))
        except NONSENSE as problem:
            problems.append(f"a Workload makes no sense: {type(problem).__name__}: {problem}")
    return reports, problems


SOURCE = metrics_of(Settings, collect)
RUNS = RunSource(collect)
