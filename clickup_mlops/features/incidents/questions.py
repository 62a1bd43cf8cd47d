"""The question whether two incidents are one outage: a row waits in the inbox while nobody answers.

Until then nobody is notified a second time; afterwards the incident opens as any other one.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.features.incidents import events, subject
from clickup_mlops.features.incidents.incident import QUESTION, UNANSWERED, Incident
from clickup_mlops.features.incidents.resemblance import find_resembling
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
    # One that an older version stored names nobody.
    on_call = incident.details.get("on_call", desired.details.get("on_call"))
    after = subject.joined(incident, desired).with_details(on_call=on_call)
    if incident.is_open or not incident.original_id:
        return after
    return after.with_details(**{QUESTION: {**after.details[QUESTION], "until_ms": until_ms}})


def answer(incident: Incident) -> Incident:
    """It is not the same outage, as somebody or an alert says."""
    return incident.with_details(**{QUESTION: None}) if incident.is_open else incident


def open_unanswered(incident: Incident) -> Incident:
    """As nobody has answered, it opens; those that ask the same may join it."""
    original_id = incident.original_id if incident.is_open else ""
    after = {UNANSWERED: original_id} if original_id else {}
    return answer(incident).with_details(**after)


def find_earlier(incident: Incident, candidates: Iterable[Incident]) -> Incident | None:
    """The one that opened because nobody had answered the same question, or about which it asks; if
    it resembles that. None: there is none.
    """
    originals = {incident.original_id, *incident.former_originals}
    unanswered = (
        other
        for other in candidates
        if UNANSWERED in other.details
        and not originals.isdisjoint((other.id, other.details[UNANSWERED]))
    )
    return find_resembling(incident, unanswered)


def join_earlier(
    source: Incident, target: Incident, affected: Sequence[str]
) -> tuple[Sequence[str], Incident, Incident]:
    """A `Plan` of the store: as `subject.joined_by_people`, unless somebody has answered."""
    if not source.original_id:
        return (), source, target
    return subject.joined_by_people(source, target, affected)


def redirect(incident: Incident, original_id: str) -> Incident:
    """It asks about that one instead, or again: twice is once."""
    was = incident.former_originals
    if incident.original_id in ("", original_id):
        return incident
    is_back = was[-1:] == (original_id,)
    after = was[:-1] if is_back else (*was, incident.original_id)
    question = {**incident.details[QUESTION], "incident": original_id, "was": after}
    return incident.with_details(**{QUESTION: question})


def find_incident(row: InboxRow) -> str:
    """The id of the incident whose row this is."""
    return row.lane.removeprefix(LANE)
