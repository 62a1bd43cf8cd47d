"""Jira's issues as its API gives them: a search result, or a list of issues."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from clickup_mlops.features.migration.records import Board, Option
from clickup_mlops.features.migration.sources import _jira_changelog
from clickup_mlops.features.migration.sources._files import dates
from clickup_mlops.features.migration.sources._files.entries import (
    Comment,
    Entry,
    Field,
    Problems,
    Raw,
)
from clickup_mlops.features.migration.sources._files.explanation import Explanation
from clickup_mlops.features.migration.sources._files.markup import (
    html_of_markdown,
    markdown_of_document,
)
from clickup_mlops.features.migration.sources._files.text import clean, mapping, objects, stable_id
from clickup_mlops.features.migration.sources._files.unread import Keys, as_json, ignore
from clickup_mlops.features.migration.sources._jira_csv import (
    EPIC_LINKS,
    Overview,
    related_to,
    waits_for,
)
from clickup_mlops.features.migration.sources._jira_people import person_of
from clickup_mlops.json_types import Json, JsonObject
from clickup_mlops.spelling import format_count

_FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "status": ("Status", "status"),
    "priority": ("Priority", "status"),
    "issuetype": ("Issue Type", "dropdown"),
    "assignee": ("Assignee", "people"),
    "reporter": ("Reporter", "people"),
    "duedate": ("Due date", "date"),
    "labels": ("Labels", "tags"),
    "components": ("Components", "dropdown"),
    "fixVersions": ("Fix versions", "dropdown"),
    "versions": ("Affects versions", "dropdown"),
    "resolution": ("Resolution", "dropdown"),
    "resolutiondate": ("Resolved", "date"),
    "environment": ("Environment", "long_text"),
    "security": ("Security Level", "dropdown"),
}
_ENTRIES: Final = ("comment.comments", "worklog.worklogs")
KEYS: Final = Keys(
    read=frozenset(
        {
            *(_FIELDS.keys() - {"status", "priority", "issuetype", "resolution", "security"}),
            *(f"{name}.name" for name in ("priority", "issuetype", "resolution", "security")),
            *("status.name", "status.statusCategory.key", "summary", "description", "creator"),
            *("created", "updated", "parent.key", "project.key", "project.name", "timespent"),
            *("timeoriginalestimate", "timeestimate", "votes.votes", "customfield_*"),
            *("comment.total", "worklog.total", "issuelinks.type.name"),
            *("issuelinks.inwardIssue.key", "issuelinks.outwardIssue.key"),
            *("attachment.content", "attachment.filename", "attachment.mimeType"),
            *(f"{place}.{key}" for place in _ENTRIES for key in ("author", "id")),
            *(f"comment.comments.{key}" for key in ("created", "updated", "body")),
            *(f"worklog.worklogs.{key}" for key in ("started", "timeSpentSeconds", "comment")),
        }
    ),
    ignored=ignore(
        **{
            "numbers, addresses and pictures that only Jira uses": (
                "id self expand iconUrl avatarUrls avatarId avatarUrl timeZone thumbnail issueId "
                "entityId simplified projectTypeKey projectCategory"
            ),
            "said by another key too": (
                "subtasks subtask hierarchyLevel timetracking progress aggregateprogress workratio "
                "aggregatetimespent aggregatetimeestimate aggregatetimeoriginalestimate "
                "statusCategory.name statusCategory.colorName fields.statusCategory timeSpent "
                "inward outward inwardIssue.fields outwardIssue.fields parent.fields fieldtype "
                "fieldId from to"
            ),
            "of a status, type or version, not of the issue": (
                "status.description issuetype.description priority.description "
                "resolution.description security.description colorName"
            ),
            "a part of a text without a form of its own": (
                "body.type description.type content.type marks.type"
            ),
            "about the page of the search": "startAt maxResults comment.self worklog.startAt",
            "about who reads the issue": (
                "lastViewed issuerestriction isWatching hasVoted jsdPublic"
            ),
            "when a status changed: the changes themselves say it": (
                "statuscategorychangedate statusCategory"
            ),
            "about a file or an entry, not its content": (
                "size attachment.author attachment.created updateAuthor worklogs.created "
                "worklogs.updated"
            ),
        }
    ),
)
_ESTIMATES: Final[Mapping[str, str]] = {
    "timeoriginalestimate": "Original Estimate (hours)",
    "timeestimate": "Remaining Estimate (hours)",
}
_PAGED: Final = (
    ("comment", "comments", ("comment is", "comments are")),
    ("worklog", "worklogs", ("work log is", "work logs are")),
)
"""Fields of which a search gives the first entries only: where these are, and what they are."""
_SPRINT: Final = re.compile(r"\bname=([^,\]]+)")
_BLOCKS: Final = "blocks"


@dataclass(frozen=True, slots=True)
class IssueFile:
    """The issues of a file, and the names of custom fields if they were asked for. `total`: how
    many the search has found, on all its pages; 0: it does not say.
    """

    path: Path
    issues: Sequence[Json]
    names: JsonObject
    total: int = 0


@dataclass(frozen=True, slots=True)
class Issues:
    """Files of one Jira."""

    files: Sequence[IssueFile]
    explanation: Explanation

    def read(self, problems: Problems) -> Iterator[tuple[Board, Callable[[], Entry]]]:
        """Every issue with its project."""
        export = self._overview()
        absent = max((file.total for file in self.files), default=0) - len(export.issues)
        if absent > 0:
            count = format_count(absent, "issue is", "issues are")
            problems.add(f"{count} not in the files: save the next pages of the search too")
        for file in self.files:
            reading = _Reading(file.names, export, problems)
            for number, issue in enumerate(file.issues, start=1):
                key = clean(mapping(issue).get("key"))
                fields = mapping(mapping(issue).get("fields"))
                if not key or not fields:
                    problems.add(f"{file.path.name}, issue {number}: skipped, no key or no fields")
                    continue
                build = partial(self._with_changes, key, mapping(issue), reading)
                yield _board(key, fields), build

    def _overview(self) -> Overview:
        export = Overview()
        for issue in (issue for file in self.files for issue in objects(file.issues)):
            key = clean(issue.get("key"))
            export.issues.add(key)
            for blocked in _blocked(mapping(issue.get("fields"))):
                export.blockers.setdefault(blocked, []).append(key)
        return export

    def _with_changes(self, key: str, issue: JsonObject, reading: "_Reading") -> Entry:
        entry = self._entry(key, mapping(issue.get("fields")), reading)
        return replace(entry, changes=tuple(_jira_changelog.changes(issue, reading.problems)))

    def _entry(self, key: str, fields: JsonObject, reading: "_Reading") -> Entry:
        reading.check_complete(key, fields)
        return Entry(
            where=key,
            id=key,
            name=clean(fields.get("summary")),
            raw=list(self._raw(key, fields, reading)),
            parent=reading.parent(fields) or None,
            description=markdown_of_document(fields.get("description")),
            creator=person_of(fields.get("creator")) or "",
            created_ms=dates.unix_ms(clean(fields.get("created"))),
            updated_ms=dates.unix_ms(clean(fields.get("updated"))),
            comments=tuple(
                _comment(key, comment)
                for comment in objects(mapping(fields.get("comment")).get("comments"))
            ),
            losses=tuple(KEYS.losses(fields)),
        )

    def _raw(
        self, key: str, fields: JsonObject, reading: "_Reading"
    ) -> Iterator[tuple[Field, Raw]]:
        for name, (title, type_) in _FIELDS.items():
            yield self._field(name, title, type_), _standard(name, type_, fields.get(name))
        for name, value in fields.items():
            if name.startswith("customfield_"):
                title = clean(reading.names.get(name)) or name
                type_, raw = _custom(value)
                is_parent = title in EPIC_LINKS and raw == reading.parent(fields)
                if not is_parent and not self.explanation.is_ignored(title):
                    yield self._field(name, title, type_), raw
        yield from self._times(fields)
        yield from self._links(key, fields, reading.export)
        files = [_attachment(attachment) for attachment in objects(fields.get("attachment"))]
        yield self._field("attachment", "Attachments", "file"), files

    def _field(self, id: str, title: str, type_: str) -> Field:
        return self.explanation.field(id, title, type_)

    def _times(self, fields: JsonObject) -> Iterator[tuple[Field, Raw]]:
        for name, title in _ESTIMATES.items():
            if isinstance(estimate := fields.get(name), int):
                yield self._field(name, title, "numbers"), round(estimate / 3600, 2)
        votes = mapping(fields.get("votes")).get("votes")
        if isinstance(votes, int) and votes:
            yield self._field("votes", "Votes", "numbers"), votes
        logged = [
            _work(worklog) for worklog in objects(mapping(fields.get("worklog")).get("worklogs"))
        ]
        entries = [worklog for worklog in logged if worklog]
        spent = fields.get("timespent")
        total = spent if isinstance(spent, int) else _logged_seconds(entries)
        if total:
            tracked = {"seconds": total, "running": False, "entries": entries}
            yield self._field("timespent", "Time Spent", "time_tracking"), tracked

    def _links(self, key: str, fields: JsonObject, export: Overview) -> Iterator[tuple[Field, Raw]]:
        """A dependency belongs to the issue that waits, whichever of both names the other. What
        waits and is not in the files stays a relation.
        """
        blockers = list(export.blockers.get(key, ()))
        related: dict[str, list[Raw]] = {}
        for link in objects(fields.get("issuelinks")):
            name, inward, outward = _link(link)
            if name.lower() == _BLOCKS and inward:
                blockers.append(inward)
            elif (inward or outward) and not (name.lower() == _BLOCKS and outward in export.issues):
                related.setdefault(name, []).append(related_to(inward or outward))
        waits = [waits_for(blocker) for blocker in dict.fromkeys(blockers)]
        yield self._field("blocked_by", "Blocked by", "dependency"), waits
        for name, keys in related.items():
            yield self._field(f"link_{name.lower()}", name, "board_relation"), keys


@dataclass(frozen=True, slots=True)
class _Reading:
    """What an issue is read with: names of custom fields, and what other issues say about it."""

    names: JsonObject
    export: Overview
    problems: Problems

    def parent(self, fields: JsonObject) -> str:
        """The key of the issue above, such as an epic."""
        epics = (clean(fields.get(id)) for id, name in self.names.items() if name in EPIC_LINKS)
        return clean(mapping(fields.get("parent")).get("key")) or next(filter(None, epics), "")

    def check_complete(self, key: str, fields: JsonObject) -> None:
        """Report what the answer left out."""
        subtasks = {clean(subtask.get("key")) for subtask in objects(fields.get("subtasks"))}
        if absent := subtasks - self.export.issues:
            count = format_count(len(absent), "subtask is", "subtasks are")
            ask = f"have the JQL include it, such as parent = {key}"
            self.problems.add(f"{key}: {count} not in the files: {ask}", "absent subtasks")
        for name, entries, nouns in _PAGED:
            page = mapping(fields.get(name))
            total, held = page.get("total"), len(objects(page.get(entries)))
            if isinstance(total, int) and total > held:
                self.problems.add(f"{key}: {format_count(total - held, *nouns)} not in the file")


def _link(link: JsonObject) -> tuple[str, str, str]:
    """Kind of a link, and the key that it names: of the issue inward, or outward."""
    inward, outward = (
        clean(mapping(link.get(name)).get("key")) for name in ("inwardIssue", "outwardIssue")
    )
    return clean(mapping(link.get("type")).get("name")), inward, outward


def _blocked(fields: JsonObject) -> Iterator[str]:
    for name, _, outward in map(_link, objects(fields.get("issuelinks"))):
        if name.lower() == _BLOCKS and outward:
            yield outward


def _logged_seconds(entries: Sequence[dict[str, Raw]]) -> int:
    return int(sum(entry["to_ms"] - entry["from_ms"] for entry in entries)) // 1000


def _board(key: str, fields: JsonObject) -> Board:
    project = mapping(fields.get("project"))
    id = clean(project.get("key")) or key.rpartition("-")[0]
    return Board(id, clean(project.get("name")) or id, multi_level=True)


def _standard(name: str, type_: str, value: Json) -> Raw:
    if name == "status" and isinstance(value, dict):
        text = clean(value.get("name"))
        category = mapping(value.get("statusCategory")).get("key")
        return Option(text, text, done=category == "done")
    if type_ == "people":
        return [person] if (person := person_of(value)) else None
    if isinstance(value, list):
        return [text for entry in value if (text := _name(entry))]
    if name == "environment":
        return markdown_of_document(value)
    text = _name(value)
    return [text] if type_ == "dropdown" and text else text


def _custom(value: Json) -> tuple[str, Raw]:
    """Type, as far as the value says it, and value."""
    if isinstance(value, list):
        if people := [person for entry in value if (person := person_of(entry))]:
            return "people", people
        return "dropdown", [text for entry in value if (text := _name(entry) or as_json(entry))]
    if isinstance(value, dict):
        if person := person_of(value):
            return "people", [person]
        if value.get("type") == "doc":
            return "long_text", markdown_of_document(value)
        child = _name(value.get("child"))
        return "", f"{_name(value)} / {child}" if child else _name(value) or as_json(value)
    return "", clean(value) if isinstance(value, str) else value


def _name(value: Json) -> str:
    """What people see of an option, version, sprint or component."""
    if isinstance(value, dict):
        return clean(next((value[key] for key in ("name", "value", "key") if key in value), ""))
    text = clean(value)
    sprint = _SPRINT.search(text) if text.startswith("com.atlassian.") else None
    return sprint[1] if sprint else text


def _comment(key: str, comment: JsonObject) -> Comment:
    created, updated = (
        dates.unix_ms(clean(comment.get(key_name))) for key_name in ("created", "updated")
    )
    return Comment(
        clean(comment.get("id")) or stable_id(key, comment),
        html_of_markdown(markdown_of_document(comment.get("body"))),
        person_of(comment.get("author")) or "",
        created,
        updated if updated != created else None,
    )


def _attachment(attachment: JsonObject) -> dict[str, str]:
    url, name = clean(attachment.get("content")), clean(attachment.get("filename"))
    return {"url": url, "name": name, "kind": clean(attachment.get("mimeType"))}


def _work(worklog: JsonObject) -> dict[str, Raw]:
    start, seconds = dates.unix_ms(clean(worklog.get("started"))), worklog.get("timeSpentSeconds")
    if start is None or not isinstance(seconds, int):
        return {}
    person = person_of(worklog.get("author"))
    end = start + seconds * 1000
    entry = {"from_ms": start, "to_ms": end, "person": person.id if person else "", "manual": True}
    note = markdown_of_document(worklog.get("comment"))
    return entry | ({"text": note} if note else {})
