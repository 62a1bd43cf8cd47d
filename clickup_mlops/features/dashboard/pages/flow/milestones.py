"""Open milestones, and when their tasks will probably be finished."""

from typing import Final

from clickup_mlops.flow.forecast import LEAST_FINISHED, LEAST_WEEKS
from clickup_mlops.flow.milestones import Throughput, read_milestones, read_throughput
from clickup_mlops.ports.sections.milestones import METHOD, milestone_table
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views.model import Note, Section

MOST: Final = 25
"""Milestones that are shown."""
_EMPTY: Final = (
    "No open milestones. Give a task the type Milestone in ClickUp, and add its tasks as subtasks "
    "or dependencies."
)


def _build(data: Data, query: Query) -> Section:
    open_milestones = read_milestones(data.store, data.workspace, MOST)
    if not open_milestones:
        return Section("milestones", "Milestones", (Note(_EMPTY),))
    throughput = read_throughput(data.store, data.workspace, query.now_ms, query.zone)
    table = milestone_table("Open milestones", open_milestones, throughput)
    return Section("milestones", "Milestones", (table, *_notes(throughput)), METHOD)


def _notes(throughput: Throughput) -> tuple[Note, ...]:
    if throughput.whole_weeks >= LEAST_WEEKS:
        return ()
    return (
        Note(
            f"Forecasts need {LEAST_WEEKS} whole weeks of the timeline with {LEAST_FINISHED} "
            f"finished "
            f"tasks in the Lists of a milestone; so far {throughput.whole_weeks} are known."
        ),
    )


SECTION = SectionType("Milestones", _build, 20)
