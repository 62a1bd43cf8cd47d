"""Incidents: how many there were, and how long they lasted."""

from typing import Final

from clickup_mlops.features.incidents.incident import Incident
from clickup_mlops.features.incidents.tables.incidents import Incidents
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
    incidents = figures.compared(query, lambda period: _list_open(data, period))
    if not (incidents.now or incidents.before):
        return None
    opened = figures.compared(query, lambda period: len(_list_opened(data, period)))
    lengths = figures.compared(query, lambda period: _lengths_ms(data, period))
    head = Figures(
        (
            figures.count("Opened", query, _ORIGIN, opened),
            figures.typical("Time from opened to closed", query, _ORIGIN, lengths),
        )
    )
    blocks = (head, _build_table(data, query, incidents.now))
    return Section("incidents", SECTION.title, blocks, figures.source(query, _ORIGIN))


def _list_open(data: Data, period: Period) -> list[Incident]:
    return data.store.table(Incidents).between(data.workspace, period.start_ms, period.end_ms)


def _list_opened(data: Data, period: Period) -> list[Incident]:
    return [
        incident for incident in _list_open(data, period) if incident.opened_ms >= period.start_ms
    ]


def _lengths_ms(data: Data, period: Period) -> list[float]:
    """Of those that were closed in the period."""
    return [
        incident.closed_ms - incident.opened_ms
        for incident in _list_open(data, period)
        if incident.closed_ms is not None and incident.closed_ms < period.end_ms
    ]


def _build_table(data: Data, query: Query, incidents: list[Incident]) -> Table:
    newest = sorted(incidents, key=lambda incident: (incident.opened_ms, incident.id), reverse=True)
    rows_by_id = tasks.read_tasks(data, (incident.task_id for incident in newest[:MOST]))
    rows = tuple(
        (
            Moment(incident.opened_ms),
            incident.title,
            tasks.link(incident.task_id, rows_by_id),
            incident.lead,
            format_length(incident, query.period),
        )
        for incident in newest[:MOST]
    )
    empty = "No incident was open."
    return Table("incidents", _TITLE, _COLUMNS, rows, empty=empty, total=len(newest))


def format_length(incident: Incident, period: Period) -> Cell:
    """How long it lasted, or that it was open when the period ended."""
    if incident.closed_ms is None or incident.closed_ms >= period.end_ms:
        return Badge("open", "bad")
    return Duration(incident.closed_ms - incident.opened_ms)


SECTION = SectionType("Incidents", build, order=40, reports=CALENDAR)
