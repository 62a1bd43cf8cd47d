"""What incidents bring to the bot."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final

from clickup_mlops.bot.members import member
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.ports import EventConsumer, ReadView
from clickup_mlops.bot.registered import LaneKind
from clickup_mlops.bot.write.undo.episode import Episode
from clickup_mlops.features.incidents import updates
from clickup_mlops.features.incidents.consumer import IncidentConsumer
from clickup_mlops.features.incidents.ended import EndedIncidents
from clickup_mlops.features.incidents.model import IncidentView
from clickup_mlops.features.incidents.service import IncidentService
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.features.incidents.updates import StatusUpdates
from clickup_mlops.features.incidents.view import read_latest
from clickup_mlops.routing.own_words import Authors

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages


class IncidentsPackage(Package):
    """Keeps incidents, has their status updates come in time, and shows them to conditions."""

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)

    @member
    def service(self) -> IncidentService:
        """Keeps incidents."""
        core = self.core
        return IncidentService(core.store, core.inbox_writer, core.workspace_id, core.now_ms)

    @member
    def status_updates(self) -> StatusUpdates:
        """Has status updates come in time."""
        core = self.core
        return StatusUpdates(core.store, core.inbox_writer, core.now_ms)

    def services(self) -> Mapping[type[object], Callable[[], object]]:
        """What the effect writes with."""
        return {IncidentService: lambda: self.service}

    def lane_kinds(self) -> Iterable[LaneKind]:
        """Status updates wait in lanes of their own."""
        yield LaneKind(updates.LANE, self.status_updates.release)

    def views(self) -> Mapping[type[object], ReadView]:
        """The incident that a task joined last, also as what `/undo` takes back together."""
        return {IncidentView: self._latest, Episode: self._episode_of}

    def authors(self) -> Iterable[Authors]:
        """Words about an incident that is over report nothing new."""
        yield EndedIncidents(self.core.store)

    def has_incident(self, task_id: str) -> bool:
        """Whether the task is part of an open incident."""
        return self.core.store.table(Incidents).open_of(task_id) is not None

    def event_consumers(self) -> Iterable[EventConsumer]:
        """A task that is gone leaves its incident; comments of an incident are kept."""
        yield IncidentConsumer(self.core.store, lambda: self.service)

    def _latest(self, task_id: str) -> IncidentView | None:
        core = self.core
        url = core.extensions.shared_url()
        return read_latest(core.store, task_id, core.now_ms, core.settings.routing, url)

    def _episode_of(self, task_id: str) -> Episode | None:
        incidents = self.core.store.table(Incidents)
        incident = incidents.open_of(task_id) or incidents.latest_of(task_id)
        if incident is None:
            return None
        return Episode("incident", incident.id, incident.opened_ms, incident.is_open)


PACKAGE: Final = IncidentsPackage
