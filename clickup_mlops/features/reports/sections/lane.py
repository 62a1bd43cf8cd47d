"""The inference lane: what arrived, how long it waited, and what breached its SLO."""

from typing import Final

from clickup_mlops.features.reports import work
from clickup_mlops.features.reports.work import Flow
from clickup_mlops.flow.model import Journey
from clickup_mlops.ports.sections import figures, tasks
from clickup_mlops.ports.sections.figures import Compared
from clickup_mlops.ports.sections.model import CALENDAR, Data, Period, Query, SectionType
from clickup_mlops.views.model import Align, Column, Duration, Figures, Section, Table

_END: Final[Align] = "end"
_TIMELINE: Final = "timeline"
_DECISIONS: Final = "decisions"
_MOST: Final = 10


def build(data: Data, query: Query) -> Section | None:
    """The section; None if the Workspace has had no inference work."""
    flow = work.flows(data, query, "inference")
    if flow.now.is_empty:
        return None
    source = figures.source(query, _TIMELINE, _DECISIONS)
    blocks = (
        Figures(work.counts(query, _TIMELINE, flow)),
        _times(data, query, flow),
        _waiting(data, query, flow.now),
    )
    return Section("lane", SECTION.title, blocks, source)


def _times(data: Data, query: Query, flow: Compared[Flow]) -> Figures:
    waits, times = (
        flow.map(lambda period_flow: period_flow.waits_ms),
        flow.map(lambda period_flow: period_flow.times_ms),
    )
    breached = figures.compared(query, lambda period: _breached(data, period))
    return Figures(
        (
            figures.typical("Waiting time", query, _TIMELINE, waits),
            figures.typical("Cycle time", query, _TIMELINE, times),
            figures.share("Tasks that breached their SLO", query, _DECISIONS, breached),
        )
    )


def _breached(data: Data, period: Period) -> tuple[int, int]:
    """Of the tasks that routing decided in the period: those that were ever over their SLO."""
    tiers = data.store.periods.tiers("inference", period.start_ms, period.end_ms)
    breached = {task_id for task_id, tier in tiers if tier == "breach"}
    return len(breached), len({task_id for task_id, _tier in tiers})


def _waiting(data: Data, query: Query, now: Flow) -> Table:
    """Those that wait longest. What was deleted waits no more."""
    waiting = tasks.existing(data, now.waiting)
    waiting.sort(key=lambda journey: (journey.created_ms or 0, journey.task_id))
    tasks_by_id = tasks.read_tasks(data, (journey.task_id for journey in waiting[:_MOST]))
    rows = tuple(
        (
            tasks.link(journey.task_id, tasks_by_id),
            tasks.owners(tasks_by_id.get(journey.task_id)),
            journey.now.status,
            Duration(_waited_ms(query, journey)),
        )
        for journey in waiting[:_MOST]
    )
    return Table(
        "waiting",
        "Waiting at the end of the period",
        (Column("Task"), Column("Assignees"), Column("Status"), Column("Waiting for", _END)),
        rows,
        empty="Nothing was waiting.",
        total=len(waiting),
    )


def _waited_ms(query: Query, journey: Journey) -> int | None:
    return None if journey.created_ms is None else query.period.end_ms - journey.created_ms


SECTION = SectionType("Inference lane", build, order=20, reports=CALENDAR)
