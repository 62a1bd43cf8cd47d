"""The schedule: pools, and each run with its window, its position and the reason."""

from collections.abc import Iterable
from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.schedule import snapshot
from clickup_mlops.features.schedule.snapshot import QueuedRun, Snapshot
from clickup_mlops.ports.sections.cells import short, task_link
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views.model import (
    Badge,
    Cell,
    Column,
    Figure,
    Figures,
    Moment,
    Number,
    Section,
    Table,
    Tone,
)

SHOWN: Final = 50
_COLUMNS: Final = (
    Column("Run"),
    Column("State"),
    Column("Pool"),
    Column("GPUs", "end"),
    Column("Start"),
    Column("Between"),
    Column("And"),
    Column("End"),
    Column("Deadline"),
    Column("Why"),
)
_PROBLEMS: Final = (Column("Run"), Column("Problem"))


def _build(data: Data, _query: Query) -> Section | None:
    last = snapshot.get(data.store, data.workspace)
    if last is None:
        return None
    ids = {run.task_id for run in last.runs[:SHOWN]} | {task for task, _ in last.problems[:SHOWN]}
    rows = data.store.mirror.get_many(sorted(ids - {""}))
    tasks = {task_id: Task.parse(row.raw) for task_id, row in rows.items()}
    runs = Table(
        "runs",
        "Runs by start",
        _COLUMNS,
        tuple(_row(run, tasks.get(run.task_id)) for run in last.runs[:SHOWN]),
        "No run.",
        len(last.runs),
    )
    blocks = (Figures(tuple(_figures(last))), runs, _problems(last, tasks))
    return Section("queue", "Schedule", blocks, _source(last))


def _figures(last: Snapshot) -> Iterable[Figure]:
    for pool in last.pools:
        tone: Tone = "bad" if pool.used > pool.gpus else "plain"
        note = f"of {pool.gpus} GPUs in use, {pool.waiting} waiting"
        yield Figure(pool.name, Number(pool.used, tone=tone), note)


def _row(run: QueuedRun, task: Task | None) -> tuple[Cell, ...]:
    is_late = run.deadline_ms is not None and run.end_ms > run.deadline_ms
    state = f"{run.state} {run.position}" if run.position else run.state
    tones: dict[str, Tone] = {"running": "good", "pinned": "plain", "waiting": "warning"}
    return (
        task_link(run.task_id, task, run.name),
        Badge(state, tones[run.state]),
        short(run.pool),
        Number(run.gpus),
        Moment(run.start_ms),
        Moment(run.low_ms) if run.position else None,
        Moment(run.high_ms) if run.position else None,
        Moment(run.end_ms),
        Badge("late", "bad") if is_late else Moment(run.deadline_ms) if run.deadline_ms else None,
        run.why,
    )


def _problems(last: Snapshot, tasks: dict[str, Task]) -> Table:
    rows = tuple(
        (task_link(task_id, tasks.get(task_id)) if task_id else "all", text)
        for task_id, text in last.problems[:SHOWN]
    )
    title = "Runs that cannot be placed, or end too late"
    return Table("problems", title, _PROBLEMS, rows, "None.", len(last.problems))


def _source(last: Snapshot) -> str:
    spread = f"{last.ended} ended runs" if last.ended >= 8 else "an assumed spread"
    return f"The last plan. A run starts in the interval with a probability of 80%, by {spread}."


SECTION = SectionType("Schedule", _build, 10, targeted=False, reports=("daily", "weekly"))
