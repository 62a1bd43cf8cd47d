"""Open milestones, and when their tasks will probably be finished."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clickup_mlops.clickup.model import Task
from clickup_mlops.flow import weeks
from clickup_mlops.flow.forecast import LEAST_DONE, LEAST_WEEKS, Forecast, forecast
from clickup_mlops.operations.dashboard.model import Data, Query, SectionType
from clickup_mlops.operations.dashboard.pages.flow._common import since_ms, task_link
from clickup_mlops.store.queries.flow import Placed
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
PAST_DAYS = 84
"""Days whose throughput counts: twelve weeks."""
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


@dataclass(frozen=True, slots=True)
class Milestone:
    """A milestone and where its tasks are."""

    task: Task
    parts: Sequence[Placed]

    @property
    def open_parts(self) -> list[Placed]:
        """Those that are not finished."""
        return [one for one in self.parts if one.is_open]


@dataclass(frozen=True, slots=True)
class Past:
    """Finished tasks per day, by List, until today; and how many open ones each List has."""

    daily: Mapping[str, Sequence[int]]
    open_tasks: Mapping[str, int]
    days: Sequence[int]

    def of(self, one: Milestone, seed: str) -> Forecast | None:
        """When the rest of the milestone will be done."""
        lists = {part.list_id for part in one.open_parts}
        daily = [self.daily[name] for name in lists if name in self.daily]
        among = sum(self.open_tasks.get(name, 0) for name in lists)
        counts = [sum(day) for day in zip(*daily, strict=True)]
        return forecast(len(one.open_parts), among, counts, seed)


def _build(data: Data, query: Query) -> Section | None:
    found = milestones(data)
    if not found:
        return Section("milestones", "Milestones", (Note(_EMPTY),))
    known = past(data, query)
    rows = tuple(_row(one, known, query.zone) for one in found)
    table = Table("milestones", "Open milestones", _COLUMNS, rows)
    return Section("milestones", "Milestones", (table, *_notes(known)), _SOURCE)


def milestones(data: Data) -> list[Milestone]:
    """The open ones, those that are due first at the top."""
    found = [Task.parse(raw) for raw in data.store.flows.open_milestones(data.workspace, MOST)]
    wanted = {one for task in found for one in (*task.depends_on, *task.links)}
    places = data.store.flows.places(sorted(wanted), [task.id for task in found])
    ordered = sorted(found, key=lambda task: (task.due_ms is None, task.due_ms or 0, task.id))
    return [Milestone(task, _parts(task, places)) for task in ordered]


def _parts(task: Task, places: Iterable[Placed]) -> list[Placed]:
    named = {*task.depends_on, *task.links}
    return [one for one in places if one.parent_id == task.id or one.task_id in named]


def past(data: Data, query: Query) -> Past:
    """The whole days of the past that the timeline knows, at most twelve weeks."""
    days = weeks.days_before(query.now_ms, PAST_DAYS, query.zone)
    since = since_ms(data)
    days = [at_ms for at_ms in days if since is not None and at_ms >= since]
    counts = data.store.flows.finished(data.workspace, days[0], days[-1]) if days else []
    by_list: dict[str, list[weeks.Counted]] = {}
    for one in counts:
        by_list.setdefault(one.list_id, []).append((one.at_ms, one.count))
    daily = {name: weeks.per_bucket(found, days) for name, found in by_list.items()}
    return Past(daily, data.store.flows.open_in_lists(), days)


def _row(one: Milestone, known: Past, zone: str) -> tuple[Cell, ...]:
    left, task = len(one.open_parts), one.task
    today = known.days[-1] if known.days else 0
    found = known.of(one, str(today)) if left else None
    done = f"{len(one.parts) - left} of {len(one.parts)}" if one.parts else _NONE
    ends = tuple(_end(found, share, today, zone) for share in SHARES)
    due = Moment(task.due_ms) if task.due_ms else None
    chance = _chance(one, found, today, zone)
    return (task_link(task.id, {task.id: task}), done, due, *ends, chance)


def _end(found: Forecast | None, share: float, today_ms: int, zone: str) -> Cell:
    if found is None:
        return None
    days = found.within(share)
    if days is None:
        return _LATER
    return weeks.midnight(today_ms, zone, days=days - 1).strftime("%Y-%m-%d")


def _chance(one: Milestone, found: Forecast | None, today_ms: int, zone: str) -> Cell:
    """How probable it is that the milestone is in time."""
    due_ms = one.task.due_ms
    if not one.parts:
        return Badge(_NONE, "warning")
    if not one.open_parts:
        return Badge("tasks finished", "good")
    if found is None:
        return NOT_ENOUGH
    if due_ms is None:
        return None
    # Work that is finished on the day when it is due is in time.
    chance = found.chance(weeks.days_between(today_ms, due_ms, zone) + 1)
    tone: Tone = "good" if chance >= _ON_TIME else "warning" if chance >= _AT_RISK else "bad"
    return Number(100 * chance, "%", tone=tone)


def _notes(known: Past) -> tuple[Note, ...]:
    whole = max(0, len(known.days) - 1) // 7
    if whole >= LEAST_WEEKS:
        return ()
    return (
        Note(
            f"Forecasts need {LEAST_WEEKS} whole weeks of the timeline with {LEAST_DONE} finished "
            f"tasks in the Lists of a milestone; so far {whole} are known."
        ),
    )


_COLUMNS = (
    Column("Milestone"),
    Column("Finished"),
    Column("Due"),
    Column("Done by, 50 %"),
    Column("85 %"),
    Column("95 %"),
    Column("In time", "end"),
)

SECTION = SectionType("Milestones", _build, 20)
