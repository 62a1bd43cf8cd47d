"""An incident: how long it lasted, what happened, and what its task's numbers were."""

from collections.abc import Iterable, Iterator
from typing import Final

from clickup_mlops.report import figures, tasks
from clickup_mlops.report.model import Data, SectionType
from clickup_mlops.report.sections.incidents import lasted
from clickup_mlops.store.tables.incidents import Incident
from clickup_mlops.store.tables.timeline import Entry, Kind
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
    Section,
    Table,
)

MOST: Final = 200
LED_TO_IT_MS: Final = 2 * 3_600_000
"""How long before it what was deployed may have led to it."""
_CHANGES: Final[tuple[Kind, ...]] = ("deployment", "version")
_MARKED: Final = frozenset({"deployment", "version", "alert", "incident"})
_CHARTS: Final = 6
_COLUMNS: Final = (Column("When"), Column("What"), Column("Kind"), Column("By"), Column("Task"))


def build(data: Data) -> Section | None:
    """The section; None if the incident is not in the store any more."""
    found = data.store.incidents.of_task(data.subject)
    one = next((one for one in found if one.id == data.period.name), None)
    if one is None:
        return None
    entries = sorted(_entries(data), key=lambda entry: (entry.at_ms, entry.key))
    blocks: tuple[Block, ...] = (_figures(data, one), _table(data, entries))
    blocks += tuple(_charts(data, entries))
    source = figures.source(data, "incidents", "timeline", "history")
    return Section("incident", one.title or SECTION.title, blocks, source)


def _figures(data: Data, one: Incident) -> Figures:
    note = f"{data.period.name}, incidents"
    cells: dict[str, Cell] = {
        "Opened": Moment(one.opened_ms),
        "Closed": Moment(one.closed_ms),
        "Lasted": lasted(one, data.period),
        "Lead": one.lead or "nobody",
    }
    return Figures(tuple(Figure(label, cell, note) for label, cell in cells.items()))


def _entries(data: Data) -> list[Entry]:
    """What happened to its task, and what was changed anywhere shortly before it or in it."""
    timeline, start_ms, end_ms = data.store.timeline, data.period.start_ms, data.period.end_ms
    since = start_ms - LED_TO_IT_MS
    found = timeline.of_task(data.subject, since, end_ms)
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
    return Link(one.text, one.url) if one.url.startswith("https://") else one.text


def _charts(data: Data, found: Iterable[Entry]) -> Iterator[Chart]:
    """Of the fields of its task, from half its length before it."""
    end_ms = max(data.period.end_ms, data.period.start_ms + 60_000)
    start_ms = data.period.start_ms - max(LED_TO_IT_MS, (end_ms - data.period.start_ms) // 2)
    marks = tuple(
        Mark(one.at_ms, one.kind, one.text, one.url) for one in found if one.kind in _MARKED
    )
    for number, series in enumerate(data.history.of_task(data.subject)[:_CHARTS]):
        line = data.history.line(series, start_ms, end_ms, name=series.field)
        source = data.history.source(series, start_ms, end_ms)
        title = series.field or series.measure
        key = f"field{number}"
        yield Chart(key, title, series.unit, start_ms, end_ms, (line,), marks, source=source)


SECTION = SectionType("Incident", build, order=5, of=("incident",))
