"""A task of ClickUp, reduced to what is compared. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from clickup_mlops.clickup.model import FieldValue, Task, parse_people


@dataclass(frozen=True, slots=True)
class FieldState:
    """A custom field that is set: `value` as `clickup/fields.py` reads it, people as e-mails."""

    type: str
    value: Any


@dataclass(frozen=True, slots=True)
class TaskState:
    """A task. People are e-mail addresses in lower case, `fields` go by name in lower case,
    `parent`, `waits_for` and `links` are ids of tasks; times in ms.
    """

    id: str
    item: str
    url: str
    list_id: str
    name: str
    status: str
    text: str
    parent: str | None = None
    priority: int | None = None
    due_ms: int | None = None
    start_ms: int | None = None
    tracked_ms: int = 0
    archived: bool = False
    assignees: tuple[str, ...] = ()
    watchers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    fields: dict[str, FieldState] = field(default_factory=dict)
    waits_for: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


def see(task: Task, id_field: str) -> TaskState:
    """The task. `item` is empty if neither the field nor the text's last line has a source's id."""
    fields = dict(_fields(task))
    identity = fields.pop(id_field.casefold(), None)
    item = str(identity.value).strip() if identity else _marked(task.text, id_field)
    tracked = task.raw.get("time_spent")
    return TaskState(
        id=task.id,
        item=item,
        url=task.url,
        list_id=task.list_id,
        name=task.name,
        status=task.status.name,
        text=task.markdown or task.text,
        parent=task.parent_id,
        priority=task.priority,
        due_ms=task.due_ms,
        start_ms=task.start_ms,
        tracked_ms=tracked if isinstance(tracked, int) else 0,
        archived=bool(task.raw.get("archived")),
        assignees=tuple(person.email.casefold() for person in task.assignees),
        watchers=tuple(
            person.email.casefold() for person in parse_people(task.raw.get("watchers") or ())
        ),
        tags=task.tags,
        fields=fields,
        waits_for=task.depends_on,
        links=task.links,
    )


def _marked(text: str, id_field: str) -> str:
    """The id in the last line: there where the List has no field for it."""
    name, _, item = (text.rstrip().splitlines() or [""])[-1].rpartition(": ")
    return item.strip() if name == (id_field or "Source ID") else ""


def _fields(task: Task) -> Iterator[tuple[str, FieldState]]:
    for value in task.fields:
        if value.value is not None:
            yield value.name.casefold(), FieldState(value.type, _value(value))


def _value(field: FieldValue) -> Any:
    if field.type == "users" and isinstance(field.value, list):
        return [person.email.casefold() for person in parse_people(field.value)]
    return field.read()
