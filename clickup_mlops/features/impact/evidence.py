"""What the bot's store knows of a period, as evidence."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from clickup_mlops.features.discovery.model import Reading, Trace
from clickup_mlops.features.discovery.read import own_timeline
from clickup_mlops.features.impact.model import Evidence, Hours
from clickup_mlops.features.metrics.presentation.hourly import read_hours
from clickup_mlops.features.metrics.source import Reader, SourceError, SourceTable
from clickup_mlops.store import Store
from clickup_mlops.store.tables.history import FIVE_MINUTES, HOUR, RAW, Part
from clickup_mlops.store.timeline_rows import Kind

_KINDS: Final[tuple[Kind, ...]] = ("version", "deployment", "pipeline", "incident", "alert")
_MOST_SERIES: Final = 5_000
_EARLIER_MS: Final = 90 * 86_400_000
"""Tasks of a period may have been created, and versions registered, so long before it."""


def of_store(store: Store, workspace: str, start_ms: int, end_ms: int) -> Evidence:
    """Of the tasks that were created or changed in the period, and of what was measured then."""
    workloads = store.decisions.workloads_before(end_ms)
    begin_ms = max(0, start_ms - _EARLIER_MS)
    timeline = own_timeline.read(store, workspace, begin_ms, end_ms)
    traces = own_timeline.build_traces(timeline, workloads, end_ms)
    entries = [
        entry
        for kind in _KINDS
        for entry in store.timeline.of_kind(workspace, kind, begin_ms, end_ms)
    ]
    return Evidence(traces, start_ms, end_ms, entries, _hours(store, workspace, start_ms, end_ms))


@dataclass
class RangeHours:
    """Hours that the bot's history does not have, from Prometheus; `problems`: what did not answer,
    a sentence each. A measure is asked for once.
    """

    sources: Mapping[str, SourceTable]
    reader: Reader
    problems: dict[str, None] = field(default_factory=dict)

    def added_to(self, evidence: Evidence) -> Evidence:
        """The same evidence with these hours."""
        stored = evidence.hours
        period = evidence.start_ms, evidence.end_ms

        def read(measure: str) -> Hours:
            return _filled(stored(measure), self._read(measure, period))

        return replace(evidence, hours=cache(read))

    def _read(self, measure: str, period: tuple[int, int]) -> Mapping[int, Sequence[float]]:
        try:
            return read_hours(self.sources, self.reader, measure, period)
        except SourceError as problem:
            self.problems[str(problem)] = None
            return {}


def _filled(stored: Hours, ranges: Mapping[int, Sequence[float]]) -> Hours:
    """An hour that is stored is not taken from elsewhere: both would count the same series."""
    others = {hour: tuple(values) for hour, values in ranges.items() if hour not in stored.values}
    means = {hour: sum(values) / len(values) for hour, values in others.items()}
    return Hours({**means, **stored.values}, {**others, **stored.totals})


def of_reading(reading: Reading, start_ms: int) -> Evidence:
    """Of another tool's export. Its boards are no Lists: tasks are alike by workload alone."""
    traces = [replace(trace, place="") for trace in reading.traces]
    return Evidence(traces, start_ms, reading.now_ms)


def without_places(evidence: Evidence) -> Evidence:
    """The same to be compared with an export."""
    traces: Iterable[Trace] = (replace(trace, place="") for trace in evidence.traces)
    return replace(evidence, traces=[*traces])


def _hours(store: Store, workspace: str, start_ms: int, end_ms: int) -> Callable[[str], Hours]:
    """Reads the measures that are asked for."""

    def read(measure: str) -> Hours:
        totals: dict[int, list[float]] = {}
        for series in store.history.shared(workspace, start_ms, _MOST_SERIES):
            if series.measure != measure:
                continue
            parts = [Part(step, start_ms, end_ms) for step in (HOUR, FIVE_MINUTES, RAW)]
            points = {}
            for part in reversed(parts):  # a coarser step, where there is one, counts
                for point in store.history.means(series.id, [part], HOUR):
                    points[point.at_ms // HOUR * HOUR] = point.mean
            for hour, mean in points.items():
                totals.setdefault(hour, []).append(mean)
        means = {hour: sum(values) / len(values) for hour, values in totals.items()}
        return Hours(means, {hour: tuple(values) for hour, values in totals.items()})

    return read
