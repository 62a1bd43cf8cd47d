"""Live incidents: since when, who leads, and where people meet."""

from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.incidents.course import Kind, get_report
from clickup_mlops.features.incidents.incident import Incident
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.ports.sections.cells import https, owners, short, task_link
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.store.tables.notes import INCIDENT
from clickup_mlops.views.model import Cell, Column, Duration, Moment, Section, Table

SHOWN: Final = 20
_COLUMNS: Final = (
    Column("Incident"),
    Column("Since"),
    Column("For", "end"),
    Column("Severity"),
    Column("Stage"),
    Column("Status"),
    Column("Lead"),
    Column("Owner"),
    Column("Room"),
)
_REPORTED: Final = (
    Column("Task"),
    Column("Since"),
    Column("For", "end"),
    Column("Status"),
    Column("Owner"),
)


def _build(data: Data, query: Query) -> Section:
    incidents = data.store.table(Incidents).open(data.workspace, SHOWN)
    rows_by_id = (
        data.store.mirror.get_many([incident.task_id for incident in incidents])
        if incidents
        else {}
    )
    tasks = {task_id: Task.parse(row.raw) for task_id, row in rows_by_id.items()}
    rows = tuple(
        _format_incident(incident, tasks.get(incident.task_id), query.now_ms)
        for incident in incidents
    )
    table = Table("incidents", "Open incidents", _COLUMNS, rows, "No open incident.")
    blocks = (table, _build_reported(data, query.now_ms))
    return Section(
        "incidents",
        "Live incidents",
        blocks,
        "Incidents that automations opened, and what routing reads in open tasks.",
    )


def _build_reported(data: Data, now_ms: int) -> Table:
    """Tasks that report a live incident, and belong to none that is open."""
    notes = data.store.notes.all(INCIDENT)
    affected = data.store.table(Incidents).affected(data.workspace)
    task_ids = [task_id for task_id in notes if task_id not in affected]
    rows_by_id = data.store.mirror.get_many(task_ids[:SHOWN]) if task_ids else {}
    mirror = data.store.mirror
    tasks = [Task.parse(row.raw) for row in rows_by_id.values() if mirror.is_open(row.raw)]
    rows = tuple(_format_reported(task, notes[task.id].at_ms, now_ms) for task in tasks)
    title = "Tasks that report a live incident"
    return Table("reported", title, _REPORTED, rows, "No other task reports one.")


def _format_reported(task: Task, since_ms: int, now_ms: int) -> tuple[Cell, ...]:
    return (
        task_link(task.id, task),
        Moment(since_ms),
        Duration(max(0, now_ms - since_ms), "bad"),
        short(task.status.name),
        owners(task),
    )


def _format_incident(incident: Incident, task: Task | None, now_ms: int) -> tuple[Cell, ...]:
    return (
        task_link(incident.task_id, task, incident.title),
        Moment(incident.opened_ms),
        Duration(max(0, now_ms - incident.opened_ms), "bad"),
        _format_report(incident, "severity"),
        _format_report(incident, "stage"),
        short(task.status.name) if task is not None else None,
        short(incident.lead) or None,
        owners(task),
        https(incident.room),
    )


def _format_report(incident: Incident, kind: Kind) -> Cell:
    report = get_report(incident, kind)
    return short(report.value) if report else None


SECTION = SectionType("Live incidents", _build, 20)
