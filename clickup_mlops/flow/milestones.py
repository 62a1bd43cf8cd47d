"""Milestones, and when their tasks will probably be finished; for pages and reports.

A milestone is a task of ClickUp's type Milestone. Its tasks are its subtasks, what it waits for and
what is linked to it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.flow import weeks
from clickup_mlops.flow.forecast import Forecast, compute_forecast
from clickup_mlops.store import Store
from clickup_mlops.store.queries.flow import Placed

PAST_DAYS: Final = 84
"""Days whose throughput counts: twelve weeks."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """A milestone and where its tasks are. `finished_ms`: when it was closed; None: it is open."""

    task: Task
    parts: Sequence[Placed]
    finished_ms: int | None = None

    @property
    def open_parts(self) -> list[Placed]:
        """Those that are not finished."""
        return [part for part in self.parts if part.is_open]


@dataclass(frozen=True, slots=True)
class Throughput:
    """How many tasks were finished on each day, by List, and how many open ones each List has.

    `days` is when each of these days begins, and last when today does (Unix ms), in the time zone.
    """

    daily: Mapping[str, Sequence[int]]
    open_tasks: Mapping[str, int]
    days: Sequence[int]
    zone: str

    @property
    def whole_weeks(self) -> int:
        """How many are known."""
        return max(0, len(self.days) - 1) // 7

    def forecast(self, milestone: Milestone) -> Forecast | None:
        """When the open tasks of a milestone will be finished, by the throughput of their Lists.
        None: nothing is left, or that is not enough data. The same on one day.
        """
        open_parts = milestone.open_parts
        lists = sorted({part.list_id for part in open_parts})
        open_count = sum(self.open_tasks.get(name, 0) for name in lists)
        counts = [self.daily[name] for name in lists if name in self.daily]
        daily = [sum(day) for day in zip(*counts, strict=True)]
        seed = f"{self.days[-1:]}"
        return compute_forecast(len(open_parts), open_count, daily, seed) if open_parts else None

    def date(self, days: int) -> str:
        """The date of the day on which work is finished that takes so many days: 1 is today."""
        return weeks.find_midnight(self.days[-1], self.zone, days=max(0, days - 1)).strftime(
            "%Y-%m-%d"
        )

    def chance(self, forecast: Forecast, due_ms: int) -> float:
        """How probable it is (0 to 1) that the work is finished on the day of this time."""
        return forecast.chance(weeks.count_days_between(self.days[-1], due_ms, self.zone) + 1)


def read_milestones(store: Store, workspace: str, limit: int) -> list[Milestone]:
    """The open ones that changed last, as last read; those that are due first at the top."""
    tasks = [Task.parse(raw) for raw in store.flows.open_milestones(workspace, limit)]
    related_ids = {task_id for task in tasks for task_id in (*task.depends_on, *task.links)}
    places = store.flows.places(sorted(related_ids), [task.id for task in tasks])
    return [Milestone(task, _select_parts(task, places)) for task in sorted(tasks, key=due_order)]


def due_order(task: Task) -> tuple[bool, int, str]:
    """Sorts milestones: those that are due first at the top."""
    return task.due_ms is None, task.due_ms or 0, task.id


def read_throughput(store: Store, workspace: str, now_ms: int, zone: str) -> Throughput:
    """The whole days before that of `now_ms` that the timeline knows, at most twelve weeks."""
    since = store.flows.known_since_ms(workspace)
    days = weeks.list_days_before(now_ms, PAST_DAYS, zone)
    bounds = [at_ms for at_ms in days[:-1] if since is not None and at_ms >= since] + days[-1:]
    by_list: dict[str, list[weeks.Counted]] = {}
    for finished in store.flows.finished_in_lists(workspace, bounds[0], bounds[-1], bounds):
        by_list.setdefault(finished.list_id, []).append((finished.at_ms, finished.count))
    daily = {name: weeks.count_per_bucket(counts, bounds) for name, counts in by_list.items()}
    return Throughput(daily, store.flows.open_in_lists(), bounds, zone)


def _select_parts(task: Task, places: Iterable[Placed]) -> list[Placed]:
    named = {*task.depends_on, *task.links}
    return [place for place in places if place.parent_id == task.id or place.task_id in named]
