"""The question whether two incidents are one outage: a row waits in the inbox while nobody answers.

Until then nobody is notified a second time; afterwards the incident opens as any other one.
"""

from typing import Final

from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.features.incidents import events, subject
from clickup_mlops.features.incidents.incident import QUESTION, Incident
from clickup_mlops.store import InboxRow
from clickup_mlops.store.ranks import Urgency, compute_rank

LANE: Final = "incident-asked:"
"""They wait in lanes that begin like this; the incident's id follows."""


def wait(inbox: InboxWriter, incident: Incident, due_ms: int) -> None:
    """Have the incident open then, with this thread's next write; twice is once."""
    lane, rank = f"{LANE}{incident.id}", compute_rank(Urgency.LIVE)
    key = f"{lane}:{due_ms}"
    inbox.put_later(
        inbox.event(key, events.OPENED, source="incident", lane=lane, rank=rank), due_ms
    )


def join(incident: Incident, desired: Incident, *, until_ms: int) -> Incident:
    """As `subject.joined`. One that begins again, and had no answer, asks until then."""
    after = subject.joined(incident, desired)
    if incident.is_open or not incident.original_id:
        return after
    return after.with_details(**{QUESTION: {**after.details[QUESTION], "until_ms": until_ms}})


def find_incident(row: InboxRow) -> str:
    """The id of the incident whose row this is."""
    return row.lane.removeprefix(LANE)
