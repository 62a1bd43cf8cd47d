"""Milestones as they were when a period ended."""

from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.reports import work
from clickup_mlops.flow.milestones import Milestone, due_order
from clickup_mlops.flow.model import Journey
from clickup_mlops.ports.sections import tasks
from clickup_mlops.ports.sections.model import Data, Query
from clickup_mlops.store.queries.flow import Placed

_MOST_PARTS: Final = 500


class Milestones:
    """Reads them as they were when the query's period ended."""

    def __init__(self, data: Data, query: Query) -> None:
        self._data, self._period = data, query.period
        ended = work.until(data, query, query.period.end_ms)
        self._journeys = {journey.task_id: journey for journey in ended}

    def all(self) -> list[Milestone]:
        """Those that were open, or finished in the period; the first that is due first."""
        stored = self._data.store.flows.milestones(self._data.workspace)
        existing = [task for task in map(Task.parse, stored) if self._exists(task)]
        in_period = [task for task in existing if task.is_open or self._has_ended(task)]
        return [self.of(task) for task in sorted(in_period, key=due_order)]

    def _exists(self, task: Task) -> bool:
        return task.created_ms < self._period.end_ms

    def _has_ended(self, task: Task) -> bool:
        """In the period or later."""
        journey = self._journeys.get(task.id)
        return journey is not None and (journey.finished_ms or 0) >= self._period.start_ms

    def of(self, task: Task) -> Milestone:
        """One with the places of its tasks."""
        places = [
            Placed(part.id, task.id, part.list_id, self.is_open(part)) for part in self.parts(task)
        ]
        return Milestone(task, places, self._finished_ms(task))

    def parts(self, task: Task) -> list[Task]:
        """Its subtasks, what it waits for and what is linked to it, by id."""
        children = self._data.store.mirror.children(task.id, _MOST_PARTS)
        parts = {row.task_id: Task.parse(row.raw) for row in children}
        parts |= tasks.read_tasks(self._data, (*task.depends_on, *task.links))
        return [parts[task_id] for task_id in sorted(parts) if self._exists(parts[task_id])]

    def is_open(self, task: Task) -> bool:
        """Whether it was not finished."""
        return self._finished_ms(task) is None

    def _finished_ms(self, task: Task) -> int | None:
        """By the timeline; else by the task itself, if it was closed before the timeline's time."""
        journey: Journey | None = self._journeys.get(task.id)
        if journey is not None:
            return journey.finished_ms
        closed_ms = None if task.is_open else task.closed_ms or task.updated_ms
        return closed_ms if closed_ms is not None and closed_ms < self._period.end_ms else None
