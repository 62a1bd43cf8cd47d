"""History items and events as ClickUp would have sent them for changes that it did not report.
Pure.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from clickup_mlops.automations.events import BACKFILL
from clickup_mlops.automations.occurrence import CREATED, CREATION, OWN_KINDS, UPDATED
from clickup_mlops.bot.handle.derived.differences import Difference
from clickup_mlops.bot.handle.derived.states import CONTENT
from clickup_mlops.clickup.model import Event, HistoryItem, Task
from clickup_mlops.json_types import Json, JsonObject

_PREFIX: Final = "derived"
_FIELDS: Final = {"due": "due_date", "move": "section_moved"}
"""Fields of history items that are called otherwise than the kind of change."""


def event(kind: str, key: str, task: Task, items: Sequence[HistoryItem], **more: Any) -> Event:
    """An event of this kind with these items."""
    raw: JsonObject = {
        "event": kind,
        "task_id": task.id,
        "webhook_id": BACKFILL,
        **more,
        "history_items": [
            {**item.raw, "before": item.before, "after": item.after} for item in items
        ],
    }
    date_ms = max((item.date_ms for item in items), default=None)
    return Event(key, BACKFILL, kind, task.id, task.list_id, None, None, tuple(items), date_ms, raw)


def of_changes(row_key: str, task: Task, items: Iterable[HistoryItem]) -> Iterator[Event]:
    """What ClickUp would have sent for each of these changes. `row_key`: of the back-fill's row."""
    for item in items:
        specific_kind = OWN_KINDS.get(item.field)
        for kind in (specific_kind, UPDATED) if specific_kind else (UPDATED,):
            yield event(kind, f"{_PREFIX}:{kind}:{item.id}:{row_key}", task, [item])


def of_creation(row_key: str, task: Task) -> Iterator[Event]:
    """What ClickUp would have sent for a new task."""
    for kind in (CREATED, OWN_KINDS["status"]):
        key = f"{_PREFIX}:{kind}:{row_key}"
        yield event(kind, key, task, creation(task))


def creation(task: Task) -> list[HistoryItem]:
    """The first status, and the creation itself."""
    unborn: JsonObject = {"status": None, "type": None}
    return [
        _item(f"{_PREFIX}:status:{task.id}", "status", task, unborn, task.raw.get("status")),
        _item(f"{_PREFIX}:creation:{task.id}", CREATION, task, None, None),
    ]


def list_lost_kinds(items: Iterable[HistoryItem]) -> list[str]:
    """The kinds of events that were lost with these changes."""
    kinds = {OWN_KINDS.get(item.field, UPDATED) for item in items}
    return sorted({*kinds, UPDATED})


def changes(differences: Iterable[Difference], task: Task, base_ms: int) -> list[HistoryItem]:
    """An item for each difference. `base_ms`: when the task was last known, which tells the change
    from an earlier or later one.
    """
    return [_change(difference, task, base_ms) for difference in differences]


def _change(difference: Difference, task: Task, base_ms: int) -> HistoryItem:
    kind, before, after = difference.kind, difference.before, difference.after
    sort, _, subject = kind.partition(":")
    item_id = f"{_PREFIX}:{base_ms}:{kind}"
    if sort in _SHOWN:
        field, before, after, more = _SHOWN[sort](task, subject, before, after)
        return _item(item_id, field, task, before, after, **more)
    if kind == CONTENT:
        return _item(item_id, kind, task, None, task.text)
    return _item(item_id, _FIELDS.get(kind, kind), task, before, after)


def _item(
    item_id: str, field: str, task: Task, before: Json, after: Json, **more: Any
) -> HistoryItem:
    raw: JsonObject = {
        "id": item_id,
        "type": 1,
        "date": str(task.updated_ms),
        "field": field,
        "parent_id": task.list_id,
        "data": {},
        "source": None,
        **more,
    }
    return HistoryItem(item_id, field, task.updated_ms, None, task.list_id, before, after, raw)


Shown = tuple[str, Json, Json, dict[str, Any]]
"""Field, before, after and further keys of a history item."""


def _status(task: Task, _subject: str, before: Json, _after: Json) -> Shown:
    # By an event or a write only the name is known.
    status = before if isinstance(before, Mapping) else {"status": before, "type": "custom"}
    return "status", status, task.raw.get("status"), {}


def _priority(task: Task, _subject: str, before: Json, _after: Json) -> Shown:
    return "priority", before and {"id": str(before)}, task.raw.get("priority"), {}


def _due(_task: Task, _subject: str, before: Json, after: Json) -> Shown:
    return "due_date", _digits(before), _digits(after), {}


def _digits(value: Json) -> Json:
    return None if value is None else str(value)


def _move(task: Task, _subject: str, before: Json, _after: Json) -> Shown:
    place = before if isinstance(before, Mapping) else {"id": before}
    return "section_moved", place, task.raw.get("list"), {}


def _tag(_task: Task, subject: str, _before: Json, after: Json) -> Shown:
    tag: Json = [{"name": subject}]
    return ("tag", None, tag, {}) if after else ("tag_removed", tag, None, {})


def _assignee(task: Task, subject: str, before: Json, after: Json) -> Shown:
    name = after or before
    person: Json = {"id": int(subject), "username": name if isinstance(name, str) else None}
    return ("assignee_add", None, person, {}) if after else ("assignee_rem", person, None, {})


def _field(task: Task, subject: str, before: Json, after: Json) -> Shown:
    definition = next((field for field in task.fields if field.id == subject), None)
    custom: JsonObject = {"id": subject}
    if definition is not None:
        names = ("id", "name", "type", "type_config")
        custom = {name: getattr(definition, name) for name in names}
    return "custom_field", _value(before), _value(after), {"custom_field": custom}


def _value(value: Json) -> Json:
    return value.get("value") if isinstance(value, Mapping) else None


_SHOWN: Final = {
    "status": _status,
    "priority": _priority,
    "due": _due,
    "move": _move,
    "tag": _tag,
    "assignee": _assignee,
    "field": _field,
}
"""How kinds of change look in history items."""
