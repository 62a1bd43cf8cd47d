"""Incidents: how many there were, and how long they lasted."""

from typing import Final

from clickup_mlops.features.incidents.tables.incidents import Incident, Incidents
from clickup_mlops.ports.sections import figures, tasks
from clickup_mlops.ports.sections.model import CALENDAR, Data, Period, Query, SectionType
from clickup_mlops.views.model import (
    Align,
    Badge,
    Cell,
    Column,
    Duration,
    Figures,
    Moment,
    Section,
    Table,
)

MOST: Final = 30
_TITLE: Final = "Incidents in the period"
_ORIGIN: Final = "incidents"
_END: Final[Align] = "end"
_COLUMNS: Final = (
    Column("Opened"),
    Column("Incident"),
    Column("Task"),
    Column("Lead"),
    Column("Lasted", _END),
)


def build(data: Data, query: Query) -> Section | None:
    """The section; None if there was no incident in both periods."""
    found = figures.compared(query, lambda period: _open_during(data, period))
    if not (found.now or found.before):
        return None
    opened = figures.compared(query, lambda period: len(_opened(data, period)))
    lasted = figures.compared(query, lambda period: _lengths_ms(data, period))
    head = Figures(
        (
            figures.count("Opened", query, _ORIGIN, opened),
            figures.typical("Time from opened to closed", query, _ORIGIN, lasted),
        )
    )
    blocks = (head, _table(data, query, found.now))
    return Section("incidents", SECTION.title, blocks, figures.source(query, _ORIGIN))


def _open_during(data: Data, period: Period) -> list[Incident]:
    return data.store.table(Incidents).between(data.workspace, period.start_ms, period.end_ms)


def _opened(data: Data, period: Period) -> list[Incident]:
    return [one for one in _open_during(data, period) if one.opened_ms >= period.start_ms]


def _lengths_ms(data: Data, period: Period) -> list[float]:
    """Of those that were closed in the period."""
    return [
        one.closed_ms - one.opened_ms
        for one in _open_during(data, period)
        if one.closed_ms is not None and one.closed_ms < period.end_ms
    ]


def _table(data: Data, query: Query, found: list[Incident]) -> Table:
    newest = sorted(found, key=lambda one: (one.opened_ms, one.id), reverse=True)
    known = tasks.known(data, (one.task_id for one in newest[:MOST]))
    rows = tuple(
        (
            Moment(one.opened_ms),
            one.title,
            tasks.link(one.task_id, known),
            one.lead,
            lasted(one, query.period),
        )
        for one in newest[:MOST]
    )
    empty = "No incident was open."
    return Table("incidents", _TITLE, _COLUMNS, rows, empty=empty, total=len(newest))


def lasted(one: Incident, period: Period) -> Cell:
    """How long it lasted, or that it was open when the period ended."""
    if one.closed_ms is None or one.closed_ms >= period.end_ms:
        return Badge("open", "bad")
    return Duration(one.closed_ms - one.opened_ms)


SECTION = SectionType("Incidents", build, order=40, reports=CALENDAR)
