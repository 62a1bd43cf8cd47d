"""An incident as what a report is about."""

from collections.abc import Iterator

from clickup_mlops.errors import InputError
from clickup_mlops.features.incidents.incident import Incident
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.ports.sections import period as periods
from clickup_mlops.ports.sections.model import Period
from clickup_mlops.ports.sections.subject import Ended, Subject, SubjectType
from clickup_mlops.store import Store


def _find(store: Store, workspace: str, name: str, zone: str, now_ms: int) -> Subject:
    """An incident by its id or one of its tasks, from its opening until just after it was closed;
    if it is open, until now.

    Raises:
        InputError: there is none, or no such time zone.
    """
    incident = _named(store, name)
    if incident is None or incident.workspace != workspace:
        raise InputError(f"no incident {name} is known", hint="Give its task, or its id.")
    end_ms = now_ms if incident.closed_ms is None else incident.closed_ms + 1
    period = periods.of_task("incident", incident.id, incident.opened_ms, end_ms, zone)
    return Subject(period, incident.task_id)


def _named(store: Store, name: str) -> Incident | None:
    """By its id, or the newest one of a task that began or joined it."""
    if (incident := store.table(Incidents).get(name)) is not None:
        return incident
    joined = store.table(Incidents).latest_of(name)
    incidents = [*store.table(Incidents).of_task(name), *([joined] if joined else [])]
    return max(incidents, key=lambda incident: incident.opened_ms, default=None)


def _ended(store: Store, workspace: str, since_ms: int, now_ms: int) -> Iterator[Ended]:
    for incident in store.table(Incidents).between(workspace, since_ms, now_ms + 1):
        if incident.closed_ms is not None:
            yield Ended(incident.id, incident.closed_ms)


def _title(store: Store, period: Period) -> str:
    """The name that its task had when it was opened: an id says nothing to people, and a task that
    gets another name makes no other report.
    """
    incident = store.table(Incidents).get(period.name)
    return " ".join(incident.title.split()) if incident else ""


def _detailed_tasks(store: Store, subject: Subject) -> set[str]:
    joined = store.table(Incidents).tasks(subject.period.name)
    return {subject.task_id, *(member.task_id for member in joined)}


SUBJECT = SubjectType("incident", _find, _ended, _title, _detailed_tasks)
