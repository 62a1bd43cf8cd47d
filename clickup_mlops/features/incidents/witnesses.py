"""An incident that began a short while ago supports the report of another one."""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.routing.corroboration import OTHER_INCIDENT, Corroboration
from clickup_mlops.store import Store

_RECENT_MS: Final = 2 * 3_600_000
_MOST: Final = 20


class OpenIncidents:
    """`routing.corroboration.Witnesses` that know which incidents are open."""

    def __init__(self, store: Store) -> None:
        self._incidents, self._mirror = store.table(Incidents), store.mirror

    def of(self, task: Task, now_ms: int) -> Iterator[Corroboration]:
        """The newest incident of another task of the same List; subtasks are steps of work, and
        report none. Raises StoreUnavailable.
        """
        if task.parent_id is not None:
            return
        recent = [
            incident
            for incident in self._incidents.open(task.team_id or "", _MOST)
            if incident.task_id != task.id and now_ms - incident.opened_ms <= _RECENT_MS
            if self._is_in_list(incident.task_id, task.list_id)
        ]
        if recent:
            newest = max(recent, key=lambda incident: incident.opened_ms)
            yield Corroboration(f'the incident "{newest.title}" is open', OTHER_INCIDENT)

    def _is_in_list(self, task_id: str, list_id: str) -> bool:
        row = self._mirror.get(task_id)
        return row is not None and Task.parse(row.raw).list_id == list_id
