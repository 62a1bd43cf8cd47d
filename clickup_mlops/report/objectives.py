"""The limits that service level objectives set to what fields of tasks show."""

from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.objectives import measure
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router
from clickup_mlops.store import Store
from clickup_mlops.store.tables.history import Series


class Limits:
    """Of tasks as last read, under `policy` and what templates say about their Spaces."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self._store = store
        self._router = Router(policy, None, store.space_policies)

    def of(self, series: Series) -> float | None:
        """The limit of a field, in its unit; None: it has no objective."""
        row = self._store.mirror.get(series.task_id) if series.task_id else None
        if row is None:
            return None
        task, name = Task.parse(row.raw), series.field.casefold()
        slos = self._router.policy_of(task).policy.slos
        found = (one.objective for one in slos if one.metric.casefold() == name)
        limits = (measure(objective, task.field(objective)) for objective in found)
        return next((limit for limit in limits if limit), None)
