"""List incidents: open ones, and those that ended lately; the newest first.

Gives severity, stage, lead, room, tasks and times of each. Use it to answer "is something down?"
and "what happened last week?". Reads what the bot has recorded, and makes no call to ClickUp.
"""

from clickup_mlops.features.incidents.course import Kind, get_report
from clickup_mlops.features.incidents.incident import Incident
from clickup_mlops.features.incidents.status import task_url
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.ports.mcp.access import Access
from clickup_mlops.ports.mcp.model import Answer, Limit, Quoted, Since, Tool, iso, quoted, since_ms


class ListedIncident(Answer):
    """An incident. Times in ISO 8601, UTC."""

    id: str
    title: Quoted
    url: str
    """Of the task with which it began."""
    open: bool
    opened: str
    closed: str
    """Empty: it is open."""
    lead: Quoted
    room: Quoted
    severity: str
    """SEV1 to SEV5; empty: nobody has said it."""
    stage: str
    """investigating, identified or mitigated; empty: nobody has said it."""
    update: Quoted
    """What people wrote last about it."""
    tasks: list[str]
    """Ids of its tasks."""


class ListedIncidents(Answer):
    """Incidents, open ones first."""

    incidents: list[ListedIncident]


def call(access: Access, *, since: Since = "7d", limit: Limit = 20) -> ListedIncidents:
    """From the store alone. Raises InputError: `since` is no time."""
    now_ms = access.now_ms()
    with access.data() as data:
        table = data.store.table(Incidents)
        incidents = table.between(data.workspace, since_ms(since, now_ms), now_ms + 1)
        newest = sorted(incidents, key=lambda incident: (incident.is_open, incident.opened_ms))
        listed = [_format(incident, table) for incident in reversed(newest[-limit:])]
    return ListedIncidents(incidents=listed)


def _format(incident: Incident, table: Incidents) -> ListedIncident:
    text = get_report(incident, "text")
    return ListedIncident(
        id=incident.id,
        title=quoted(incident.title),
        url=task_url(incident.task_id),
        open=incident.is_open,
        opened=iso(incident.opened_ms),
        closed=iso(incident.closed_ms),
        lead=quoted(incident.lead),
        room=quoted(incident.room),
        severity=_value(incident, "severity"),
        stage=_value(incident, "stage"),
        update=quoted(text.text if text else ""),
        tasks=[task.task_id for task in table.tasks(incident.id)],
    )


def _value(incident: Incident, kind: Kind) -> str:
    report = get_report(incident, kind)
    return report.value if report else ""


TOOL = Tool(call)
