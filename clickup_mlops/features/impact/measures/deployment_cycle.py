"""`deployment_cycle`: from a version, or a task that is ready, to its reported deployment."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from clickup_mlops.features.discovery.model import Trace
from clickup_mlops.features.impact.model import Evidence, Measure, Sample
from clickup_mlops.flow.model import FINISHED
from clickup_mlops.store.timeline_rows import Entry

_SUCCEEDED: Final = frozenset({"succeeded", "success"})
_READY: Final = re.compile(r"\bready\b|\bapproved\b", re.IGNORECASE)
_PRODUCTION: Final = re.compile(r"\b(prod(uction)?|live)\b", re.IGNORECASE)
_VERSION: Final = "version"


def collect(evidence: Evidence) -> Iterator[Sample]:
    """Of each deployment that was reported in the period; where none is reported, of each inference
    task that was finished after it had been ready.
    """
    traces = {trace.id: trace for trace in evidence.traces}
    by_task: dict[str, list[Entry]] = {}
    for entry in sorted(evidence.entries, key=lambda entry: entry.at_ms):
        by_task.setdefault(entry.task_id, []).append(entry)
    deployed: set[str] = set()
    for task_id, entries in by_task.items():
        for end in filter(_is_production, entries):
            begin_ms = _begin_ms(end, entries, traces.get(task_id))
            deployed.add(task_id)
            if begin_ms is not None and evidence.start_ms <= end.at_ms < evidence.end_ms:
                yield Sample(end.at_ms, float(end.at_ms - begin_ms), _stratum(traces.get(task_id)))
    for trace in evidence.traces:
        if trace.id not in deployed and trace.workload == "inference":
            yield from _by_statuses(trace, evidence)


def _is_production(entry: Entry) -> bool:
    """A deployment that succeeded; one that names an environment, in production."""
    environment = str(entry.value.get("environment") or "production")
    is_done = entry.kind == "deployment" and entry.value.get("state") in _SUCCEEDED
    return is_done and bool(_PRODUCTION.search(environment))


def _begin_ms(end: Entry, entries: Sequence[Entry], trace: Trace | None) -> int | None:
    """When this version was registered, or else when the task became ready."""
    name = end.value.get(_VERSION)
    registered = [
        entry.at_ms
        for entry in entries
        if entry.kind == "version"
        and entry.at_ms <= end.at_ms
        and (name is None or entry.value.get(_VERSION) in (None, name))
    ]
    return registered[-1] if registered else _ready_ms(trace, end.at_ms)


def _ready_ms(trace: Trace | None, before_ms: int) -> int | None:
    stays = trace.stays if trace else ()
    ready = [
        stay.start_ms
        for stay in stays
        if stay.start_ms <= before_ms and _READY.search(stay.status) and stay.kind not in FINISHED
    ]
    return ready[-1] if ready else None


def _by_statuses(trace: Trace, evidence: Evidence) -> Iterator[Sample]:
    end_ms = trace.since_ms
    if not trace.is_finished or end_ms is None:
        return
    begin_ms = _ready_ms(trace, end_ms)
    if begin_ms is not None and evidence.start_ms <= end_ms < evidence.end_ms:
        yield Sample(end_ms, float(end_ms - begin_ms), _stratum(trace))


def _stratum(trace: Trace | None) -> tuple[str, ...]:
    return (trace.place, trace.workload) if trace else ("", "")


MEASURE = Measure(
    title="Inference deployment cycle",
    definition="From the registration of a version, or the status in which its task was ready, to "
    "the reported deployment of that version in production; without reports, to the last status.",
    source="timeline: versions, deployments, statuses; or the export's history",
    unit="ms",
    better="less",
    collect=collect,
    order=10,
)
