"""Measures in hours in which the same class of jobs ran. Pure."""

from collections.abc import Iterator, Mapping
from typing import Final

from clickup_mlops.features.impact.model import Evidence, Sample

HOUR_MS: Final = 3_600_000
_TRAINING, _INFERENCE = "training runs", "no training runs"


def sample_hours(evidence: Evidence, values: Mapping[int, float]) -> Iterator[Sample]:
    """A sample for each hour of the period, with the class of jobs that ran in it."""
    training = _training_hours(evidence)
    for hour, value in sorted(values.items()):
        if evidence.start_ms <= hour < evidence.end_ms:
            yield Sample(hour, value, (_TRAINING if hour in training else _INFERENCE,))


def _training_hours(evidence: Evidence) -> frozenset[int]:
    """The hours in which a training task was in work, wholly."""
    hours: set[int] = set()
    for trace in evidence.traces:
        if trace.workload != "training":
            continue
        for stay in trace.stays:
            if stay.kind == "custom":
                start = max(stay.start_ms, evidence.start_ms)
                end = min(stay.end_ms or evidence.end_ms, evidence.end_ms)
                hours.update(range(-(-start // HOUR_MS) * HOUR_MS, end - HOUR_MS + 1, HOUR_MS))
    return frozenset(hours)
