"""An incident: how long it lasted, what happened to its tasks, and what their numbers were."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from clickup_mlops.features.incidents.incident import Incident
from clickup_mlops.features.incidents.sections.incidents import format_length
from clickup_mlops.features.incidents.summary import REPORTED_MS, drop_repeated, until_known
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.ports.sections import figures, tasks
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.ports.sections.objectives import Objectives
from clickup_mlops.store.timeline_rows import Entry, Kind
from clickup_mlops.views import measures
from clickup_mlops.views.model import (
    Block,
    Cell,
    Chart,
    Column,
    Figure,
    Figures,
    Link,
    Mark,
    Moment,
    Number,
    Section,
    Table,
)

MOST: Final = 200
LED_TO_IT_MS: Final = 2 * 3_600_000
"""How long before it what was deployed may have led to it."""
_CHANGES: Final[tuple[Kind, ...]] = ("deployment", "version")
_MARKED: Final = frozenset({"deployment", "version", "alert", "incident"})
MOST_TASKS: Final = 20
"""Tasks that are followed: the first that joined."""
MOST_MARKS: Final = 40
"""In a chart: the newest."""
_CHARTS: Final = 12
_COLUMNS: Final = (Column("When"), Column("What"), Column("Kind"), Column("By"), Column("Task"))


def build(data: Data, query: Query) -> Section | None:
    """The section; None if the incident is not in the store any more."""
    incident = data.store.table(Incidents).get(query.period.name)
    if incident is None:
        return None
    task_ids = (task.task_id for task in data.store.table(Incidents).tasks(incident.id))
    affected = tuple(dict.fromkeys([incident.task_id, *task_ids]))[:MOST_TASKS]
    entries = drop_repeated(
        sorted(_read_entries(data, query, affected), key=lambda entry: (entry.at_ms, entry.key))
    )
    blocks: tuple[Block, ...] = (
        _build_figures(query, incident, affected),
        _build_table(data, entries),
    )
    blocks += tuple(_build_charts(data, query, entries, affected))
    source = figures.source(query, "incidents", "timeline", "history")
    return Section("incident", SECTION.title, blocks, source)


def _build_figures(query: Query, incident: Incident, affected: Sequence[str]) -> Figures:
    cells: dict[str, Cell] = {
        "Opened": Moment(incident.opened_ms),
        "Closed": Moment(incident.closed_ms),
        "Lasted": format_length(incident, query.period),
        "Lead": incident.lead or "nobody",
        "Tasks": Number(len(affected)),
    }
    return Figures(tuple(Figure(label, cell, "incidents") for label, cell in cells.items()))


def _read_entries(data: Data, query: Query, affected: Iterable[str]) -> list[Entry]:
    """What happened to its tasks, and what was changed anywhere shortly before it or in it."""
    timeline, start_ms, end_ms = data.store.timeline, query.period.start_ms, query.period.end_ms
    since = start_ms - LED_TO_IT_MS
    of_tasks = (
        entry for task in affected for entry in timeline.of_task(task, since, end_ms + REPORTED_MS)
    )
    entries = until_known(of_tasks, end_ms - 1)
    for kind in _CHANGES:
        entries += timeline.of_kind(data.workspace, kind, since, end_ms)
    return [*{entry.key: entry for entry in entries}.values()]


def _build_table(data: Data, entries: list[Entry]) -> Table:
    rows_by_id = tasks.read_tasks(data, (entry.task_id for entry in entries))
    rows = tuple(
        (
            Moment(entry.at_ms),
            _format_headline(entry),
            entry.kind,
            entry.actor,
            tasks.link(entry.task_id, rows_by_id),
        )
        for entry in entries[:MOST]
    )
    empty = "Nothing is known."
    return Table("timeline", "Timeline", _COLUMNS, rows, empty=empty, total=len(entries))


def _format_headline(entry: Entry) -> Cell:
    return Link(entry.headline, entry.url) if entry.url.startswith("https://") else entry.headline


def _build_charts(
    data: Data, query: Query, entries: Iterable[Entry], affected: Sequence[str]
) -> Iterator[Chart]:
    """Of the fields of its tasks, from half its length before it."""
    end_ms = max(query.period.end_ms, query.period.start_ms + 60_000)
    start_ms = query.period.start_ms - max(LED_TO_IT_MS, (end_ms - query.period.start_ms) // 2)
    marks = tuple(
        Mark(entry.at_ms, entry.mark, entry.headline, entry.url)
        for entry in entries
        if entry.kind in _MARKED
    )[-MOST_MARKS:]
    rows_by_id = tasks.read_tasks(data, affected)
    measured = [series for task in affected for series in data.history.of_task(task)][:_CHARTS]
    objectives = Objectives(data)
    for number, series in enumerate(measured):
        line = data.history.line(series, start_ms, end_ms, name=series.field)
        source = data.history.source(series, start_ms, end_ms)
        title = series.field or measures.format_title(series.measure)
        if len(affected) > 1:
            title = f"{title}: {tasks.title(series.task_id, rows_by_id)}"
        key = f"field{number}"
        objective = objectives.of(series)
        limit = objective.limit if objective else None
        yield Chart(
            key, title, series.unit, start_ms, end_ms, (line,), marks, limit=limit, source=source
        )


SECTION = SectionType("Incident", build, order=5, reports=("incident",))
