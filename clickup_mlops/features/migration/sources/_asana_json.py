"""Asana's tasks as its app and its API give them: `{"data": [task, …]}`, subtasks inside."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
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
from clickup_mlops.features.migration.sources._files.markup import html_of_text, markdown_of_html
from clickup_mlops.features.migration.sources._files.text import clean, mapping, objects, slug
from clickup_mlops.features.migration.sources._files.unread import Keys, ignore
from clickup_mlops.json_types import Json, JsonObject
from clickup_mlops.spelling import format_count

_CUSTOM: Final[Mapping[str, str]] = {
    "enum": "dropdown",
    "multi_enum": "dropdown",
    "number": "numbers",
    "date": "date",
    "people": "people",
    "text": "text",
}
KEYS: Final = Keys(
    read=frozenset(
        {
            *("gid", "name", "notes", "html_notes", "completed", "completed_at", "completed_by"),
            *("assignee", "created_by", "followers", "parent", "tags.name", "permalink_url"),
            *("due_on", "due_at", "start_on", "start_at", "created_at", "modified_at"),
            *("memberships", "projects", "subtasks", "dependencies", "dependents", "num_subtasks"),
            *("custom_fields", "attachments", "actual_time_minutes", "num_likes"),
            *("resource_subtype", "approval_status", "custom_type", "custom_type_status_option"),
            *("stories.gid", "stories.type", "stories.text", "stories.html_text"),
            *("stories.created_at", "stories.created_by", "stories.num_likes", "stories.is_pinned"),
            *("stories.resource_subtype", "stories.old_section", "stories.new_section"),
            "stories.assignee",
        }
    ),
    ignored=ignore(
        **{
            "numbers and words that only Asana uses": (
                "gid resource_type workspace is_rendered_as_separator host"
            ),
            "said by another key too": (
                "html_notes html_text liked likes hearted hearts num_hearts due_on start_on "
                "display_value projects stories.text data.notes"
            ),
            "of a field or a tag, not of the task": (
                "precision enabled description enum_options color"
            ),
            "of the assignee's own list": "assignee_status assignee_section",
            "says that a comment was edited, but not when": "is_edited",
        }
    ),
)
_ORDINARY: Final = frozenset({"", "default_task", "section"})
_DEEPEST: Final = 50
"""Levels of subtasks; Asana allows five."""
_FULL_FORM: Final = (
    "export JSON in the app, or ask the API for "
    "opt_fields=subtasks.name,subtasks.notes,subtasks.completed"
)


@dataclass
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
            membership = next(_memberships(task), {})
            project = mapping(membership.get("project"))
            id = clean(project.get("gid"))
            name = clean(project.get("name")) or id
            board = Board(id, name, multi_level=True) if id else home
            group = mapping(membership.get("section"))
            for entry in self._with_subtasks(task, _ref(group), None, 0):
                yield board, partial(_same, entry)
            self._report_absent(task, problems)

    @cached_property
    def ids(self) -> frozenset[str]:
        """Of the tasks of the file, subtasks too, if it has more of them than the gid."""
        return frozenset(clean(task.get("gid")) for task in self._tasks if "name" in task)

    @cached_property
    def _parents(self) -> Mapping[str, str]:
        """By the gids of subtasks, which may stand elsewhere in the file."""
        return {
            clean(subtask.get("gid")): clean(task.get("gid"))
            for task in self._tasks
            for subtask in objects(task.get("subtasks"))
        }

    @cached_property
    def _children(self) -> Mapping[str, set[str]]:
        """Gids of the tasks that name a parent, by it: its own list may be left out."""
        children: dict[str, set[str]] = {}
        for task in self._tasks:
            if above := clean(mapping(task.get("parent")).get("gid")):
                children.setdefault(above, set()).add(clean(task.get("gid")))
        return children

    @property
    def _tasks(self) -> Iterator[JsonObject]:
        pending = [*objects(self.content)]
        while pending:
            yield (task := pending.pop())
            pending += objects(task.get("subtasks"))

    def _with_subtasks(
        self, task: JsonObject, group: tuple[str, str], parent: str | None, depth: int
    ) -> Iterator[Entry]:
        id = clean(task["gid"])
        above = clean(mapping(task.get("parent")).get("gid")) or self._parents.get(id)
        entry = self._entry(task, group, parent or above)
        yield entry
        for subtask in objects(task.get("subtasks")) if depth < _DEEPEST else ():
            if "name" in subtask and clean(subtask.get("gid")):
                yield from self._with_subtasks(subtask, group, entry.id, depth + 1)

    def _report_absent(self, task: JsonObject, problems: Problems) -> None:
        """Of the task and of its subtasks."""
        gid, subtasks = clean(task.get("gid")), objects(task.get("subtasks"))
        at, ids = f"task {gid}", [clean(subtask.get("gid")) for subtask in subtasks]
        held = len(ids) + len(self._children.get(gid, set()).difference(ids))
        count = task.get("num_subtasks")
        if isinstance(count, int) and count > held:
            absent = format_count(count - held, "subtask is", "subtasks are")
            problems.add(f"{at}: {absent} not in the file")
        if strays := ids.count(""):
            problems.add(f"{at}: {format_count(strays, 'subtask')} skipped, without a gid")
        for id in dict.fromkeys(ids):
            if id and id not in self.ids:
                reason = f"skipped, the file has no name of it: {_FULL_FORM}"
                problems.add(f"{at}: subtask {id} {reason}", "subtasks without a name")
        for subtask in subtasks:
            self._report_absent(subtask, problems)

    def _entry(self, task: JsonObject, group: tuple[str, str], parent: str | None) -> Entry:
        id = clean(task["gid"])
        return Entry(
            where=f"task {id}",
            id=id,
            name=clean(task.get("name")),
            raw=list(self._raw(task)),
            group=group,
            parent=parent,
            description=_description(task),
            creator=person(task.get("created_by")) or "",
            subscribers=tuple(filter(None, map(person, objects(task.get("followers"))))),
            created_ms=dates.unix_ms(clean(task.get("created_at"))),
            updated_ms=dates.unix_ms(clean(task.get("modified_at"))),
            url=clean(task.get("permalink_url")),
            comments=tuple(_comments(task)),
            changes=tuple(_changes(task)),
            losses=tuple(KEYS.losses(task)),
        )

    def _raw(self, task: JsonObject) -> Iterator[tuple[Field, Raw]]:
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
        yield field("completed_at", "Completed At", "date"), clean(task.get("completed_at"))
        closer = person(task.get("completed_by"))
        yield field("completed_by", "Completed by", "people"), [closer] if closer else None
        for id, title, value in _kinds(task):
            yield field(id, title, "dropdown"), value
        yield field("likes", "Likes", "numbers"), task.get("num_likes") or None
        waits = [clean(entry.get("gid")) for entry in objects(task.get("dependencies"))]
        waiting = [{"item": id, "type": "FS", "lag_days": 0} for id in waits if id]
        yield field("blocked_by", "Blocked by", "dependency"), waiting
        later = [clean(entry.get("gid")) for entry in objects(task.get("dependents"))]
        blocked = [{"item": id, "board": "", "name": id} for id in later if id not in self.ids]
        if blocked:  # a task of the file says itself what it waits for
            yield field("blocking", "Blocking", "board_relation"), blocked
        if isinstance(minutes := task.get("actual_time_minutes"), int) and minutes:
            yield field("actual_time", "Actual time (hours)", "numbers"), round(minutes / 60, 2)
        for custom in objects(task.get("custom_fields")):
            yield from self._custom(custom)
        files = [_file(entry) for entry in objects(task.get("attachments"))]
        yield field("attachments", "Attachments", "file"), files

    def _custom(self, custom: JsonObject) -> Iterator[tuple[Field, Raw]]:
        title = clean(custom.get("name"))
        kind = clean(custom.get("type") or custom.get("resource_subtype"))
        if title and not self.explanation.is_ignored(title):
            id = clean(custom.get("gid")) or slug(title, set())
            yield self.explanation.field(id, title, _CUSTOM.get(kind, "")), _value(kind, custom)


def _memberships(task: JsonObject) -> Iterator[JsonObject]:
    """Projects with sections; an answer may have the projects alone."""
    memberships = objects(task.get("memberships"))
    yield from memberships or ({"project": project} for project in objects(task.get("projects")))


def _kinds(task: JsonObject) -> Iterator[tuple[str, str, Raw]]:
    """What it is beside an ordinary task: ids, titles and values of columns."""
    others = (clean(mapping(each.get("project")).get("name")) for each in [*_memberships(task)][1:])
    yield "projects", "Other projects", [name for name in others if name]
    subtype = clean(task.get("resource_subtype"))
    kind = clean(mapping(task.get("custom_type")).get("name"))
    kinds = [kind, "" if subtype in _ORDINARY else subtype.replace("_", " ").capitalize()]
    yield "task_type", "Task type", [name for name in kinds if name]
    state = clean(mapping(task.get("custom_type_status_option")).get("name"))
    approval = clean(task.get("approval_status"))
    yield "type_status", "Status of the type", [state] if state else None
    yield "approval", "Approval", [approval] if approval else None


def _description(task: JsonObject) -> str:
    """With its formatting, where the file has it."""
    return markdown_of_html(clean(task.get("html_notes"))) or clean(task.get("notes"))


def _same(entry: Entry) -> Entry:
    return entry


def person(user: Json) -> Person | None:
    """A user."""
    fields = mapping(user)
    id = clean(fields.get("gid"))
    return Person(id, clean(fields.get("name")) or id, clean(fields.get("email"))) if id else None


def _ref(record: JsonObject) -> tuple[str, str]:
    name = clean(record.get("name"))
    return clean(record.get("gid")) or name, name


def _value(kind: str, custom: JsonObject) -> Raw:
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


def _option(record: JsonObject) -> Option | None:
    name = clean(record.get("name"))
    is_active = record.get("enabled") is not False
    return Option(clean(record.get("gid")) or name, name, active=is_active) if name else None


def _comments(task: JsonObject) -> Iterator[Comment]:
    """Stories of type comment, where they were exported too."""
    for story in objects(task.get("stories")):
        if clean(story.get("type")) == "comment" and clean(story.get("gid")):
            yield Comment(
                clean(story["gid"]),
                _html(story) or html_of_text(clean(story.get("text"))),
                person(story.get("created_by")) or "",
                dates.unix_ms(clean(story.get("created_at"))),
                likes=_whole(story.get("num_likes")),
                pinned=story.get("is_pinned") is True,
            )


def _html(story: JsonObject) -> str:
    return clean(story.get("html_text")).removeprefix("<body>").removesuffix("</body>")


def _whole(number: Json) -> int:
    return number if isinstance(number, int) else 0


def _changes(task: JsonObject) -> Iterator[PastChange]:
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


def _file(record: JsonObject) -> dict[str, str]:
    url = clean(record.get("permanent_url") or record.get("view_url") or record.get("download_url"))
    return {"url": url, "name": clean(record.get("name")), "kind": ""}
