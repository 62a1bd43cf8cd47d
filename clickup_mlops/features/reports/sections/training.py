"""Training: what was begun and finished, how its pipelines ended, and what is in progress."""

from collections.abc import Mapping
from typing import Final

from clickup_mlops.features.reports import work
from clickup_mlops.features.reports.work import Flow
from clickup_mlops.ports.sections import figures, tasks
from clickup_mlops.ports.sections.figures import Compared
from clickup_mlops.ports.sections.model import CALENDAR, Data, Period, Query, SectionType
from clickup_mlops.views.model import Align, Column, Duration, Figures, Section, Table

MOST: Final = 20
_TIMELINE: Final = "timeline"
_END: Final[Align] = "end"
_COLUMNS: Final = (
    Column("Task"),
    Column("Assignees"),
    Column("Status"),
    Column("In progress for", _END),
)


def build(data: Data, query: Query) -> Section | None:
    """The section; None if the Workspace has had no training work."""
    flow = work.flows(data, query, "training")
    runs = figures.compared(query, lambda period: _runs(data, period))
    if flow.now.is_empty and not runs.now[1]:
        return None
    blocks = (_figures(query, flow, runs), _in_progress(data, query, flow.now))
    source = figures.source(query, _TIMELINE, "decisions")
    return Section("training", SECTION.title, blocks, source)


def _figures(query: Query, flow: Compared[Flow], runs: Compared[tuple[int, int]]) -> Figures:
    times = flow.map(lambda period_flow: period_flow.times_ms)
    return Figures(
        (
            *work.counts(query, _TIMELINE, flow),
            figures.typical("Cycle time", query, _TIMELINE, times),
            figures.share("Pipeline runs that failed", query, _TIMELINE, runs),
        )
    )


def _runs(data: Data, period: Period) -> tuple[int, int]:
    """Of the pipeline runs that ended, how many failed. One that concerns several tasks is one."""
    entries = data.store.timeline.of_kind(
        data.workspace, "pipeline", period.start_ms, period.end_ms
    )
    ended: Mapping[object, str] = {
        (
            entry.at_ms,
            entry.actor,
            str(entry.value.get("key") or entry.text),
            entry.value.get("state"),
        ): str(entry.value.get("state"))
        for entry in entries
        if entry.value.get("state") in ("succeeded", "failed")
    }
    return sum(state == "failed" for state in ended.values()), len(ended)


def _in_progress(data: Data, query: Query, flow: Flow) -> Table:
    """Longest first. What was deleted is not in progress."""
    journeys = tasks.existing(data, flow.in_progress)
    journeys.sort(key=lambda journey: (journey.started_ms or 0, journey.task_id))
    tasks_by_id = tasks.read_tasks(data, (journey.task_id for journey in journeys[:MOST]))
    rows = tuple(
        (
            tasks.link(journey.task_id, tasks_by_id),
            tasks.owners(tasks_by_id.get(journey.task_id)),
            journey.now.status,
            Duration(query.period.end_ms - (journey.started_ms or query.period.end_ms)),
        )
        for journey in journeys[:MOST]
    )
    title, empty = "In progress at the end of the period", "Nothing was in progress."
    return Table("in_progress", title, _COLUMNS, rows, empty=empty, total=len(journeys))


SECTION = SectionType("Training", build, order=50, reports=CALENDAR)
