"""A milestone's tasks: which are open, and which were finished."""

from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.reports.milestones import Milestones
from clickup_mlops.ports.sections import figures, tasks
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views.model import Badge, Cell, Column, Moment, Section, Table

MOST: Final = 200
_COLUMNS: Final = (
    Column("Task"),
    Column("Assignees"),
    Column("Status"),
    Column("Due"),
    Column("State"),
)


def build(data: Data, query: Query) -> Section | None:
    """The section; None if it has no tasks, or was deleted."""
    task, reading = (
        tasks.read_tasks(data, [query.target]).get(query.target),
        Milestones(data, query),
    )
    parts = reading.parts(task) if task else []
    if not parts:
        return None
    open_ids = {part.id for part in parts if reading.is_open(part)}
    ordered = sorted(parts, key=lambda p: (p.id not in open_ids, p.due_ms or 2**62, p.id))
    rows = tuple(_row(part, part.id in open_ids) for part in ordered[:MOST])
    table = Table("tasks", "Open first", _COLUMNS, rows, total=len(ordered))
    source = figures.source(query, "tasks", "timeline")
    return Section("milestone", SECTION.title, (table,), source)


def _row(task: Task, is_open: bool) -> tuple[Cell, ...]:
    due = Moment(task.due_ms) if task.due_ms else None
    state = Badge("open", "warning") if is_open else Badge("finished", "good")
    return (tasks.link(task.id, {task.id: task}), tasks.owners(task), task.status.name, due, state)


SECTION = SectionType("Tasks", build, order=15, reports=("milestone",))
