"""Asana's tasks as its app and its API give them: `{"data": [task, …]}`, subtasks inside."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from clickup_mlops.features.migration.records import Board, Option, Person
from clickup_mlops.features.migration.sources._asana_csv import state
from clickup_mlops.features.migration.sources._files import dates
from clickup_mlops.features.migration.sources._files.entries import (
    Comment,
    Entry,
    Field,
    PastChange,
    Problems,
    Raw,
)
from clickup_mlops.features.migration.sources._files.explanation import Explanation
from clickup_mlops.features.migration.sources._files.markup import html_of_text
from clickup_mlops.features.migration.sources._files.text import clean, mapping, objects, slug

_CUSTOM: Final[Mapping[str, str]] = {
    "enum": "dropdown",
    "multi_enum": "dropdown",
    "number": "numbers",
    "date": "date",
    "people": "people",
    "text": "text",
}
_DEEPEST: Final = 50
"""Levels of subtasks; Asana allows five."""


@dataclass(frozen=True, slots=True)
class Tasks:
    """A file. Tasks of several projects make several boards."""

    path: Path
    content: Any
    explanation: Explanation

    def read(self, problems: Problems) -> Iterator[tuple[Board, Callable[[], Entry]]]:
        """Every task with its project; a subtask is with its parent."""
        home = Board(self.path.stem, self.path.stem, multi_level=True)
        for number, task in enumerate(self.content, start=1):
            if not clean(mapping(task).get("gid")):
                problems.add(f"{self.path.name}, task {number}: skipped, it has no gid")
                continue
            membership = next(iter(objects(task.get("memberships"))), {})
            project = mapping(membership.get("project"))
            id = clean(project.get("gid"))
            name = clean(project.get("name")) or id
            board = Board(id, name, multi_level=True) if id else home
            group = mapping(membership.get("section"))
            for entry in self._with_subtasks(task, _ref(group), None, 0):
                yield board, partial(_same, entry)

    def _with_subtasks(
        self, task: Mapping[str, Any], group: tuple[str, str], parent: str | None, depth: int
    ) -> Iterator[Entry]:
        parent = parent or clean(mapping(task.get("parent")).get("gid")) or None
        entry = self._entry(task, group, parent)
        yield entry
        for subtask in objects(task.get("subtasks")) if depth < _DEEPEST else ():
            if "name" in subtask and clean(subtask.get("gid")):
                yield from self._with_subtasks(subtask, group, entry.id, depth + 1)

    def _entry(self, task: Mapping[str, Any], group: tuple[str, str], parent: str | None) -> Entry:
        id = clean(task["gid"])
        return Entry(
            where=f"task {id}",
            id=id,
            name=clean(task.get("name")),
            raw=list(self._raw(task)),
            group=group,
            parent=parent,
            description=clean(task.get("notes")),
            creator=person(task.get("created_by")) or "",
            subscribers=tuple(filter(None, map(person, objects(task.get("followers"))))),
            created_ms=dates.unix_ms(clean(task.get("created_at"))),
            updated_ms=dates.unix_ms(clean(task.get("modified_at"))),
            url=clean(task.get("permalink_url")),
            comments=tuple(_comments(task)),
            changes=tuple(_changes(task)),
        )

    def _raw(self, task: Mapping[str, Any]) -> Iterator[tuple[Field, Raw]]:
        field = self.explanation.field
        completed = task.get("completed") or task.get("completed_at")
        assignee = person(task.get("assignee"))
        yield field("status", "Status", "status"), state(completed)
        yield field("assignee", "Assignee", "people"), [assignee] if assignee else None
        for id, title in (("start", "Start Date"), ("due", "Due Date")):
            raw = clean(task.get(f"{id}_at") or task.get(f"{id}_on"))
            yield field(id, title, "date"), raw
        tags = [text for entry in objects(task.get("tags")) if (text := clean(entry.get("name")))]
        yield field("tags", "Tags", "tags"), tags
        waits = [clean(entry.get("gid")) for entry in objects(task.get("dependencies"))]
        waiting = [{"item": id, "type": "FS", "lag_days": 0} for id in waits if id]
        yield field("blocked_by", "Blocked by", "dependency"), waiting
        for custom in objects(task.get("custom_fields")):
            yield from self._custom(custom)
        files = [_file(entry) for entry in objects(task.get("attachments"))]
        yield field("attachments", "Attachments", "file"), files

    def _custom(self, custom: Mapping[str, Any]) -> Iterator[tuple[Field, Raw]]:
        title = clean(custom.get("name"))
        kind = clean(custom.get("type") or custom.get("resource_subtype"))
        if title and not self.explanation.is_ignored(title):
            id = clean(custom.get("gid")) or slug(title, set())
            yield self.explanation.field(id, title, _CUSTOM.get(kind, "")), _value(kind, custom)


def _same(entry: Entry) -> Entry:
    return entry


def person(user: Any) -> Person | None:
    """A user."""
    id = clean(mapping(user).get("gid"))
    return Person(id, clean(user.get("name")) or id, clean(user.get("email"))) if id else None


def _ref(record: Mapping[str, Any]) -> tuple[str, str]:
    name = clean(record.get("name"))
    return clean(record.get("gid")) or name, name


def _value(kind: str, custom: Mapping[str, Any]) -> Raw:
    if kind == "number":
        return custom.get("number_value")
    if kind == "people":
        return list(filter(None, map(person, objects(custom.get("people_value")))))
    if kind == "date":
        value = mapping(custom.get("date_value"))
        return clean(value.get("date_time") or value.get("date"))
    if kind == "enum":
        return [option] if (option := _option(mapping(custom.get("enum_value")))) else None
    if kind == "multi_enum":
        return list(filter(None, map(_option, objects(custom.get("multi_enum_values")))))
    return clean(custom.get("display_value") or custom.get("text_value"))


def _option(record: Mapping[str, Any]) -> Option | None:
    name = clean(record.get("name"))
    is_active = record.get("enabled") is not False
    return Option(clean(record.get("gid")) or name, name, active=is_active) if name else None


def _comments(task: Mapping[str, Any]) -> Iterator[Comment]:
    """Stories of type comment, where they were exported too."""
    for story in objects(task.get("stories")):
        if clean(story.get("type")) == "comment" and clean(story.get("gid")):
            yield Comment(
                clean(story["gid"]),
                html_of_text(clean(story.get("text"))),
                person(story.get("created_by")) or "",
                dates.unix_ms(clean(story.get("created_at"))),
            )


def _changes(task: Mapping[str, Any]) -> Iterator[PastChange]:
    """Stories of the system: `opt_fields=stories.resource_subtype,stories.old_section.name,
    stories.new_section.name,stories.assignee.gid`; developers.asana.com/reference/stories.
    """
    for story in objects(task.get("stories")):
        at_ms = dates.unix_ms(clean(story.get("created_at")))
        kind, actor = clean(story.get("resource_subtype")), person(story.get("created_by")) or ""
        if at_ms is None:
            continue
        if kind in ("marked_complete", "marked_incomplete"):
            ends = _STATES if kind == "marked_complete" else _STATES[::-1]
            yield PastChange(at_ms, "status", *ends, actor)
        elif kind == "section_changed":
            sections = (mapping(story.get(f"{end}_section")) for end in ("old", "new"))
            before, after = (clean(section.get("name")) for section in sections)
            yield PastChange(at_ms, "status", before, after, actor)
        elif kind in ("assigned", "unassigned"):
            assignee = person(story.get("assignee")) or ""
            yield PastChange(at_ms, "assignee", "", assignee if kind == "assigned" else "", actor)


_STATES: Final = (state(None).name, state("completed").name)


def _file(record: Mapping[str, Any]) -> dict[str, str]:
    url = clean(record.get("permanent_url") or record.get("view_url") or record.get("download_url"))
    return {"url": url, "name": clean(record.get("name")), "kind": ""}
