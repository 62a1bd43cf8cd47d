"""An incident as it is wanted: `after` of the effect `incident`. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from clickup_mlops.features.incidents import events
from clickup_mlops.features.incidents.incident import Incident
from clickup_mlops.features.incidents.subject import SUBJECTS

_DETAILS: Final = (
    "on_call",
    "roles",
    "people",
    "call",
    "runbook",
    "channel",
    "thread",
    "every_ms",
    "same",
    SUBJECTS,
)


def build_incident(desired: Mapping[str, Any], task_id: str, workspace: str) -> Incident:
    """A new one, with the task as its first."""
    details = {name: desired[name] for name in _DETAILS if name in desired}
    return Incident(
        id=desired["id"],
        workspace=workspace,
        task_id=task_id,
        title=desired["title"],
        opened_ms=desired["opened_ms"],
        lead=desired["lead"],
        room=desired["room"],
        key=desired["key"],
        details=details,
    )


def find_event(incident: Incident, task_id: str, desired: Mapping[str, Any]) -> str:
    """The kind of the event that tells that the task has opened or joined the incident."""
    if incident.task_id != task_id:
        return events.JOINED
    if incident.original_id:
        return events.ASKED
    return events.OPENED if incident.id == desired["id"] else events.REOPENED
