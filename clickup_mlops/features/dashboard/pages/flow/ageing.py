"""Work in progress: how much there is by status, and what is older than most finished work was."""

from collections import Counter
from collections.abc import Sequence

from clickup_mlops.features.dashboard.pages.flow._common import (
    LATEST,
    list_name,
    over_weeks,
    since_ms,
    steps,
    task_link,
    tasks,
    total,
)
from clickup_mlops.flow.model import build_journeys
from clickup_mlops.flow.spread import ENOUGH, compute_percentile, compute_rank
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.store.queries.flow import UnderWay
from clickup_mlops.views.model import (
    NOT_ENOUGH,
    Cell,
    Column,
    Duration,
    Figure,
    Figures,
    Number,
    Section,
    Table,
    Tone,
)

MOST = 20
"""Tasks that are shown, the oldest."""
_STATUSES = 15
_WARNING, _BAD = 0.85, 0.95
_SOURCE = (
    "Timeline and tasks as last read. Age: since work on the task began; of tasks that are older "
    "than the timeline, since their last change then. Finished faster: the share of the last "
    f"{LATEST} finished tasks that took less."
)


def _build(data: Data, query: Query) -> Section | None:
    in_progress = data.store.flows.under_way(data.workspace)
    cycles = _cycles(data, query)
    blocks = (
        _figures(in_progress, cycles, query.now_ms),
        _oldest(data, in_progress, cycles, query.now_ms),
        _wip(in_progress),
    )
    return Section("ageing", "Work in progress", blocks, _SOURCE)


def _cycles(data: Data, query: Query) -> list[int]:
    """How long finished tasks took, ascending."""
    start = max(over_weeks(query).start_ms, since_ms(data) or 0)
    entries = data.store.flows.finished_steps(data.workspace, start, query.now_ms, LATEST)
    journeys = build_journeys(steps(entries))
    return sorted(journey.cycle_ms for journey in journeys if journey.cycle_ms is not None)


def _figures(in_progress: Sequence[UnderWay], cycles: Sequence[int], now_ms: int) -> Figures:
    now = Figure("In progress", Number(len(in_progress)), "open tasks on which work has begun, now")
    if len(cycles) < ENOUGH:
        return Figures(
            (now, Figure("Older than usual", NOT_ENOUGH, "finished tasks to compare with"))
        )
    limit = compute_percentile(cycles, _WARNING)
    old = sum(_age(work, now_ms) > limit for work in in_progress)
    note = f"in progress for longer than 85% of the last {len(cycles):,} finished tasks took"
    tone: Tone = "warning" if old else "good"
    return Figures((now, Figure("Older than usual", Number(old, tone=tone), note)))


def _oldest(
    data: Data, in_progress: Sequence[UnderWay], cycles: Sequence[int], now_ms: int
) -> Table:
    first = in_progress[:MOST]
    tasks_by_id = tasks(data, [work.task_id for work in first])
    rows = tuple(
        (
            task_link(work.task_id, tasks_by_id),
            list_name(work, tasks_by_id),
            work.status,
            Duration(_age(work, now_ms), _tone(work, cycles, now_ms)),
            _status_age(work, now_ms),
            _rank(work, cycles, now_ms),
        )
        for work in first
    )
    return Table(
        "oldest",
        "Oldest first",
        _COLUMNS,
        rows,
        "Nothing is in progress.",
        total(rows, len(in_progress)),
    )


def _status_age(work: UnderWay, now_ms: int) -> Cell:
    """How long it has its status; where that was only found later, it may be longer."""
    return Duration(max(0, now_ms - work.entered_ms))


def _age(work: UnderWay, now_ms: int) -> int:
    began = work.entered_ms if work.began_ms is None else work.began_ms
    return max(0, now_ms - began)


def _rank(work: UnderWay, cycles: Sequence[int], now_ms: int) -> Cell:
    if len(cycles) < ENOUGH:
        return NOT_ENOUGH
    return Number(
        100 * compute_rank(cycles, _age(work, now_ms)), "%", tone=_tone(work, cycles, now_ms)
    )


def _tone(work: UnderWay, cycles: Sequence[int], now_ms: int) -> Tone:
    if len(cycles) < ENOUGH:
        return "plain"
    age = _age(work, now_ms)
    if age > compute_percentile(cycles, _BAD):
        return "bad"
    return "warning" if age > compute_percentile(cycles, _WARNING) else "plain"


def _wip(in_progress: Sequence[UnderWay]) -> Table:
    counts = Counter(work.status for work in in_progress)
    rows = tuple((status, Number(count)) for status, count in counts.most_common(_STATUSES))
    columns = (Column("Status"), Column("Tasks", "end"))
    return Table(
        "wip", "By status", columns, rows, "Nothing is in progress.", total(rows, len(counts))
    )


_COLUMNS = (
    Column("Task"),
    Column("List"),
    Column("Status"),
    Column("Age", "end"),
    Column("In this status", "end"),
    Column("Finished faster", "end"),
)

SECTION = SectionType("Work in progress", _build, 40)
