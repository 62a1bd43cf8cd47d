"""Milestones and when they will probably be finished."""

from typing import Final

from clickup_mlops.features.reports.milestones import Milestones
from clickup_mlops.flow.milestones import Milestone, read_throughput
from clickup_mlops.ports.sections import figures, tasks
from clickup_mlops.ports.sections.milestones import METHOD, milestone_table
from clickup_mlops.ports.sections.model import CALENDAR, Data, Query, SectionType
from clickup_mlops.views.model import Note, Section

MOST: Final = 25
_TITLE: Final = "Open, or finished in the period"


def build(data: Data, query: Query) -> Section | None:
    """The section; None if there is no milestone."""
    milestones = _milestones(data, query)
    if not milestones:
        return None
    period = query.period
    throughput = read_throughput(data.store, data.workspace, period.end_ms, period.zone)
    table = milestone_table(_TITLE, milestones[:MOST], throughput, total=len(milestones))
    source = figures.source(query, "tasks", "timeline")
    return Section("milestones", SECTION.title, (table, Note(METHOD)), source)


def _milestones(data: Data, query: Query) -> list[Milestone]:
    reading = Milestones(data, query)
    if not query.target:
        return reading.all()
    return [reading.of(task) for task in tasks.read_tasks(data, [query.target]).values()]


SECTION = SectionType("Milestones", build, order=10, reports=(*CALENDAR, "milestone"))
