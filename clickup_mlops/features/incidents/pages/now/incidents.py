"""Live incidents: since when, who leads, and where people meet."""

from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.incidents.tables.incidents import Incident, Incidents
from clickup_mlops.ports.sections.cells import https, owners, short, task_link
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.store.tables.notes import INCIDENT
from clickup_mlops.views.model import Cell, Column, Duration, Moment, Section, Table

SHOWN: Final = 20
_COLUMNS: Final = (
    Column("Incident"),
    Column("Since"),
    Column("For", "end"),
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
    found = data.store.table(Incidents).open(data.workspace, SHOWN)
    known = data.store.mirror.get_many([one.task_id for one in found]) if found else {}
    tasks = {task_id: Task.parse(row.raw) for task_id, row in known.items()}
    rows = tuple(_row(one, tasks.get(one.task_id), query.now_ms) for one in found)
    table = Table("incidents", "Open incidents", _COLUMNS, rows, "No open incident.")
    blocks = (table, _reported(data, query.now_ms))
    return Section(
        "incidents",
        "Live incidents",
        blocks,
        "Incidents that automations opened, and what routing reads in open tasks.",
    )


def _reported(data: Data, now_ms: int) -> Table:
    """Tasks that report a live incident, and belong to none that is open."""
    noted = data.store.notes.all(INCIDENT)
    theirs = data.store.table(Incidents).affected(data.workspace)
    named = [task_id for task_id in noted if task_id not in theirs]
    known = data.store.mirror.get_many(named[:SHOWN]) if named else {}
    mirror = data.store.mirror
    tasks = [Task.parse(row.raw) for row in known.values() if mirror.is_open(row.raw)]
    rows = tuple(_reporting(task, noted[task.id].at_ms, now_ms) for task in tasks)
    title = "Tasks that report a live incident"
    return Table("reported", title, _REPORTED, rows, "No other task reports one.")


def _reporting(task: Task, since_ms: int, now_ms: int) -> tuple[Cell, ...]:
    return (
        task_link(task.id, task),
        Moment(since_ms),
        Duration(max(0, now_ms - since_ms), "bad"),
        short(task.status.name),
        owners(task),
    )


def _row(one: Incident, task: Task | None, now_ms: int) -> tuple[Cell, ...]:
    return (
        task_link(one.task_id, task, one.title),
        Moment(one.opened_ms),
        Duration(max(0, now_ms - one.opened_ms), "bad"),
        short(task.status.name) if task is not None else None,
        short(one.lead) or None,
        owners(task),
        https(one.room),
    )


SECTION = SectionType("Live incidents", _build, 20)
