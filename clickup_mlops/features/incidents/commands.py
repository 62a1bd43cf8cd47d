"""What `/incident` and `/lead` do."""

from dataclasses import dataclass

from clickup_mlops.automations import incident_label
from clickup_mlops.automations.model import Change, Unanswered
from clickup_mlops.bot.handle.commands import CommandOperation, CommandRun
from clickup_mlops.commands.phrases import plain
from clickup_mlops.features.incidents.course import (
    Kind,
    Report,
    as_json,
    format_report,
    get_report,
)
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


@dataclass(frozen=True, slots=True)
class ReportIncident(CommandOperation):
    """A person says how severe the task's incident is, how far people are, or what they do.

    `kind`, `value`: see `course.Report`.
    """

    kind: Kind
    value: str
    text: str = ""

    def execute(self, run: CommandRun) -> str:
        """Write it to the incident; it replaces what was said before."""
        request = run.request
        return _report(run, self.kind, Report(self.value, request.user, request.at_ms, self.text))


@dataclass(frozen=True, slots=True)
class LeadIncident(CommandOperation):
    """Somebody leads the task's incident. `name`: a member, `on_call`; `me`: whoever says so."""

    name: str

    def execute(self, run: CommandRun) -> str:
        """Write it to the incident."""
        request, name = run.request, self.name.lstrip("@")
        try:
            people = () if name == "me" else run.services.names.people(name)
        except Unanswered as problem:
            return f"Not done: {problem}."
        lead = people[0] if people else None
        username, user_id = (lead.username, lead.id) if lead else (request.user, request.user_id)
        report = Report(username, request.user, request.at_ms, user_id=user_id)
        return _report(run, "lead", report)


def _report(run: CommandRun, kind: Kind, report: Report) -> str:
    incident = run.services.store.table(Incidents).open_of(run.task.id)
    if incident is None:
        return "This task is part of no open incident: write `/incident yes` first."
    before = get_report(incident, kind)
    if before == report:
        return f"{plain(format_report(kind, report))}."  # a first try has written it
    if before is not None and before.at_ms > report.at_ms:
        return f"Left as it is: {before.by} has said since: {plain(format_report(kind, before))}."
    about = {"incident": incident.id, "report": kind, "title": incident.title}
    replaced = {**about, "entry": None if before is None else as_json(before)}
    desired = {**about, "entry": as_json(report)}
    text = f"incident: {format_report(kind, report):.80}"
    run.write(Change("incident", replaced, desired, text, {"title": incident.title}), BY)
    return f"{plain(format_report(kind, report))}."


def _moves(run: CommandRun) -> IncidentMoves:
    return IncidentMoves(run.services.store, run.services.context.clickup, run.write)
