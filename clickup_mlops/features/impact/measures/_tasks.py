"""Measures of tasks. Pure."""

from collections.abc import Callable, Iterator

from clickup_mlops.features.discovery.model import Trace
from clickup_mlops.features.impact.model import Evidence, Sample


def sample_starts(evidence: Evidence, workload: str) -> Iterator[Sample]:
    """How long tasks of a workload waited, of those on which work began in the period."""
    for trace in evidence.traces:
        started_ms, waited_ms = trace.started_ms, trace.waited_ms
        if trace.workload != workload or started_ms is None or waited_ms is None:
            continue
        if evidence.start_ms <= started_ms < evidence.end_ms:
            yield Sample(started_ms, float(waited_ms), (trace.place, trace.workload))


def sample_finished(evidence: Evidence, value: Callable[[Trace], float | None]) -> Iterator[Sample]:
    """A value of each task that was finished in the period; None: it has none."""
    for trace in evidence.traces:
        if not trace.is_finished or trace.since_ms is None:
            continue
        measured = value(trace)
        if measured is not None and evidence.start_ms <= trace.since_ms < evidence.end_ms:
            yield Sample(trace.since_ms, measured, (trace.place, trace.workload))
