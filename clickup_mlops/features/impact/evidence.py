"""What the bot's store knows of a period, as evidence."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from clickup_mlops.features.discovery.model import Reading, Trace
from clickup_mlops.features.discovery.read import own_timeline
from clickup_mlops.features.impact.model import Evidence, Hours
from clickup_mlops.store import Store
from clickup_mlops.store.tables.history import FIVE_MINUTES, HOUR, RAW, Part
from clickup_mlops.store.tables.timeline import Kind

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
