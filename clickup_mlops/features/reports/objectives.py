"""The limits that service level objectives set to what fields of tasks show."""

from collections.abc import Iterator, Mapping

from clickup_mlops.clickup.model import Task
from clickup_mlops.ports.sections.report import Objective
from clickup_mlops.routing.objectives import measure
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router
from clickup_mlops.store import Store
from clickup_mlops.store.tables.history import Series


class Objectives:
    """Of tasks as last read, under `policy` and what templates say about their Spaces."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self._store = store
        self._router = Router(policy, None, store.space_policies)
        self._known: dict[str, Mapping[str, Objective]] = {}

    def of(self, series: Series) -> Objective | None:
        """That of a field; None: it has none. A task is read once for all its fields."""
        if not series.task_id:
            return None
        if series.task_id not in self._known:
            self._known[series.task_id] = dict(self._of_task(series.task_id))
        return self._known[series.task_id].get(series.field.casefold())

    def _of_task(self, task_id: str) -> Iterator[tuple[str, Objective]]:
        """By the field's name in small letters; of several for one field the first."""
        row = self._store.mirror.get(task_id)
        if row is None:
            return
        task = Task.parse(row.raw)
        for one in reversed(self._router.policy_of(task).policy.slos):
            if limit := measure(one.objective, task.field(one.objective)):
                yield one.metric.casefold(), Objective(limit, one.worse)
