"""Milestones and when they will probably be finished."""

from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.reports.milestones import PAST_DAYS, Milestone, Milestones
from clickup_mlops.flow import weeks
from clickup_mlops.flow.forecast import LEAST_DONE, LEAST_WEEKS
from clickup_mlops.ports.sections import figures, tasks
from clickup_mlops.ports.sections.report import Data, SectionType
from clickup_mlops.views.model import (
    NOT_ENOUGH,
    Align,
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

MOST: Final = 25
SHARES: Final = (0.5, 0.85, 0.95)
_END: Final[Align] = "end"
_LATER: Final = "over a year"
_ON_TIME, _AT_RISK = 0.85, 0.5
_COLUMNS: Final = (
    Column("Milestone"),
    Column("Finished", _END),
    Column("Due"),
    *(Column(f"Done by, {share:.0%}") for share in SHARES),
    Column("In time", _END),
)
_METHOD: Final = Note(
    f"Forecast: Monte Carlo, 1,000 trials over whole weeks of the {PAST_DAYS} days before the end "
    "of the period, of how many tasks of the same Lists were finished each day. It needs "
    f"{LEAST_WEEKS} weeks with {LEAST_DONE} finished tasks."
)


def build(data: Data) -> Section | None:
    """The section; None if there is no milestone."""
    reading = Milestones(data)
    found = _chosen(data, reading)
    if not found:
        return None
    rows = tuple(_row(data, one) for one in found[:MOST])
    title = "Open, or finished in the period"
    table = Table("milestones", title, _COLUMNS, rows, total=len(found))
    source = figures.source(data, "tasks", "timeline")
    return Section("milestones", SECTION.title, (table, _METHOD), source)


def _chosen(data: Data, reading: Milestones) -> list[Milestone]:
    if not data.subject:
        return reading.all()
    return [reading.of(one) for one in tasks.known(data, [data.subject]).values()]


def _row(data: Data, one: Milestone) -> tuple[Cell, ...]:
    done = (
        f"{len(one.parts) - len(one.open_parts)} of {len(one.parts)}" if one.parts else "no tasks"
    )
    ends = tuple(_end(data, one, share) for share in SHARES)
    due = Moment(one.task.due_ms) if one.task.due_ms else None
    return (_link(one.task), done, due, *ends, _chance(data, one))


def _link(task: Task) -> Cell:
    return tasks.link(task.id, {task.id: task})


def _end(data: Data, one: Milestone, share: float) -> Cell:
    if one.forecast is None or one.finished_ms is not None:
        return None
    days = one.forecast.within(share)
    if days is None:
        return _LATER
    at = weeks.midnight(data.period.end_ms, data.period.zone, days=days - 1)
    return f"{at:%Y-%m-%d}"


def _chance(data: Data, one: Milestone) -> Cell:
    """How probable it is that it is finished in time; how it ended, if it has."""
    due_ms, zone = one.task.due_ms, data.period.zone
    # Work that is finished on the day when it is due is in time: ClickUp has 04:00 for a day.
    if one.finished_ms is not None:
        is_late = due_ms is not None and weeks.days_between(due_ms, one.finished_ms, zone) > 0
        return Badge("finished late", "warning") if is_late else Badge("finished", "good")
    if not one.parts:
        return Badge("no tasks", "warning")
    if not one.open_parts:
        return Badge("tasks finished", "good")
    if one.forecast is None:
        return NOT_ENOUGH
    if due_ms is None:
        return None
    days = weeks.days_between(data.period.end_ms, due_ms, zone) + 1
    chance = one.forecast.chance(days)
    tone: Tone = "good" if chance >= _ON_TIME else "warning" if chance >= _AT_RISK else "bad"
    return Number(100 * chance, "%", tone=tone)


SECTION = SectionType("Milestones", build, order=10, of=("daily", "weekly", "monthly", "milestone"))
