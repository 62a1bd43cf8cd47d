"""The incidents of tasks, on pages about models."""

from collections.abc import Sequence
from itertools import chain
from typing import Final

from clickup_mlops.features.incidents.incident import Incident
from clickup_mlops.features.incidents.subject import APART
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.ports.sections.cells import short
from clickup_mlops.ports.sections.task_tables import TaskTables
from clickup_mlops.store import Store
from clickup_mlops.views.model import Badge, Cell, Column, Link, Moment, Table

MOST_ON_PAGE: Final = 50
MOST_IN_DOC: Final = 10
_ON_PAGE: Final = (Column("Incident"), Column("Opened"), Column("Closed"), Column("Lead"))
_IN_DOC: Final = (Column("Opened"), Column("Incident"), Column("Closed"), Column("Lead"))


def build_for_page(store: Store, task_id: str) -> Table | None:
    """Those that the task was a part of, the newest first, with their rooms."""
    rows = tuple(map(_format_row, _list_incidents(store, task_id)[:MOST_ON_PAGE]))
    return Table("incidents", "Incidents", _ON_PAGE, rows) if rows else None


def _list_incidents(store: Store, task_id: str) -> list[Incident]:
    """The newest first; without those that are parts of others, or from which people have split
    the task.
    """
    incidents = store.table(Incidents)
    by_id = {
        incident.id: incident
        for incident in (*incidents.of_task(task_id), *incidents.with_task(task_id))
        if not incident.into and task_id not in incident.details.get(APART, ())
    }
    return sorted(by_id.values(), key=lambda incident: incident.opened_ms, reverse=True)


def _format_row(incident: Incident) -> tuple[Cell, ...]:
    is_open = incident.closed_ms is None
    room = incident.room if incident.room.startswith("https://") else ""
    return (
        Link(short(incident.title), room) if room else short(incident.title),
        Moment(incident.opened_ms),
        Badge("open", "bad") if is_open else Moment(incident.closed_ms),
        short(incident.lead) or None,
    )


def build_for_doc(store: Store, task_ids: Sequence[str]) -> Table | None:
    """Those that one of the tasks was a part of, the newest first."""
    lists = (_list_incidents(store, task_id) for task_id in task_ids)
    by_id = {incident.id: incident for incident in chain.from_iterable(lists)}
    incidents = sorted(by_id.values(), key=lambda incident: incident.opened_ms, reverse=True)
    rows = tuple(
        (Moment(incident.opened_ms), incident.title, Moment(incident.closed_ms), incident.lead)
        for incident in incidents[:MOST_IN_DOC]
    )
    return Table("incidents", "", _IN_DOC, rows) if rows else None


TABLES: Final = TaskTables(build_for_page, build_for_doc)
