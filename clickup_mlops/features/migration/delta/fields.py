"""A task's fields as a conversion wants them and as they are, in comparable form. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from clickup_mlops.clickup.model import FieldValue, Task
from clickup_mlops.features.migration.steps import (
    AddDependency,
    AddLink,
    AddTime,
    CreateTask,
    Deferred,
    SetRelation,
)

FIELD: Final = "field "
RELATION: Final = "relation "
"""Keys of custom fields and of relationship fields begin like this; the field's name follows."""
TAGS: Final = "tags"
TIME: Final = "time"
BY_PEOPLE: Final = ("list", "parent", "waits_for", "links", TIME)
"""What a delta does not change: it says so."""
WRITTEN: Final[Mapping[str, str]] = {
    "name": "name",
    "text": "text",
    "status": "status",
    "priority": "priority",
    "assignees": "assignees",
    "tags": "tags",
    "due": "due_ms",
    "start": "start_ms",
}
"""Our key -> the journal's key for a task's value."""
_CHANGED: Final = re.compile(r", last changed [\d: UTC-]+")
_DAY_MS: Final = (-20 * 3_600_000, 5 * 3_600_000)
"""A day is written as 10:00 UTC; ClickUp keeps 04:00 of it where somebody lives, which is so much
later, from UTC+13 to UTC-10.
"""
_REFERENCES: Final = ("tasks", "list_relationship")

Span = tuple[int, int, int | None]
"""A time entry: from when (Unix ms), how long (ms), whose."""


def desired(task: CreateTask, deferred: Iterable[Deferred]) -> dict[str, Any]:
    """What a conversion wants, by field; what it does not want is absent.

    `due` and `start` are (Unix ms, whether they have a time); relations are ids of items; time is a
    list of `Span`.
    """
    steps, attributes = tuple(deferred), task.attributes
    has_time = bool(attributes.get("dates_have_time", True))
    values: dict[str, Any] = {
        "name": task.name,
        "text": task.markdown,
        "status": attributes.get("status"),
        "priority": attributes.get("priority"),
        "assignees": sorted(attributes.get("assignees") or ()),
        "tags": sorted({tag.casefold() for tag in attributes.get("tags") or ()}),
        "due": _moment(attributes.get("due_ms"), has_time),
        "start": _moment(attributes.get("start_ms"), has_time),
        "list": list(task.place) if task.parent_id is None else None,
        "parent": task.parent_id,
        "waits_for": sorted(step.waits_for for step in steps if isinstance(step, AddDependency)),
        "links": sorted(step.other for step in steps if isinstance(step, AddLink)),
        TIME: sorted((_span(step) for step in steps if isinstance(step, AddTime)), key=str),
    }
    values |= {f"{FIELD}{name}": value for name, value in task.fields.items()}
    relations = (step for step in steps if isinstance(step, SetRelation))
    values |= {f"{RELATION}{step.field}": sorted(step.others) for step in relations}
    return {key: value for key, value in values.items() if value not in (None, "", [])}


def _moment(ms: int | None, has_time: bool) -> Any:
    return None if ms is None else (ms, has_time)


def _span(step: AddTime) -> Span:
    return step.start_ms, step.duration_ms, step.user


def named(task: Task, name: str) -> FieldValue | None:
    """A custom field of the task, by name."""
    return next((field for field in task.fields if field.name == name), None)


def live(task: Task, key: str) -> Any:
    """A field's value in ClickUp now, in the form of `desired`; relations are the tasks' ids."""
    if key.startswith((FIELD, RELATION)):
        field_value = named(task, key.removeprefix(FIELD).removeprefix(RELATION))
        value = field_value.read() if field_value else None
        return (
            sorted(value)
            if field_value and field_value.type in (*_REFERENCES, "users") and value
            else value
        )
    plain: dict[str, Any] = {
        "name": task.name,
        "text": task.markdown or task.text,
        "status": task.status.name,
        "priority": task.priority,
        "assignees": sorted(person.id for person in task.assignees),
        "tags": sorted(tag.casefold() for tag in task.tags),
        "due": _moment(task.due_ms, True),
        "start": _moment(task.start_ms, True),
    }
    return plain.get(key)


def is_equal(key: str, desired_value: Any, current: Any) -> bool:
    """Whether the value in ClickUp is the wanted one; ClickUp changes case, blanks and days."""
    if desired_value in (None, "", [], False) or current in (None, "", []):
        return desired_value in (None, "", [], False) and current in (None, "", [], False)
    if key in ("due", "start"):
        return _same_moment(desired_value, current)
    desired_value, current = comparable(key, desired_value), comparable(key, current)
    if isinstance(desired_value, str) and isinstance(current, str):
        return _words(desired_value) == _words(current)
    if isinstance(desired_value, list | tuple) and isinstance(current, list | tuple):
        return sorted(map(str, desired_value)) == sorted(map(str, current))
    if isinstance(desired_value, Mapping) and isinstance(current, Mapping):
        return all(current.get(part) == value for part, value in desired_value.items())
    return bool(desired_value == current)


def comparable(key: str, value: Any) -> Any:
    """The value without what changes with every change: when the item was changed last."""
    return _CHANGED.sub("", value) if key == "text" and isinstance(value, str) else value


def _same_moment(desired_value: Any, current: Any) -> bool:
    later_ms = current[0] - desired_value[0]
    return bool(_DAY_MS[0] < later_ms < _DAY_MS[1] if not desired_value[1] else later_ms == 0)


def _words(text: str) -> str:
    return "".join(text.replace("\\", "").split()).casefold()


def difference(before: Any, after: Any) -> tuple[list[Any], list[Any]]:
    """What of two lists was added and what was removed."""
    old, new = list(before or ()), list(after or ())
    return [entry for entry in new if entry not in old], [
        entry for entry in old if entry not in new
    ]


def tracked(span: Span) -> str:
    """A time entry as people read it."""
    start_ms, duration_ms, _ = span
    duration = timedelta(milliseconds=duration_ms)
    return f"tracked time from {format_value((start_ms, True))} ({duration})"


def format_value(value: Any) -> str:
    """A value as people read it."""
    if value in (None, "", []):
        return ""
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], bool):
        at = datetime.fromtimestamp(value[0] / 1000, UTC)
        return f"{at:%Y-%m-%d %H:%M} UTC" if value[1] else f"{at:%Y-%m-%d}"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)
