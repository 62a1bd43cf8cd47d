"""What incidents learn from the pipeline, and tell it."""

from collections.abc import Callable

from clickup_mlops.bot.ports import EventConsumer
from clickup_mlops.features.incidents.service import IncidentService
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.store import Store


class IncidentConsumer(EventConsumer):
    """A task that is gone leaves its incident. What people write during an incident is kept."""

    def __init__(self, store: Store, service: Callable[[], IncidentService]) -> None:
        self._incidents, self._service = store.table(Incidents), service

    def forgotten(self, task_id: str) -> None:
        """It leaves its incident."""
        if (incident := self._incidents.open_of(task_id)) is not None:
            self._service().leave(task_id, {"incident": incident.id, "gone": True})

    def keeps_comments(self, task_id: str, at_ms: int) -> bool:
        """Whether the task was part of its latest incident then, whatever its workload."""
        incident = self._incidents.latest_of(task_id)
        members = self._incidents.tasks(incident.id) if incident else ()
        return any(
            member.joined_ms <= at_ms <= (at_ms if member.left_ms is None else member.left_ms)
            for member in members
            if member.task_id == task_id
        )
