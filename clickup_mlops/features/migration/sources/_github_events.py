"""What GitHub remembers of issues: their timelines, or the events of a repository. Pure.

`gh api --paginate --slurp repos/OWNER/REPO/issues/events` gives events that name their issue; a
`timeline` in an issue is what `gh api repos/OWNER/REPO/issues/N/timeline` gives. Of both: `event`,
`actor`, `created_at`, and `assignee` of `assigned` and `unassigned`:
docs.github.com/rest/using-the-rest-api/issue-event-types.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from clickup_mlops.features.migration.records import Person
from clickup_mlops.features.migration.sources._files import dates
from clickup_mlops.features.migration.sources._files.entries import PastChange
from clickup_mlops.features.migration.sources._files.text import clean, mapping, objects
from clickup_mlops.json_types import Json, JsonObject

_OPEN, _CLOSED = "Open", "Closed"
_STATES: Final = {"closed": (_OPEN, _CLOSED), "reopened": (_CLOSED, _OPEN)}
_ASSIGNED: Final = ("assigned", "unassigned")


def is_event(record: Json) -> bool:
    """Whether it is an event of a repository, and no issue."""
    return "event" in mapping(record) and bool(mapping(mapping(record).get("issue")))


def by_issue(records: Sequence[Json]) -> dict[str, list[JsonObject]]:
    """The events among these, by the address of their issue in the API."""
    events: dict[str, list[JsonObject]] = {}
    for event in map(mapping, filter(is_event, records)):
        events.setdefault(clean(mapping(event["issue"]).get("url")), []).append(event)
    return events


def changes(issue: JsonObject, events: Sequence[JsonObject]) -> Iterator[PastChange]:
    """Of its timeline, or else of these events; and the end of its milestone."""
    for event in objects(issue.get("timeline")) or events:
        at_ms = dates.unix_ms(clean(event.get("created_at") or event.get("createdAt")))
        kind, actor = clean(event.get("event")), person_of(event.get("actor")) or ""
        if at_ms is not None and kind in _STATES:
            yield PastChange(at_ms, "status", *_STATES[kind], actor)
        elif at_ms is not None and kind in _ASSIGNED:
            assignee = person_of(event.get("assignee")) or ""
            before, after = ("", assignee) if kind == "assigned" else (assignee, "")
            yield PastChange(at_ms, "assignee", before, after, actor)
    milestone = mapping(issue.get("milestone"))
    ended_ms = dates.unix_ms(clean(milestone.get("closed_at") or milestone.get("closedAt")))
    if ended_ms is not None:
        yield PastChange(ended_ms, "release", "", clean(milestone.get("title")))


def person_of(user: Json) -> Person | None:
    """A user of GitHub. None: it is none."""
    fields = mapping(user)
    login = clean(fields.get("login"))
    if not login:
        return None
    is_bot = fields.get("is_bot") is True or fields.get("type") == "Bot"
    name, email = clean(fields.get("name")) or login, clean(fields.get("email"))
    return Person(login, name, email, "agent" if is_bot else "person")
