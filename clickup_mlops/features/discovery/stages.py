"""Stages as passed: how long work waits and is worked on in each, inference and training apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from clickup_mlops.features.discovery.model import Trace
from clickup_mlops.features.discovery.words import is_waiting
from clickup_mlops.flow.model import OPEN
from clickup_mlops.flow.spread import Spread, compute_spread

WORKLOADS: Final = ("", "inference", "training")
"""Empty: all."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the finished tasks of a place and workload. `share` (0 to 1) is its part of all
    time that was spent; `times` None: too few.
    """

    place: str
    workload: str
    name: str
    is_waiting: bool
    tasks: int
    times: Spread | None
    share: float


def measure_stages(place: str, traces: Iterable[Trace]) -> list[Stage]:
    """In the order in which tasks usually come through them; by workload where there are some."""
    finished = [trace for trace in traces if trace.is_finished and trace.spent]
    by_workload = (
        (workload, [trace for trace in finished if workload in ("", trace.workload)])
        for workload in WORKLOADS
    )
    return [
        stage for workload, selected in by_workload for stage in _stages(place, workload, selected)
    ]


def _stages(place: str, workload: str, traces: Sequence[Trace]) -> list[Stage]:
    total_ms = sum(spent.ms for trace in traces for spent in trace.spent)
    times: dict[str, list[int]] = {}
    kinds: dict[str, str] = {}
    positions: dict[str, list[float]] = {}
    for trace in traces:
        for number, spent in enumerate(trace.spent):
            times.setdefault(spent.stage, []).append(spent.ms)
            positions.setdefault(spent.stage, []).append(number / len(trace.spent))
            kinds[spent.stage] = spent.kind
    names = sorted(times, key=lambda name: (fmean(positions[name]), name))
    return [
        Stage(
            place,
            workload,
            name,
            kinds[name] == OPEN or is_waiting(name),
            len(times[name]),
            compute_spread(times[name]),
            sum(times[name]) / total_ms if total_ms else 0.0,
        )
        for name in names
    ]
