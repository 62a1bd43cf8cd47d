"""What incidents learn from the pipeline, and tell it."""

from collections.abc import Callable, Iterable, Sequence

from clickup_mlops.bot.caused_event import CausedEvent
from clickup_mlops.bot.handle.alerts import FIRING, is_report, read_alerts
from clickup_mlops.bot.ports import EventConsumer
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.incidents.incident import IncidentTask
from clickup_mlops.features.incidents.service import IncidentService
from clickup_mlops.features.incidents.summary import REPORTED_MS, find_known_ms
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.store import Incoming, Store


class IncidentConsumer(EventConsumer):
    """A task that is gone leaves its incident. What people write during an incident is kept. An
    alert does not wait for an answer.
    """

    def __init__(self, store: Store, service: Callable[[], IncidentService]) -> None:
        self._store, self._timeline = store, store.timeline
        self._incidents, self._service = store.table(Incidents), service

    def read(
        self,
        rows: Sequence[Incoming],
        events: Sequence[CausedEvent],
        task: Task | None,
        evaluated: Iterable[CausedEvent] = (),
    ) -> None:
        """While an alert fires about its task, an incident opens without an answer."""
        if not any(map(is_report, events)):
            return
        task_id = rows[0].lane
        incident = self._incidents.open_of(task_id)
        if incident is not None and incident.original_id and self._fires(task_id):
            self._service().open_unanswered(incident.id)

    def _fires(self, task_id: str) -> bool:
        alerts = read_alerts(self._store, task_id).values()
        return any(alert["state"] == FIRING for alert in alerts)

    def forgotten(self, task_id: str) -> None:
        """It leaves its incident."""
        self._service().forget(task_id)

    def keeps_comments(self, task_id: str, at_ms: int) -> bool:
        """Whether the task was part of its latest incident then, whatever its workload."""
        incident = self._incidents.latest_of(task_id)
        if incident is None:
            return False
        # It is part of what it began from then on, also if it left and joined again.
        is_first = incident.task_id == task_id
        return any(
            (incident.opened_ms if is_first else member.joined_ms) <= at_ms
            and self._was_part(member, at_ms)
            for member in self._incidents.tasks(incident.id)
            if member.task_id == task_id
        )

    def _was_part(self, member: IncidentTask, at_ms: int) -> bool:
        """Whether the task was part of it for all that people knew then: the end of an alert may be
        reported later.
        """
        left_ms = member.left_ms
        if left_ms is None or at_ms <= left_ms:
            return True
        reports = self._timeline.of_task(member.task_id, left_ms, left_ms + REPORTED_MS)
        return at_ms <= find_known_ms(reports, left_ms)
