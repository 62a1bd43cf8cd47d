"""An incident as conditions and texts see it, from the store."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import Final
from urllib.parse import urlencode

from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handle.alerts import known_of
from clickup_mlops.features.incidents.model import Charted, IncidentView, Measured
from clickup_mlops.features.incidents.picture import picture
from clickup_mlops.features.incidents.summary import ALERT_BEFORE_MS, BEFORE_MS
from clickup_mlops.features.incidents.tables.incidents import Incident, Incidents, IncidentTask
from clickup_mlops.routing.policy import Policy
from clickup_mlops.series.history import SILENT_STEPS
from clickup_mlops.store import Store
from clickup_mlops.store.tables.history import FIVE_MINUTES, RAW, Point, Series
from clickup_mlops.store.tables.timeline import Entry, Kind
from clickup_mlops.views import measures

MOST_TASKS: Final = 20
"""Tasks of which the timeline is read."""
MOST_SERIES: Final = 20
"""Measured fields whose numbers are given."""
_MINUTE_MS: Final = 60_000
_MOST_CHANGES: Final = 50
"""Changes of each kind among which those without a task are looked for: the newest."""
_CHANGES: Final[tuple[Kind, ...]] = ("deployment", "version")
_RAW_MS: Final = 6 * 3_600_000
"""Incidents that are longer are told by means over five minutes."""


def latest(
    store: Store, task_id: str, clock: Clock, policy: Policy, dashboard: str = ""
) -> IncidentView | None:
    """The incident that the task joined last. `policy` says which fields have objectives;
    `dashboard` is its address; empty: it has none.
    """
    one = store.table(Incidents).latest_of(task_id)
    if one is None:
        return None
    tasks = tuple(store.table(Incidents).tasks(one.id))
    until_ms = one.closed_ms if one.closed_ms is not None else clock()
    return IncidentView(
        one,
        tasks,
        lambda: _entries(store, one, tasks, until_ms),
        lambda: _measured(store, one, tasks, until_ms),
        lambda: _charts(store, tasks, dashboard),
        lambda: picture(store, one, until_ms, policy),
        lambda: _alert_states(store, tasks),
    )


def _charts(store: Store, tasks: Sequence[IncidentTask], dashboard: str) -> list[Charted]:
    """Of the measured fields of all its tasks; the page of a task has its charts."""
    ids = [one.task_id for one in tasks[:MOST_TASKS]]
    named = store.mirror.get_many(ids) if len(ids) > 1 else {}
    found = []
    for task_id in ids:
        query = urlencode({"target": task_id, "range": "30d"})
        url = f"{dashboard}/dashboard/model?{query}" if dashboard else ""
        about = f": {named[task_id].raw.get('name')}" if task_id in named else ""
        for series in store.history.of_task(task_id):
            found.append(
                Charted(f"{series.field or measures.format_title(series.measure)}{about}", url)
            )
    return found[:MOST_SERIES]


def _entries(
    store: Store, one: Incident, tasks: Sequence[IncidentTask], until_ms: int
) -> list[Entry]:
    store.flush()  # what this thread has noted just now, too
    start_ms = one.opened_ms - BEFORE_MS
    found = [
        entry
        for task in tasks[:MOST_TASKS]
        for entry in store.timeline.of_task(
            task.task_id, one.opened_ms - ALERT_BEFORE_MS, until_ms + 1
        )
        if entry.at_ms >= start_ms or entry.kind == "alert"
    ]
    for kind in _CHANGES:
        # What is about no task that is known may have led to it, too.
        found += (
            entry
            for entry in store.timeline.newest_of_kind(
                one.workspace, kind, start_ms, until_ms + 1, limit=_MOST_CHANGES
            )
            if not entry.task_id
        )
    return sorted(found, key=lambda entry: (entry.at_ms, entry.key))


def _alert_states(store: Store, tasks: Sequence[IncidentTask]) -> dict[str, str]:
    return {
        key: report["state"]
        for task in tasks[:MOST_TASKS]
        for key, report in known_of(store, task.task_id).items()
    }


def _measured(
    store: Store, one: Incident, tasks: Sequence[IncidentTask], until_ms: int
) -> list[Measured]:
    """Of all its tasks: it may have begun with a report, and the service has the numbers."""
    step_ms = RAW if until_ms - one.opened_ms <= _RAW_MS else FIVE_MINUTES
    found = []
    for series in _series(store, tasks)[:MOST_SERIES]:
        points = store.history.points(series.id, step_ms, one.opened_ms - BEFORE_MS, until_ms + 1)
        if (numbers := _numbers(series, points, one.opened_ms, until_ms)) is not None:
            found.append(numbers)
    return found


def _series(store: Store, tasks: Sequence[IncidentTask]) -> list[Series]:
    """Those of the tasks' fields; with the task's name, if several tasks have some."""
    ids = [one.task_id for one in tasks[:MOST_TASKS]]
    of_tasks = {name: series for name in ids if (series := store.history.of_task(name))}
    rows = store.mirror.get_many([*of_tasks]) if len(of_tasks) > 1 else {}
    return [
        replace(one, field=f"{one.field}: {rows[name].raw.get('name')}") if name in rows else one
        for name, several in of_tasks.items()
        for one in several
    ]


def _numbers(
    series: Series, points: Sequence[Point], opened_ms: int, until_ms: int
) -> Measured | None:
    before = [point for point in points if point.at_ms < opened_ms]
    during = points[len(before) :]
    if not points:
        return None
    return Measured(
        series.field or measures.format_title(series.measure),
        series.unit,
        before[-1].mean if before else None,
        min((point.low for point in during), default=None),
        max((point.high for point in during), default=None),
        during[-1].mean if during else None,
        tuple(_gaps([point.at_ms for point in points], opened_ms, until_ms)),
    )


def _gaps(times: Sequence[int], start_ms: int, end_ms: int) -> Iterator[tuple[int, int]]:
    """The silences of more than three of the series' own intervals between start and end."""
    intervals = [later - earlier for earlier, later in pairwise(times)]
    usual_ms = median(intervals) if len(intervals) > SILENT_STEPS else _MINUTE_MS
    known = times if times[0] < start_ms else (start_ms, *times)
    for earlier, later in pairwise((*known, end_ms)):
        if later - earlier > SILENT_STEPS * max(usual_ms, _MINUTE_MS) and later > start_ms:
            yield max(earlier, start_ms), later
