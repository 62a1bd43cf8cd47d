"""An incident as conditions and texts see it, from the store."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from statistics import median
from typing import Final
from urllib.parse import urlencode

from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handle.alerts import read_alerts
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.incidents.current import find_match, list_asking
from clickup_mlops.features.incidents.incident import Incident, IncidentTask
from clickup_mlops.features.incidents.model import (
    Charted,
    IncidentView,
    Measured,
    Refusal,
    Resembling,
)
from clickup_mlops.features.incidents.picture import draw_charts
from clickup_mlops.features.incidents.resemblance import began_before, find_resembling
from clickup_mlops.features.incidents.summary import (
    ALERT_BEFORE_MS,
    BEFORE_MS,
    REPORTED_MS,
    find_refusal,
    until_known,
)
from clickup_mlops.features.incidents.tables.incidents import MOST_COMPARED, Incidents
from clickup_mlops.routing.policy import Policy
from clickup_mlops.series.history import SILENT_STEPS
from clickup_mlops.store import Store
from clickup_mlops.store.tables.history import FIVE_MINUTES, RAW, Point, Series
from clickup_mlops.store.tables.notes import SAID
from clickup_mlops.store.timeline_rows import Entry, Kind
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


def read_latest(
    store: Store,
    task_id: str,
    clock: Clock,
    policy: Policy,
    dashboard: str = "",
    *,
    zone: str = "UTC",
) -> IncidentView | None:
    """The incident that the task joined last. `policy` says which fields have objectives;
    `dashboard` is its address; empty: it has none; `zone` is the time zone of its picture.
    """
    incident = store.table(Incidents).latest_of(task_id)
    if incident is None:
        return None
    tasks = tuple(store.table(Incidents).tasks(incident.id))
    until_ms = incident.closed_ms if incident.closed_ms is not None else clock()
    return IncidentView(
        incident,
        tasks,
        lambda: _list_entries(store, incident, tasks, until_ms),
        lambda: _list_measured(store, incident, tasks, until_ms),
        lambda: _list_charts(store, tasks, dashboard),
        lambda: draw_charts(store, incident, until_ms, policy, zone),
        lambda: _read_alert_states(store, tasks),
        cache(lambda: _read_titles(store, tasks)),
        lambda: _find_resembling(store, incident),
        lambda desired: find_match(store, desired),
        lambda: _list_asking(store, incident),
        lambda: _read_refusals(store, tasks),
        lambda part_id: _find_part(store, incident, part_id),
    )


def is_refused(store: Store, incident: Incident) -> bool:
    """Whether it is over, and people have said of each of its tasks that it was none."""
    tasks, until_ms = tuple(store.table(Incidents).tasks(incident.id)), incident.closed_ms or 0
    view = IncidentView(
        incident,
        tasks,
        lambda: _list_entries(store, incident, tasks, until_ms),
        read_refusals=lambda: _read_refusals(store, tasks),
    )
    return find_refusal(view) is not None


def _find_resembling(store: Store, incident: Incident) -> Resembling | None:
    """The one about which it asks; else an older one, unless that asks about this one."""
    if not incident.is_open:
        return None
    original = store.table(Incidents).get(incident.original_id) if incident.original_id else None
    if original is None or not original.is_open:
        candidates = store.table(Incidents).open(incident.workspace, MOST_COMPARED)
        older = (
            candidate
            for candidate in candidates
            if began_before(candidate, incident) and candidate.original_id != incident.id
        )
        original = find_resembling(incident, older)
    return None if original is None else _describe(store, incident, original)


def _list_asking(store: Store, incident: Incident) -> list[Resembling]:
    return [_describe(store, incident, asking) for asking in list_asking(store, incident)]


def _find_part(store: Store, incident: Incident, part_id: str) -> Incident | None:
    part = store.table(Incidents).get(part_id) if part_id else None
    return part if part is not None and part.into == incident.id else None


def _read_refusals(store: Store, tasks: Sequence[IncidentTask]) -> dict[str, Refusal | None]:
    rows = store.mirror.get_many([task.task_id for task in tasks])
    notes = {task_id: store.notes.get(SAID["incident"], task_id) for task_id in rows}
    return {
        task_id: Refusal(note.at_ms, note.value["user"], note.value["because"])
        if note and not note.value["what"]
        else None
        for task_id, note in notes.items()
    }


def _describe(store: Store, incident: Incident, resembling: Incident) -> Resembling:
    """Its title only if it is of the same List: whoever sees this task sees that one, too."""
    rows = store.mirror.get_many([incident.task_id, resembling.task_id])
    lists = {Task.parse(row.raw).list_id for row in rows.values()}
    is_visible = len(rows) > 1 and len(lists) == 1
    return Resembling(
        resembling.task_id, resembling.title if is_visible else "", resembling.opened_ms
    )


def _read_titles(store: Store, tasks: Sequence[IncidentTask]) -> dict[str, str]:
    rows = store.mirror.get_many([task.task_id for task in tasks[:MOST_TASKS]])
    return {task_id: str(row.raw.get("name") or "") for task_id, row in rows.items()}


def _list_charts(store: Store, tasks: Sequence[IncidentTask], dashboard: str) -> list[Charted]:
    """Of the measured fields of all its tasks; the page of a task has its charts."""
    ids = [task.task_id for task in tasks[:MOST_TASKS]]
    rows_by_id = store.mirror.get_many(ids) if len(ids) > 1 else {}
    charts = []
    for task_id in ids:
        query = urlencode({"target": task_id, "range": "30d"})
        url = f"{dashboard}/dashboard/model?{query}" if dashboard else ""
        about = f": {rows_by_id[task_id].raw.get('name')}" if task_id in rows_by_id else ""
        for series in store.history.of_task(task_id):
            title = series.field or measures.format_title(series.measure)
            charts.append(Charted(f"{title}{about}", url))
    return charts[:MOST_SERIES]


def _list_entries(
    store: Store, incident: Incident, tasks: Sequence[IncidentTask], until_ms: int
) -> list[Entry]:
    store.flush()  # what this thread has noted just now, too
    start_ms = incident.opened_ms - BEFORE_MS
    of_tasks = (
        entry
        for task in tasks[:MOST_TASKS]
        for entry in store.timeline.of_task(
            task.task_id, incident.opened_ms - ALERT_BEFORE_MS, until_ms + REPORTED_MS
        )
        if entry.at_ms >= start_ms or entry.kind == "alert"
    )
    entries = until_known(of_tasks, until_ms)
    for kind in _CHANGES:
        # What is about no task that is known may have led to it, too.
        entries += (
            entry
            for entry in store.timeline.newest_of_kind(
                incident.workspace, kind, start_ms, until_ms + 1, limit=_MOST_CHANGES
            )
            if not entry.task_id
        )
    return sorted(entries, key=lambda entry: (entry.at_ms, entry.key))


def _read_alert_states(store: Store, tasks: Sequence[IncidentTask]) -> dict[str, str]:
    return {
        key: report["state"]
        for task in tasks[:MOST_TASKS]
        for key, report in read_alerts(store, task.task_id).items()
    }


def _list_measured(
    store: Store, incident: Incident, tasks: Sequence[IncidentTask], until_ms: int
) -> list[Measured]:
    """Of all its tasks: it may have begun with a report, and the service has the numbers."""
    step_ms = RAW if until_ms - incident.opened_ms <= _RAW_MS else FIVE_MINUTES
    measured = []
    for series in _list_series(store, tasks)[:MOST_SERIES]:
        points = store.history.points(
            series.id, step_ms, incident.opened_ms - BEFORE_MS, until_ms + 1
        )
        if (numbers := _summarise(series, points, incident.opened_ms, until_ms)) is not None:
            measured.append(numbers)
    return measured


def _list_series(store: Store, tasks: Sequence[IncidentTask]) -> list[Series]:
    """Those of the tasks' fields; with the task's name, if several tasks have some."""
    ids = [task.task_id for task in tasks[:MOST_TASKS]]
    by_task = {task_id: store.history.of_task(task_id) for task_id in ids}
    measured = [task_id for task_id, fields in by_task.items() if fields]
    rows = store.mirror.get_many(measured) if len(measured) > 1 else {}
    names = {task_id: f": {row.raw.get('name')}" for task_id, row in rows.items()}
    return [
        replace(series, field=f"{series.field}{names.get(task_id, '')}")
        for task_id in measured
        for series in by_task[task_id]
    ]


def _summarise(
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
        tuple(_find_gaps([point.at_ms for point in points], opened_ms, until_ms)),
    )


def _find_gaps(times: Sequence[int], start_ms: int, end_ms: int) -> Iterator[tuple[int, int]]:
    """The silences of more than three of the series' own intervals between start and end."""
    intervals = [later - earlier for earlier, later in pairwise(times)]
    usual_ms = median(intervals) if len(intervals) > SILENT_STEPS else _MINUTE_MS
    observed = times if times[0] < start_ms else (start_ms, *times)
    for earlier, later in pairwise((*observed, end_ms)):
        if later - earlier > SILENT_STEPS * max(usual_ms, _MINUTE_MS) and later > start_ms:
            yield max(earlier, start_ms), later
