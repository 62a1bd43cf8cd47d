"""`incident_first_action`: how long an alert on a task waits for somebody's first action."""

from collections.abc import Iterator

from clickup_mlops.features.discovery.model import Trace
from clickup_mlops.features.impact.model import Evidence, Measure, Sample


def collect(evidence: Evidence) -> Iterator[Sample]:
    """Of each incident or alert of the period, until its task's next comment or status."""
    traces = {trace.id: trace for trace in evidence.traces}
    for entry in evidence.entries:
        trace = traces.get(entry.task_id)
        is_begin = entry.value.get("state") == "firing" or entry.value.get("to") == "opened"
        if entry.kind not in ("incident", "alert") or not is_begin or trace is None:
            continue
        action_ms = _first_action_ms(trace, entry.at_ms)
        if action_ms is not None and evidence.start_ms <= entry.at_ms < evidence.end_ms:
            yield Sample(entry.at_ms, float(action_ms - entry.at_ms), (trace.place,))


def _first_action_ms(trace: Trace, after_ms: int) -> int | None:
    moves = (stay.start_ms for stay in trace.stays[1:])
    comments = (remark.at_ms for remark in trace.remarks)
    return min((at_ms for at_ms in (*moves, *comments) if at_ms > after_ms), default=None)


MEASURE = Measure(
    title="Incident to first action",
    definition="From an alert or an incident on a task to the next comment or change of status.",
    source="timeline",
    unit="ms",
    better="less",
    collect=collect,
    order=30,
)
