"""An incident: how long it lasted, what happened to its tasks, and what their numbers were."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from clickup_mlops.features.incidents.sections.incidents import lasted
from clickup_mlops.features.incidents.tables.incidents import Incident, Incidents
from clickup_mlops.ports.sections import figures, tasks
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.ports.sections.objectives import Objectives
from clickup_mlops.store.tables.timeline import Entry, Kind
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
    one = data.store.table(Incidents).get(query.period.name)
    if one is None:
        return None
    joined = (each.task_id for each in data.store.table(Incidents).tasks(one.id))
    affected = tuple(dict.fromkeys([one.task_id, *joined]))[:MOST_TASKS]
    entries = sorted(_entries(data, query, affected), key=lambda entry: (entry.at_ms, entry.key))
    blocks: tuple[Block, ...] = (_figures(query, one, affected), _table(data, entries))
    blocks += tuple(_charts(data, query, entries, affected))
    source = figures.source(query, "incidents", "timeline", "history")
    return Section("incident", SECTION.title, blocks, source)


def _figures(query: Query, one: Incident, affected: Sequence[str]) -> Figures:
    note = f"{query.period.name}, incidents"
    cells: dict[str, Cell] = {
        "Opened": Moment(one.opened_ms),
        "Closed": Moment(one.closed_ms),
        "Lasted": lasted(one, query.period),
        "Lead": one.lead or "nobody",
        "Tasks": Number(len(affected)),
    }
    return Figures(tuple(Figure(label, cell, note) for label, cell in cells.items()))


def _entries(data: Data, query: Query, affected: Iterable[str]) -> list[Entry]:
    """What happened to its tasks, and what was changed anywhere shortly before it or in it."""
    timeline, start_ms, end_ms = data.store.timeline, query.period.start_ms, query.period.end_ms
    since = start_ms - LED_TO_IT_MS
    found = [one for task in affected for one in timeline.of_task(task, since, end_ms)]
    for kind in _CHANGES:
        found += timeline.of_kind(data.workspace, kind, since, end_ms)
    return [*{one.key: one for one in found}.values()]


def _table(data: Data, found: list[Entry]) -> Table:
    known = tasks.known(data, (one.task_id for one in found))
    rows = tuple(
        (Moment(one.at_ms), _what(one), one.kind, one.actor, tasks.link(one.task_id, known))
        for one in found[:MOST]
    )
    empty = "Nothing is known."
    return Table("timeline", "Timeline", _COLUMNS, rows, empty=empty, total=len(found))


def _what(one: Entry) -> Cell:
    return Link(one.headline, one.url) if one.url.startswith("https://") else one.headline


def _charts(
    data: Data, query: Query, found: Iterable[Entry], affected: Sequence[str]
) -> Iterator[Chart]:
    """Of the fields of its tasks, from half its length before it."""
    end_ms = max(query.period.end_ms, query.period.start_ms + 60_000)
    start_ms = query.period.start_ms - max(LED_TO_IT_MS, (end_ms - query.period.start_ms) // 2)
    marks = tuple(
        Mark(one.at_ms, one.mark, one.headline, one.url) for one in found if one.kind in _MARKED
    )[-MOST_MARKS:]
    named = tasks.known(data, affected)
    shown = [one for task in affected for one in data.history.of_task(task)][:_CHARTS]
    objectives = Objectives(data)
    for number, series in enumerate(shown):
        line = data.history.line(series, start_ms, end_ms, name=series.field)
        source = data.history.source(series, start_ms, end_ms)
        title = series.field or measures.format_title(series.measure)
        if len(affected) > 1:
            title = f"{title}: {tasks.title(series.task_id, named)}"
        key = f"field{number}"
        objective = objectives.of(series)
        limit = objective.limit if objective else None
        yield Chart(
            key, title, series.unit, start_ms, end_ms, (line,), marks, limit=limit, source=source
        )


SECTION = SectionType("Incident", build, order=5, reports=("incident",))
