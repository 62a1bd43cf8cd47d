"""A milestone's tasks: which are open, and which were finished."""

from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.reports.milestones import Milestones
from clickup_mlops.ports.sections import figures, tasks
from clickup_mlops.ports.sections.report import Data, SectionType
from clickup_mlops.views.model import Badge, Cell, Column, Moment, Section, Table

MOST: Final = 200
_COLUMNS: Final = (
    Column("Task"),
    Column("Assignees"),
    Column("Status"),
    Column("Due"),
    Column("State"),
)


def build(data: Data) -> Section | None:
    """The section; None if it has no tasks, or was deleted."""
    task = tasks.known(data, [data.subject]).get(data.subject)
    found = Milestones(data).of(task) if task else None
    if found is None or not found.parts:
        return None
    left = {one.id for one in found.open_parts}
    ordered = sorted(found.parts, key=lambda one: (one.id not in left, one.due_ms or 2**62, one.id))
    rows = tuple(_row(one, one.id in left) for one in ordered[:MOST])
    table = Table("tasks", "Open first", _COLUMNS, rows, total=len(ordered))
    source = figures.source(data, "tasks", "timeline")
    return Section("milestone", SECTION.title, (table,), source)


def _row(one: Task, is_open: bool) -> tuple[Cell, ...]:
    due = Moment(one.due_ms) if one.due_ms else None
    state = Badge("open", "warning") if is_open else Badge("finished", "good")
    return (tasks.link(one.id, {one.id: one}), tasks.owners(one), one.status.name, due, state)


SECTION = SectionType("Tasks", build, order=15, of=("milestone",))
