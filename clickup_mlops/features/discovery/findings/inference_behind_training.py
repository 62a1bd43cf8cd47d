"""`inference_behind_training`: inference waits while training that came later is begun."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

from clickup_mlops.features.discovery.findings._measuring import HOUR_MS, median, share
from clickup_mlops.features.discovery.model import FEW_TASKS, Finding, FindingType, Group, Trace
from clickup_mlops.ports.sections.statistics import change_of_median
from clickup_mlops.views.text import format_duration

_LEAST_MS: Final = 4 * HOUR_MS
_LONGER: Final = 0.5
"""By what part inference waits longer than training."""
_LEAST_SHARE: Final = 0.1


def look(group: Group) -> Iterator[Finding]:
    """Inference waits half as long again as training, which overtakes a tenth of it."""
    inference, training = (_started(group, workload) for workload in ("inference", "training"))
    if min(len(inference), len(training)) < FEW_TASKS:
        return
    waits, usual = _waits(inference), _waits(training)
    length = median(waits, f"{group.place} inference")
    trained = median(usual, f"{group.place} training")
    longer = change_of_median(usual, waits, group.place)
    overtaken = share(_count_overtaken(inference, training), len(inference))
    if not (length and trained and longer and overtaken):
        return
    is_longer = longer.low >= _LONGER * trained.value and length.low >= _LEAST_MS
    if is_longer and overtaken.low >= _LEAST_SHARE:
        says = (
            f"Inference waits {format_duration(int(length.value))}, training "
            f"{format_duration(int(trained.value))} (medians); training that came later was begun "
            f"before {overtaken.value:.0%} of the inference tasks."
        )
        yield Finding(group.place, length, "ms", len(inference), says)


def _started(group: Group, workload: str) -> list[Trace]:
    traces = (trace for trace in group.traces if trace.workload == workload)
    return [trace for trace in traces if trace.waited_ms is not None]


def _waits(traces: Sequence[Trace]) -> list[int]:
    return [trace.waited_ms or 0 for trace in traces]


def _count_overtaken(inference: Sequence[Trace], training: Sequence[Trace]) -> int:
    """Before how many of them training was begun that had been created after them."""
    spans = sorted((trace.started_ms or 0, trace.created_ms or 0) for trace in training)
    starts = [start for start, _ in spans]
    count = 0
    for trace in inference:
        created_ms, started_ms = trace.created_ms or 0, trace.started_ms or 0
        begun = spans[bisect_right(starts, created_ms) : bisect_left(starts, started_ms)]
        count += any(created > created_ms for _, created in begun)
    return count


FINDING: Final = FindingType(
    title="Inference waits behind training",
    definition="Median time from the creation of inference tasks until work began. Found: four "
    "hours and half as long again as training, and a tenth of them overtaken by training that was "
    "created later, by the lower ends of the intervals.",
    needs=frozenset({"stages"}),
    look=look,
    advice="Let inference go first: its priority follows from the SLO, and training is deferred.",
    automations=("inference_first", "training_deferred", "blocked_inference"),
)
