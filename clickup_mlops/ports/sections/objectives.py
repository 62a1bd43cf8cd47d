"""The limits that service level objectives set to what fields of tasks show."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from clickup_mlops.clickup.model import Task
from clickup_mlops.ports.sections.model import Data
from clickup_mlops.routing.objectives import parse_measure
from clickup_mlops.routing.router import Router
from clickup_mlops.store.tables.history import Series


@dataclass(frozen=True, slots=True)
class Objective:
    """A limit, in the unit of what is measured, and the side of it on which a value is a breach."""

    limit: float
    worse: Literal["above", "below"] = "above"

    def is_breached(self, value: float) -> bool:
        """Whether the value is on that side."""
        return value > self.limit if self.worse == "above" else value < self.limit


class Objectives:
    """Of tasks as last read, under the policy and what templates say about their Spaces."""

    def __init__(self, data: Data) -> None:
        self._store = data.store
        self._router = Router(data.policy, None, data.store.space_policies)
        self._by_task: dict[str, Mapping[str, Objective]] = {}

    def of(self, series: Series) -> Objective | None:
        """That of a field; None: it has none. A task is read once for all its fields."""
        if not series.task_id:
            return None
        if series.task_id not in self._by_task:
            self._by_task[series.task_id] = dict(self._of_task(series.task_id))
        return self._by_task[series.task_id].get(series.field.casefold())

    def _of_task(self, task_id: str) -> Iterator[tuple[str, Objective]]:
        """By the field's name in small letters; of several for one field the first."""
        row = self._store.mirror.get(task_id)
        if row is None:
            return
        task = Task.parse(row.raw)
        for slo in reversed(self._router.policy_of(task).policy.slos):
            if limit := parse_measure(slo.objective, task.field(slo.objective)):
                yield slo.metric.casefold(), Objective(limit, slo.worse)
