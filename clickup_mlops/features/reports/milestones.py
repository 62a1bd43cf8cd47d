"""Milestones, and when their tasks will probably be finished, as it was known when a period ended.

A milestone's tasks are its subtasks, what it waits for and what is linked to it. The forecast is a
Monte Carlo over how many tasks of the same Lists were finished each day.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.reports import coverage, work
from clickup_mlops.flow import weeks
from clickup_mlops.flow.forecast import Forecast, forecast
from clickup_mlops.flow.model import Journey
from clickup_mlops.ports.sections import tasks
from clickup_mlops.ports.sections.report import Data

PAST_DAYS: Final = 84
"""Days whose throughput counts: twelve weeks."""
_MOST_PARTS: Final = 500


@dataclass(frozen=True, slots=True)
class Milestone:
    """A milestone with its tasks. `finished_ms`: when it was closed itself; None: it was open."""

    task: Task
    parts: Sequence[Task]
    open_parts: Sequence[Task]
    finished_ms: int | None
    forecast: Forecast | None
    """None: nothing is left, or there is not enough data."""


class Milestones:
    """Reads them as they were when the period ended."""

    def __init__(self, data: Data) -> None:
        self._data, self._end_ms = data, data.period.end_ms
        self._journeys = {one.task_id: one for one in work.until(data, self._end_ms)}
        self._ends = self._ends_by_list()
        self._days = self._known_days()
        self._open = data.store.flows.open_in_lists()

    def all(self) -> list[Milestone]:
        """Those that were open, or finished in the period; the first that is due first."""
        known = self._data.store.flows.milestones(self._data.workspace)
        found = [one for one in map(Task.parse, known) if one.is_open or self._has_ended(one)]
        shown = [one for one in found if one.created_ms < self._end_ms]
        ordered = sorted(shown, key=lambda one: (one.due_ms is None, one.due_ms or 0, one.id))
        return [self.of(one) for one in ordered]

    def _has_ended(self, task: Task) -> bool:
        """In the period or later."""
        found = self._journeys.get(task.id)
        return found is not None and (found.finished_ms or 0) >= self._data.period.start_ms

    def of(self, task: Task) -> Milestone:
        """One with its tasks."""
        parts = self._parts(task)
        left = [one for one in parts if self._finished_ms(one) is None]
        return Milestone(task, parts, left, self._finished_ms(task), self._forecast(left))

    def _parts(self, task: Task) -> list[Task]:
        children = self._data.store.mirror.children(task.id, _MOST_PARTS)
        found = {row.task_id: Task.parse(row.raw) for row in children}
        found |= tasks.known(self._data, (*task.depends_on, *task.links))
        return [found[one] for one in sorted(found) if found[one].created_ms < self._end_ms]

    def _finished_ms(self, task: Task) -> int | None:
        """By the timeline; else by the task itself, if it was closed before the timeline's time."""
        journey: Journey | None = self._journeys.get(task.id)
        if journey is not None:
            return journey.finished_ms
        closed_ms = None if task.is_open else task.closed_ms or task.updated_ms
        return closed_ms if closed_ms is not None and closed_ms < self._end_ms else None

    def _forecast(self, left: Sequence[Task]) -> Forecast | None:
        lists = {one.list_id for one in left}
        among = sum(self._open.get(name, 0) for name in lists)
        ends = [one for name in sorted(lists) for one in self._ends.get(name, ())]
        days = weeks.per_bucket(ends, self._days)
        return forecast(len(left), among, days, str(self._end_ms)) if left else None

    def _ends_by_list(self) -> dict[str, list[weeks.Counted]]:
        """When tasks of each List were finished."""
        lists = {one.task_id: one.list_id for one in work.steps(self._data) if one.list_id}
        found: dict[str, list[weeks.Counted]] = defaultdict(list)
        for one in self._journeys.values():
            if one.finished_ms is not None and one.task_id in lists:
                found[lists[one.task_id]].append((one.finished_ms, 1))
        return found

    def _known_days(self) -> list[int]:
        """The whole days of the past that the timeline knows."""
        since = coverage.since_ms(self._data.store) or 0
        days = weeks.days_before(self._end_ms, PAST_DAYS, self._data.period.zone)
        return [at_ms for at_ms in days if at_ms >= since]
