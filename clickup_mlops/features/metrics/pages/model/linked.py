"""What belongs to a model: linked tasks and milestones, documents, and tables of features."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics.presentation.charts import related
from clickup_mlops.features.metrics.presentation.subjects import (
    Subject,
    of_one,
    short,
    task_link,
    tasks_of,
)
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.ports.sections.task_tables import find_task_tables
from clickup_mlops.views.model import (
    Badge,
    Block,
    Cell,
    Column,
    Link,
    Moment,
    Section,
    Table,
)

MOST: Final = 50
MILESTONE: Final = 1
"""`custom_item_id` of ClickUp's own task type."""
_TASKS: Final = (Column("Task"), Column("Type"), Column("Status"), Column("Due"))
_DOCUMENTS: Final = (Column("Document"), Column("Where"))
_ADDRESS: Final = re.compile(r"https://[^\s<>()\[\]\"'`]+")


def _build(data: Data, query: Query) -> Section | None:
    subject = of_one(data, query)
    if subject is None:
        return None
    blocks = tuple(_blocks(data, subject))
    source = "The task as last read."
    return Section("linked", "What belongs to it", blocks, source) if blocks else None


def _blocks(data: Data, subject: Subject) -> Iterator[Block]:
    ids = related(subject)
    tasks = tasks_of(data, ids[:MOST])
    total = len(ids) if len(ids) > MOST else None
    if ids:
        rows = tuple(_task(task_id, tasks.get(task_id)) for task_id in ids[:MOST])
        yield Table("tasks", "Linked tasks and milestones", _TASKS, rows, total=total)
    if documents := tuple(dict.fromkeys(_documents(subject.task)))[:MOST]:
        yield Table("documents", "Documents and addresses", _DOCUMENTS, documents)
    for tables in find_task_tables().values():
        if table := tables.on_page(data.store, subject.id):
            yield table


def _task(task_id: str, task: Task | None) -> tuple[Cell, ...]:
    if task is None:
        return task_link(task_id, None), None, None, None
    is_milestone = task.raw.get("custom_item_id") == MILESTONE
    kind = Badge("milestone", "good" if not task.is_open else "plain") if is_milestone else "task"
    return task_link(task_id, task), kind, short(task.status.name), Moment(task.due_ms)


def _documents(task: Task | None) -> Iterator[tuple[Cell, ...]]:
    """Fields that are addresses, and addresses in the description."""
    if task is None:
        return
    for field in task.fields:
        if field.type == "url" and isinstance(field.value, str):
            yield from _addresses([field.value], f"field {short(field.name)}")
    yield from _addresses(_ADDRESS.findall(f"{task.text} {task.markdown or ''}"), "description")


def _addresses(candidates: Iterable[str], where: str) -> Iterator[tuple[Cell, ...]]:
    for candidate in candidates:
        address = candidate.rstrip(".,;:!?")
        if address.startswith("https://"):
            yield Link(short(address.removeprefix("https://")), address), where


SECTION = SectionType("What belongs to it", _build, 50, targeted=True)
