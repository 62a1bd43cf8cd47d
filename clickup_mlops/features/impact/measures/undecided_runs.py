"""`undecided_runs`: how long a finished run waits until somebody decides about it."""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.features.impact.model import Evidence, Measure, Sample

_ENDED: Final = frozenset({"succeeded", "failed", "finished", "killed"})


def collect(evidence: Evidence) -> Iterator[Sample]:
    """From each end of a run to the next change of its task's status; still open: until now."""
    traces = {trace.id: trace for trace in evidence.traces}
    for entry in evidence.entries:
        trace = traces.get(entry.task_id)
        is_end = entry.kind == "pipeline" and entry.value.get("state") in _ENDED
        if not is_end or trace is None or trace.workload != "training":
            continue
        moves = (stay.start_ms for stay in trace.stays if stay.start_ms >= entry.at_ms)
        decided_ms = min(moves, default=evidence.end_ms)
        if evidence.start_ms <= entry.at_ms < evidence.end_ms:
            yield Sample(entry.at_ms, float(decided_ms - entry.at_ms), (trace.place,))


MEASURE = Measure(
    title="Runs that ended wait for a decision",
    definition="From the reported end of a training run to the next change of its task's status; "
    "without one, until the end of the period.",
    source="timeline: reports of runs, statuses",
    unit="ms",
    better="less",
    collect=collect,
    order=62,
)
