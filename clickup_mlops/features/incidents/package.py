"""What incidents bring to the bot."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from clickup_mlops.bot.members import member
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.ports import EventConsumer, ReadView
from clickup_mlops.bot.registered import LaneKind, Timer
from clickup_mlops.bot.write.undo.episode import Episode
from clickup_mlops.clickup.governor import PriorityClass
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.features.incidents import questions, room_commands, updates
from clickup_mlops.features.incidents.consumer import IncidentConsumer
from clickup_mlops.features.incidents.ended import EndedIncidents
from clickup_mlops.features.incidents.model import IncidentView
from clickup_mlops.features.incidents.room_commands import RoomCommands
from clickup_mlops.features.incidents.service import IncidentService
from clickup_mlops.features.incidents.settings import IncidentSettings
from clickup_mlops.features.incidents.tables.incidents import HEARD_MS, Incidents
from clickup_mlops.features.incidents.updates import StatusUpdates
from clickup_mlops.features.incidents.view import read_latest
from clickup_mlops.features.incidents.witnesses import OpenIncidents
from clickup_mlops.routing.corroboration import Witnesses
from clickup_mlops.routing.own_words import Authors
from clickup_mlops.store import InboxRow

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages


class IncidentsPackage(Package):
    """Keeps incidents, has their status updates come in time, and shows them to conditions."""

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)
        self._context = packages.context

    @member
    def service(self) -> IncidentService:
        """Keeps incidents."""
        core = self.core
        rooms = None if core.is_simulated else self.room_commands
        return IncidentService(core.store, core.inbox_writer, core.workspace_id, core.now_ms, rooms)

    @member
    def status_updates(self) -> StatusUpdates:
        """Has status updates come in time."""
        core = self.core
        return StatusUpdates(core.store, core.inbox_writer, core.now_ms)

    @member
    def room_commands(self) -> RoomCommands:
        """Reads the rooms of open incidents."""
        core = self.core
        return RoomCommands(
            core.store,
            core.inbox_writer,
            lambda: core.client.with_priority_class(PriorityClass.INTERACTIVE).chat,
            workspace=lambda: core.workspace_id,
            names=lambda: self._context.directory,
            interval=core.settings.table(IncidentSettings).read_rooms,
            clock=core.now_ms,
        )

    def timers(self) -> Iterable[Timer]:
        """Rooms are read by the clock."""
        return self.room_commands.timers()

    def services(self) -> Mapping[type[object], Callable[[], object]]:
        """What the effect writes with."""
        return {IncidentService: lambda: self.service}

    def lane_kinds(self) -> Iterable[LaneKind]:
        """Status updates wait in lanes of their own, and rooms are read there."""
        yield LaneKind(updates.LANE, self.status_updates.release)
        yield LaneKind(questions.LANE, self._release_unanswered)
        yield LaneKind(room_commands.LANE, self._read_room, watched=False)

    def _release_unanswered(self, rows: Sequence[InboxRow]) -> None:
        self.service.release_unanswered(map(questions.find_incident, rows))

    def _read_room(self, rows: Sequence[InboxRow]) -> None:
        try:
            self.room_commands.handle(rows)
        except ClickUpMlopsError:
            # An end waits for its room, but not for a chat that fails for long.
            late_ms = self.core.now_ms() - HEARD_MS
            self.service.release(row for row in rows if row.received_ms <= late_ms)
            raise
        self.service.release(rows)

    def views(self) -> Mapping[type[object], ReadView]:
        """The incident that a task joined last, also as what `/undo` takes back together."""
        return {IncidentView: self._latest, Episode: self._episode_of}

    def authors(self) -> Iterable[Authors]:
        """Words about an incident that is over report nothing new."""
        yield EndedIncidents(self.core.store)

    def witnesses(self) -> Iterable[Witnesses]:
        """An open incident supports the report of another one."""
        yield OpenIncidents(self.core.store)

    def has_incident(self, task_id: str) -> bool:
        """Whether the task is part of an open incident."""
        return self.core.store.table(Incidents).open_of(task_id) is not None

    def event_consumers(self) -> Iterable[EventConsumer]:
        """A task that is gone leaves its incident; comments of an incident are kept."""
        yield IncidentConsumer(self.core.store, lambda: self.service)

    def _latest(self, task_id: str) -> IncidentView | None:
        core = self.core
        url = core.extensions.shared_url
        zone = core.settings.jobs.time_zone
        return read_latest(core.store, task_id, core.now_ms, core.settings.routing, url, zone=zone)

    def _episode_of(self, task_id: str) -> Episode | None:
        incidents = self.core.store.table(Incidents)
        current = incidents.open_of(task_id)
        incident = current or incidents.latest_of(task_id)
        if incident is None:
            return None
        others = tuple(
            task.task_id
            for task in incidents.tasks(incident.id)
            if task.left_ms is None and task.task_id != task_id
        )
        tags, is_open = self.core.settings.routing.incident.tags, current is not None
        return Episode("incident", incident.id, incident.opened_ms, is_open, others, tags)


PACKAGE: Final = IncidentsPackage
