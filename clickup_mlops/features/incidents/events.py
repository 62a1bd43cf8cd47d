"""The events that tell automations about incidents, and their keys in the inbox."""

from collections.abc import Mapping
from typing import Any, Final

from clickup_mlops.features.incidents.incident import Incident

OPENED: Final = "incidentOpened"
"""An incident began with this task (`open_incident`)."""
ASKED: Final = "incidentAsked"
"""An incident began with this task, and a live one may be the same outage: `incidentOpened` follows
when somebody says that it is another one, or nobody has answered in time."""
JOINED: Final = "incidentJoined"
"""This task joined an incident that had begun with another one."""
REOPENED: Final = "incidentReopened"
"""An incident that had begun with this task was over, and is not."""
UPDATE_DUE: Final = "incidentUpdateDue"
"""It is time for a status update of an open incident; comes to the task with which it began."""
REPORTED: Final = "incidentReported"
"""A person has said who leads an incident, how severe it is, how far they are, or that its alerts
notify nobody for a while; comes to the task with which it began."""
LEFT: Final = "incidentLeft"
"""This task has left an incident: it is affected no longer, people have moved it to another one, or
that was undone. Also comes to the task with which the incident began, if that goes on."""
CLOSED: Final = "incidentClosed"
"""All tasks have left the incident; comes to the task with which it began."""
KINDS: Final = frozenset({OPENED, ASKED, JOINED, REOPENED, UPDATE_DUE, REPORTED, LEFT, CLOSED})


def opened_key(incident_id: str) -> str:
    """Of the event that people are told of it after a question."""
    return f"incident:{incident_id}:opened"


def entered_key(incident_id: str, desired: Mapping[str, Any]) -> str:
    """Of the event that a task has opened or joined it, as was desired."""
    return f"incident:{incident_id}:entered:{desired['id']}"


def moved_key(target: Incident, source: Incident, task_id: str) -> str:
    """Of the event that a task has moved to the target, of which the source is a part."""
    return f"incident:{target.id}:moved:{task_id}:{source.id}:{source.closed_ms}"


def closed_key(incident: Incident) -> str:
    """Of the event that it is over."""
    return f"incident:{incident.id}:closed:{incident.closed_ms}"
