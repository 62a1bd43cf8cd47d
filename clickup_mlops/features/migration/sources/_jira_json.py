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
from clickup_mlops.features.migration.sources._jira_csv import related_to, waits_for
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
}
_SPRINT: Final = re.compile(r"\bname=([^,\]]+)")
_BLOCKS: Final = "blocks"


@dataclass(frozen=True, slots=True)
class IssueFile:
    """The issues of a file, and the names of custom fields if they were asked for."""

    path: Path
    issues: Sequence[Json]
    names: JsonObject


@dataclass(frozen=True, slots=True)
class Issues:
    """Files of one Jira."""

    files: Sequence[IssueFile]
    explanation: Explanation

    def read(self, problems: Problems) -> Iterator[tuple[Board, Callable[[], Entry]]]:
        """Every issue with its project."""
        for file in self.files:
            for number, issue in enumerate(file.issues, start=1):
                key = clean(mapping(issue).get("key"))
                fields = mapping(mapping(issue).get("fields"))
                if not key or not fields:
                    problems.add(f"{file.path.name}, issue {number}: skipped, no key or no fields")
                    continue
                build = partial(self._with_changes, key, mapping(issue), file.names, problems)
                yield _board(key, fields), build

    def _with_changes(
        self, key: str, issue: JsonObject, names: JsonObject, problems: Problems
    ) -> Entry:
        entry = self._entry(key, mapping(issue.get("fields")), names, problems)
        return replace(entry, changes=tuple(_jira_changelog.changes(issue, problems)))

    def _entry(self, key: str, fields: JsonObject, names: JsonObject, problems: Problems) -> Entry:
        self._check_comments(key, fields, problems)
        return Entry(
            where=key,
            id=key,
            name=clean(fields.get("summary")),
            raw=list(self._raw(fields, names)),
            parent=clean(mapping(fields.get("parent")).get("key")) or None,
            description=markdown_of_document(fields.get("description")),
            creator=person_of(fields.get("creator")) or "",
            created_ms=dates.unix_ms(clean(fields.get("created"))),
            updated_ms=dates.unix_ms(clean(fields.get("updated"))),
            comments=tuple(
                _comment(key, comment)
                for comment in objects(mapping(fields.get("comment")).get("comments"))
            ),
        )

    def _check_comments(self, key: str, fields: JsonObject, problems: Problems) -> None:
        comments = mapping(fields.get("comment"))
        total, held = comments.get("total"), len(objects(comments.get("comments")))
        if isinstance(total, int) and total > held:
            problems.add(
                f"{key}: {format_count(total - held, 'comment is', 'comments are')} not in the file"
            )

    def _raw(self, fields: JsonObject, names: JsonObject) -> Iterator[tuple[Field, Raw]]:
        for name, (title, type_) in _FIELDS.items():
            yield self._field(name, title, type_), _standard(name, type_, fields.get(name))
        for name, value in fields.items():
            if name.startswith("customfield_"):
                title = clean(names.get(name)) or name
                type_, raw = _custom(value)
                if not self.explanation.is_ignored(title):
                    yield self._field(name, title, type_), raw
        yield from self._times(fields)
        yield from self._links(fields)
        files = [_attachment(attachment) for attachment in objects(fields.get("attachment"))]
        yield self._field("attachment", "Attachments", "file"), files

    def _field(self, id: str, title: str, type_: str) -> Field:
        return self.explanation.field(id, title, type_)

    def _times(self, fields: JsonObject) -> Iterator[tuple[Field, Raw]]:
        estimate, spent = fields.get("timeoriginalestimate"), fields.get("timespent")
        if isinstance(estimate, int):
            field = self._field("timeoriginalestimate", "Original Estimate (hours)", "numbers")
            yield field, round(estimate / 3600, 2)
        logged = [
            _work(worklog) for worklog in objects(mapping(fields.get("worklog")).get("worklogs"))
        ]
        entries = [worklog for worklog in logged if worklog]
        if isinstance(spent, int):
            tracked = {"seconds": spent, "running": False, "entries": entries}
            yield self._field("timespent", "Time Spent", "time_tracking"), tracked

    def _links(self, fields: JsonObject) -> Iterator[tuple[Field, Raw]]:
        """A dependency is taken from the issue that waits: the one that blocks says it again."""
        waits: list[Raw] = []
        related: dict[str, list[Raw]] = {}
        for link in objects(fields.get("issuelinks")):
            name = clean(mapping(link.get("type")).get("name"))
            inward = clean(mapping(link.get("inwardIssue")).get("key"))
            key = inward or clean(mapping(link.get("outwardIssue")).get("key"))
            if name.lower() != _BLOCKS and key:
                related.setdefault(name, []).append(related_to(key))
            elif inward:
                waits.append(waits_for(inward))
        yield self._field("blocked_by", "Blocked by", "dependency"), waits
        for name, keys in related.items():
            yield self._field(f"link_{name.lower()}", name, "board_relation"), keys


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
        return "dropdown", [text for entry in value if (text := _name(entry))]
    if isinstance(value, dict):
        if person := person_of(value):
            return "people", [person]
        if value.get("type") == "doc":
            return "long_text", markdown_of_document(value)
        child = _name(value.get("child"))
        return "", f"{_name(value)} / {child}" if child else _name(value)
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
    return {"from_ms": start, "to_ms": end, "person": person.id if person else "", "manual": True}
