"""Milestones in a table: how much of each is finished, and when the rest will probably be. Pure."""

from collections.abc import Sequence
from typing import Final

from clickup_mlops.flow import weeks
from clickup_mlops.flow.forecast import LEAST_FINISHED, LEAST_WEEKS, Forecast
from clickup_mlops.flow.milestones import PAST_DAYS, Milestone, Throughput
from clickup_mlops.ports.sections.cells import task_link
from clickup_mlops.views.model import NOT_ENOUGH, Badge, Cell, Column, Moment, Number, Table, Tone

SHARES: Final = (0.5, 0.85, 0.95)
METHOD: Final = (
    f"Forecast: Monte Carlo, 1,000 trials over whole weeks of the last {PAST_DAYS} days, of how "
    "many tasks of the same Lists were finished each day. A milestone's tasks are its subtasks, "
    "what it waits for and what is linked to it; the open tasks of a List are taken in any order. "
    "It needs "
    f"{LEAST_WEEKS} weeks with {LEAST_FINISHED} finished tasks."
)
_COLUMNS: Final = (
    Column("Milestone"),
    Column("Finished", "end"),
    Column("Due"),
    *(Column(f"Done by, {share:.0%}") for share in SHARES),
    Column("In time", "end"),
)
_LATER: Final = "over a year"
_NO_TASKS: Final = "no tasks"
_ON_TIME, _AT_RISK = 0.85, 0.5


def milestone_table(
    title: str, milestones: Sequence[Milestone], past: Throughput, total: int | None = None
) -> Table:
    """`past` ends when the milestones are looked at: today, or when a report's period ended."""
    rows = tuple(_row(milestone, past) for milestone in milestones)
    return Table("milestones", title, _COLUMNS, rows, total=total)


def _row(milestone: Milestone, past: Throughput) -> tuple[Cell, ...]:
    task, parts = milestone.task, milestone.parts
    forecast = past.forecast(milestone) if milestone.finished_ms is None else None
    finished = len(parts) - len(milestone.open_parts)
    return (
        task_link(task.id, task),
        f"{finished} of {len(parts)}" if parts else _NO_TASKS,
        Moment(task.due_ms) if task.due_ms else None,
        *(_end(forecast, share, past) for share in SHARES),
        _chance(milestone, forecast, past),
    )


def _end(forecast: Forecast | None, share: float, past: Throughput) -> Cell:
    if forecast is None:
        return None
    days = forecast.within(share)
    return _LATER if days is None else past.date(days)


def _chance(milestone: Milestone, forecast: Forecast | None, past: Throughput) -> Cell:
    """How probable it is that it is finished in time; how it ended, if it has."""
    due_ms, finished_ms = milestone.task.due_ms, milestone.finished_ms
    if finished_ms is not None:
        # Work that is finished on the day when it is due is in time: ClickUp has 04:00 for a day.
        is_late = (
            due_ms is not None and weeks.count_days_between(due_ms, finished_ms, past.zone) > 0
        )
        return Badge("finished late", "warning") if is_late else Badge("finished", "good")
    if not milestone.parts:
        return Badge(_NO_TASKS, "warning")
    if not milestone.open_parts:
        return Badge("tasks finished", "good")
    if forecast is None:
        return NOT_ENOUGH
    if due_ms is None:
        return None
    chance = past.chance(forecast, due_ms)
    tone: Tone = "good" if chance >= _ON_TIME else "warning" if chance >= _AT_RISK else "bad"
    return Number(100 * chance, "%", tone=tone)
