"""What `/incident` does."""

from dataclasses import dataclass

from clickup_mlops.automations import incident_label
from clickup_mlops.bot.handle.commands import CommandOperation, CommandRun
from clickup_mlops.features.incidents.moves import BY, IncidentMoves
from clickup_mlops.features.incidents.tables.incidents import Incidents


@dataclass(frozen=True, slots=True)
class SetIncident(CommandOperation):
    """The task is a live incident, or none: written to the task, and kept for `routing learn`."""

    live: bool
    because: str = ""

    def execute(self, run: CommandRun) -> str:
        """Label the task."""
        changes = [*incident_label.changes(run.task, self.live, run.services.policy)]
        run.note_said("incident", self.live, self.because)
        run.choose("incident", self.live)
        for change in changes:
            run.write(change, BY)
        return ""


@dataclass(frozen=True, slots=True)
class JoinIncident(CommandOperation):
    """The task's incident, or the task if it has none, becomes a part of another task's incident.
    `task`: that task's id, address or custom id.
    """

    task: str

    def execute(self, run: CommandRun) -> str:
        """Label a task that was no incident, too."""
        moves = _moves(run)
        target = moves.target(self.task)
        if isinstance(target, str):
            return target
        if run.services.store.table(Incidents).open_of(run.task.id) is None:
            SetIncident(True).execute(run)
        return moves.join(run.task, target, run.request, run.cause)


@dataclass(frozen=True, slots=True)
class SplitIncident(CommandOperation):
    """The task leaves its incident for one of its own."""

    def execute(self, run: CommandRun) -> str:
        """Move it."""
        return _moves(run).split(run.task, run.request)


def _moves(run: CommandRun) -> IncidentMoves:
    return IncidentMoves(run.services.store, run.services.context.clickup, run.write)
