"""Training: what waits for its turn, what runs, and how far it is."""

from collections.abc import Mapping, Sequence

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.dashboard.pages.flow._common import list_name, task_link, tasks, total
from clickup_mlops.flow.model import OPEN
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.store.queries.flow import UnderWay
from clickup_mlops.views.model import (
    Cell,
    Column,
    Duration,
    Figure,
    Figures,
    Note,
    Number,
    Section,
    Table,
)

MOST = 200
"""Open training tasks that are looked at, those that have their status for longest."""
SHOWN = 20
"""Tasks that each table shows."""
_TRAINING = "training"
_PROGRESS = ("manual_progress", "automatic_progress")
"""Types of the fields that say how far a task is."""
_TITLE = "Training queue and progress"
_SOURCE = "Open tasks that routing takes for training; their statuses by the timeline."


def _build(data: Data, query: Query) -> Section | None:
    open_work, total = data.store.flows.open_of(data.workspace, _TRAINING, MOST)
    if not open_work:
        return Section("training", _TITLE, (Note("No open training."),), _SOURCE)
    queue = [work for work in open_work if work.kind in ("", OPEN)]
    runs = [work for work in open_work if work.kind not in ("", OPEN)]
    tasks_by_id = tasks(data, [work.task_id for work in (*queue[:SHOWN], *runs[:SHOWN])])
    blocks = (
        Figures(
            (Figure("Open training", Number(total), "tasks, now"), *_counts(queue, runs, total))
        ),
        _table("queue", "Waiting, longest first", queue, tasks_by_id, query.now_ms),
        _table("runs", "In progress, longest first", runs, tasks_by_id, query.now_ms),
    )
    return Section("training", _TITLE, blocks, _SOURCE)


def _counts(queue: Sequence[UnderWay], runs: Sequence[UnderWay], total: int) -> tuple[Figure, ...]:
    of = "tasks, now" if total <= MOST else f"of the {MOST} that have their status for longest"
    return Figure("Waiting", Number(len(queue)), of), Figure("In progress", Number(len(runs)), of)


def _table(
    key: str,
    title: str,
    open_work: Sequence[UnderWay],
    tasks_by_id: Mapping[str, Task],
    now_ms: int,
) -> Table:
    rows = tuple(
        (
            task_link(work.task_id, tasks_by_id),
            list_name(work, tasks_by_id),
            work.status,
            Duration(max(0, now_ms - work.entered_ms)),
            _progress(tasks_by_id.get(work.task_id)),
            _owners(tasks_by_id.get(work.task_id)),
        )
        for work in open_work[:SHOWN]
    )
    return Table(key, title, _COLUMNS, rows, "Nothing.", total(rows, len(open_work)))


def _progress(task: Task | None) -> Cell:
    """By the first field of a type for progress that has a value."""
    for field in task.fields if task else ():
        value = field.read() if field.type in _PROGRESS else None
        if isinstance(value, int | float):
            return Number(_percent(value, field.type_config), "%")
    return None


def _percent(value: float, config: Mapping[str, object]) -> float:
    """Of a field that goes from `start` to `end`, or from 0 to 100."""
    start, end = config.get("start") or 0, config.get("end") or 100
    if not (isinstance(start, int | float) and isinstance(end, int | float)) or start == end:
        return value
    return 100 * (value - start) / (end - start)


def _owners(task: Task | None) -> Cell:
    return ", ".join(person.username for person in task.assignees) if task else None


_COLUMNS = (
    Column("Task"),
    Column("List"),
    Column("Status"),
    Column("For", "end"),
    Column("Progress", "end"),
    Column("Assignees"),
)

SECTION = SectionType(_TITLE, _build, 50)
