"""Open milestones, and when their tasks will probably be finished."""

from clickup_mlops.features.dashboard.pages.flow._common import task_link
from clickup_mlops.flow.forecast import LEAST_DONE, LEAST_WEEKS, Forecast
from clickup_mlops.flow.milestones import Milestone, Past, milestones, past
from clickup_mlops.ports.sections.page import Data, Query, SectionType
from clickup_mlops.views.model import (
    NOT_ENOUGH,
    Badge,
    Cell,
    Column,
    Moment,
    Note,
    Number,
    Section,
    Table,
    Tone,
)

MOST = 25
"""Milestones that are shown."""
SHARES = (0.5, 0.85, 0.95)
_SOURCE = (
    "Monte Carlo, 1,000 trials over whole weeks of the last 12: how many tasks of the same Lists "
    "were finished each day. A milestone's tasks are its subtasks, what it waits for and what is "
    "linked to it; the open tasks of a List are taken in any order."
)
_EMPTY = (
    "No open milestones. Give a task the type Milestone in ClickUp, and add its tasks as subtasks "
    "or dependencies."
)
_LATER = "over a year"
_NONE = "no tasks"
_ON_TIME, _AT_RISK = 0.85, 0.5


def _build(data: Data, query: Query) -> Section | None:
    found = milestones(data.store, data.workspace, MOST)
    if not found:
        return Section("milestones", "Milestones", (Note(_EMPTY),))
    known = past(data.store, data.workspace, query.now_ms, query.zone)
    rows = tuple(_row(one, known) for one in found)
    table = Table("milestones", "Open milestones", _COLUMNS, rows)
    return Section("milestones", "Milestones", (table, *_notes(known)), _SOURCE)


def _row(one: Milestone, known: Past) -> tuple[Cell, ...]:
    left, task = len(one.open_parts), one.task
    found = known.forecast(one) if left else None
    done = f"{len(one.parts) - left} of {len(one.parts)}" if one.parts else _NONE
    due = Moment(task.due_ms) if task.due_ms else None
    ends = tuple(_end(found, share, known) for share in SHARES)
    return (task_link(task.id, {task.id: task}), done, due, *ends, _chance(one, found, known))


def _end(found: Forecast | None, share: float, known: Past) -> Cell:
    if found is None:
        return None
    days = found.within(share)
    return _LATER if days is None else known.date(days)


def _chance(one: Milestone, found: Forecast | None, known: Past) -> Cell:
    """How probable it is that the milestone is in time."""
    if not one.parts:
        return Badge(_NONE, "warning")
    if not one.open_parts:
        return Badge("tasks finished", "good")
    if found is None:
        return NOT_ENOUGH
    if one.task.due_ms is None:
        return None
    chance = known.chance(found, one.task.due_ms)
    tone: Tone = "good" if chance >= _ON_TIME else "warning" if chance >= _AT_RISK else "bad"
    return Number(100 * chance, "%", tone=tone)


def _notes(known: Past) -> tuple[Note, ...]:
    if known.whole_weeks >= LEAST_WEEKS:
        return ()
    return (
        Note(
            f"Forecasts need {LEAST_WEEKS} whole weeks of the timeline with {LEAST_DONE} finished "
            f"tasks in the Lists of a milestone; so far {known.whole_weeks} are known."
        ),
    )


_COLUMNS = (
    Column("Milestone"),
    Column("Finished"),
    Column("Due"),
    Column("Done by, 50%"),
    Column("85%"),
    Column("95%"),
    Column("In time", "end"),
)

SECTION = SectionType("Milestones", _build, 20)
