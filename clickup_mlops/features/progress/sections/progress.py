"""Runs that run now: step, share, expected end with its interval, loss, and what is wrong."""

from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.progress import watched
from clickup_mlops.features.progress.estimate import eta, trend
from clickup_mlops.features.progress.model import ACTIVE, Progress
from clickup_mlops.ports.sections.cells import short, task_link
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views.model import Badge, Cell, Column, Moment, Number, Section, Table

SHOWN: Final = 50
WORDS: Final = {
    "run_stalled": "stalled",
    "run_diverging": "diverging",
    "run_idle_gpus": "GPUs without a process",
    "run_preempted": "preempted",
}
_COLUMNS: Final = (
    Column("Run"),
    Column("Source"),
    Column("State"),
    Column("Step", "end"),
    Column("Done", "end"),
    Column("Ends"),
    Column("Between"),
    Column("And"),
    Column("Loss", "end"),
    Column("Trend"),
    Column("Seen"),
)


def _build(data: Data, query: Query) -> Section | None:
    runs = [
        progress
        for progress in watched.read(data.store, data.workspace).values()
        if progress.report.state in ACTIVE
    ]
    if not runs:
        return None
    runs.sort(key=lambda progress: (not _wrong(progress), progress.report.name))
    ids = sorted({progress.task_id for progress in runs[:SHOWN]} - {""})
    rows = data.store.mirror.get_many(ids) if ids else {}
    tasks = {task_id: Task.parse(row.raw) for task_id, row in rows.items()}
    cells = tuple(
        _row(progress, tasks.get(progress.task_id), query.now_ms) for progress in runs[:SHOWN]
    )
    table = Table(
        "progress", "Runs by their trackers and schedulers", _COLUMNS, cells, "None.", len(runs)
    )
    source = "The interval has a probability of about 80%, by the speed between the last points."
    return Section("progress", "Progress", (table,), source)


def _row(progress: Progress, task: Task | None, now_ms: int) -> tuple[Cell, ...]:
    report, expected = progress.report, eta(progress, now_ms)
    name: Cell = task_link(progress.task_id, task, report.name) if progress.task_id else report.name
    wrong = _wrong(progress)
    state = (
        Badge(wrong, "bad")
        if wrong
        else Badge(report.state, "good" if report.state == "running" else "plain")
    )
    return (
        name,
        short(progress.source),
        state,
        None if report.step is None else Number(report.step),
        None if report.share is None else Number(100 * report.share, "%"),
        Moment(expected.at_ms) if expected else None,
        Moment(expected.low_ms) if expected else None,
        Moment(expected.high_ms) if expected else None,
        None if report.loss is None else f"{report.loss:.4g}",
        trend(progress.points) or None,
        Moment(progress.at_ms),
    )


def _wrong(progress: Progress) -> str:
    if progress.report.state == "preempted":
        by = f" by {progress.report.by}" if progress.report.by else ""
        return f"preempted{by}"
    return ", ".join(WORDS[kind] for kind in progress.reported if kind in WORDS)


SECTION = SectionType("Progress", _build, 20, targeted=False, pages=("training",))
