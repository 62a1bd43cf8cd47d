"""What `/incident` and `/lead` do."""

from dataclasses import dataclass
from typing import Any

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
from clickup_mlops.features.incidents.incident import Incident
from clickup_mlops.features.incidents.moves import BY, IncidentMoves
from clickup_mlops.features.incidents.tables.incidents import HEARD_MS, Incidents


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
        incident = run.services.store.table(Incidents).open_of(run.task.id)
        if self.live and incident is not None and incident.original_id:
            after = {"answer": incident.id}
            facts = {"title": incident.title}
            run.write(Change("incident:answer", None, after, "another outage", facts), BY)
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
        return _moves(run).split(run.task, run.request, run.cause)


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
        entry = Report(self.value, request.user, request.at_ms, self.text)
        return report_incident(run, self.kind, entry)


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
        return report_incident(run, "lead", report)


def report_incident(run: CommandRun, kind: Kind, report: Report, *, by: str = BY) -> str:
    """Write what a person says to the task's incident; the answer. `by`: the command that says it.

    Raises: as `CommandRun.write`.
    """
    incident = _find_incident(run)
    if incident is None:
        return "This task is part of no open incident: write `/incident yes` first."
    before = get_report(incident, kind)
    if before == report:
        return _confirm(kind, report)  # a first try has written it
    if before is not None and before.at_ms > report.at_ms:
        return f"Left as it is: {before.by} has said since: {_say(kind, before)}"
    replaced = describe_report(incident, kind, before)
    desired = describe_report(incident, kind, report) | {"chain": [(run.cause, by)]}
    text = f"incident: {format_report(kind, report):.80}"
    # A kind of its own: the lead that somebody names later does not replace a severity.
    change = Change(f"incident:{kind}", replaced, desired, text, {"title": incident.title})
    run.write(change, by)
    return _confirm(kind, report)


def _confirm(kind: Kind, report: Report) -> str:
    """A text of people's own says nothing about what became of it."""
    return f"{'Noted: ' if kind == 'text' else ''}{_say(kind, report)}"


def _say(kind: Kind, report: Report) -> str:
    return f"{plain(format_report(kind, report)).removesuffix('.')}."


def _find_incident(run: CommandRun) -> Incident | None:
    """The incident that was open when the person wrote, though it may be over by now."""
    incidents = run.services.store.table(Incidents)
    incident = incidents.open_of(run.task.id) or incidents.latest_of(run.task.id)
    if incident is None or incident.is_open:
        return incident
    return incident if run.request.at_ms <= (incident.closed_ms or 0) + HEARD_MS else None


def describe_report(incident: Incident, kind: Kind, report: Report | None) -> dict[str, Any]:
    """As the effect `incident` has it."""
    return {
        "incident": incident.id,
        "report": kind,
        "text": "nothing" if report is None else format_report(kind, report),
        "entry": None if report is None else as_json(report),
    }


def _moves(run: CommandRun) -> IncidentMoves:
    return IncidentMoves(run.services.store, run.services.context.clickup, run.write)
