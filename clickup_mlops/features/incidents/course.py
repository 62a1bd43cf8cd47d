"""How people handle an incident: who leads it, how severe it is, how far they are, and for how
long its alerts notify nobody. Pure.

Each report replaces an older one of its kind; one that comes late replaces nothing. They are kept
in the incident's `details` under `course`, by kind.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

from clickup_mlops.features.incidents.incident import Incident

COURSE: Final = "course"
"""Where `details` has the reports."""
Kind = Literal["lead", "severity", "stage", "alerts", "text"]
KINDS: Final[tuple[Kind, ...]] = ("lead", "severity", "stage", "alerts", "text")
STAGES: Final = ("investigating", "identified", "mitigated")
"""What a report of the kind `stage` says, in their order."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a person has said of an incident.

    `value`: of a lead the user name, of a severity `SEV1` to `SEV5`, of a stage one of `STAGES`,
    of alerts `acknowledged` or `silenced`.
    `text`: in the person's own words. `at_ms`: when (Unix ms).
    """

    value: str
    by: str
    at_ms: int
    text: str = ""
    user_id: int | None = None
    """Of a lead."""


def get_report(incident: Incident, kind: Kind) -> Report | None:
    """The newest report of the kind; None: there is none. The lead whom nobody has named since the
    incident opened is a report of nobody.
    """
    report = as_report((incident.details.get(COURSE) or {}).get(kind))
    return Report(incident.lead, "", 0) if report is None and kind == "lead" else report


def add_report(incident: Incident, kind: Kind, report: Report) -> Incident:
    """The incident with the report, unless it has a newer one."""
    current = get_report(incident, kind)
    is_late = current is not None and current.at_ms > report.at_ms
    return incident if is_late else set_report(incident, kind, report)


def set_report(incident: Incident, kind: Kind, report: Report | None) -> Incident:
    """The incident with the report in place of the one that it has; None: without it."""
    reports = dict(incident.details.get(COURSE) or {})
    reports.pop(kind, None)
    if report is not None:
        reports[kind] = as_json(report)
    after = incident.with_details(**{COURSE: reports or None})
    return _lead_by(after, report) if kind == "lead" and report is not None else after


def without_stage(incident: Incident) -> Incident:
    """The incident as it begins again: it is mitigated no longer."""
    return set_report(incident, "stage", None)


def as_json(report: Report) -> dict[str, Any]:
    """The report as JSON values."""
    return asdict(report)


def as_report(raw: Mapping[str, Any] | None) -> Report | None:
    """The report of `as_json`."""
    return None if raw is None else Report(**raw)


def format_report(kind: Kind, report: Report) -> str:
    """In one sentence, without who says so."""
    if kind == "lead":
        return f"{report.value or 'Nobody'} leads"
    head = f"Severity {report.value}" if kind == "severity" else report.value.capitalize()
    return ": ".join(filter(None, (head, report.text)))


def format_news(kind: Kind, before: Report | None, after: Report | None) -> tuple[str, int]:
    """What the timeline says of a report that replaces another one, and when it was said (Unix ms);
    0: it is undone now.
    """
    # A command never replaces a newer report: only undo does.
    if after is None or (before is not None and after.at_ms < before.at_ms):
        return f"Undone: {format_report(kind, before) if before else kind}", 0
    by = f"{after.by}: " if kind != "lead" else ""
    return f"{by}{format_report(kind, after)}", after.at_ms


def _lead_by(incident: Incident, report: Report) -> Incident:
    """The new lead is mentioned like the people of the roles."""
    people = dict(incident.details.get("people") or {})
    if report.user_id is not None:
        people[report.value] = report.user_id
    return replace(incident.with_details(people=people), lead=report.value)
