"""What an automation sees of an event: the change, and not that ClickUp reports it more than once.

A change of a task is reported by `taskUpdated` and by an event of its own kind, a new task by
`taskCreated` and `taskStatusUpdated`, all with the same history items and in any order. Whichever
comes first stands for the change, and looks as if all had come. Pure.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import orjson

from clickup_mlops.clickup.model import Event, HistoryItem

CREATED: Final = "taskCreated"
UPDATED: Final = "taskUpdated"
CREATION: Final = "task_creation"
COMMENT: Final = "comment"
POSTED: Final = "taskCommentPosted"
OWN_KINDS: Final = {
    "status": "taskStatusUpdated",
    "priority": "taskPriorityUpdated",
    "assignee_add": "taskAssigneeUpdated",
    "assignee_rem": "taskAssigneeUpdated",
    "due_date": "taskDueDateUpdated",
    "tag": "taskTagUpdated",
    "tag_removed": "taskTagUpdated",
    "section_moved": "taskMoved",
    "time_estimate": "taskTimeEstimateUpdated",
    "time_spent": "taskTimeTrackedUpdated",
}
"""The event of its own kind that reports a change of this field, beside `taskUpdated`."""


OF_CHANGES: Final = frozenset({UPDATED, POSTED, *OWN_KINDS.values()})
"""Events that report changes of a task; `taskCreated` reports none."""


OTHER: Final = "other"
"""In place of what a task does not show."""
_VALUED: Final = {
    "status": "status",
    "priority": "id",
    "due_date": "",
    "start_date": "",
    "name": "",
    "section_moved": "id",
    "tag": "name",
    "tag_removed": "name",
    "assignee_add": "id",
    "assignee_rem": "id",
}
"""Fields whose value looks the same in all reports, by its key in the object that an item shows."""
_REMOVED: Final = ("tag_removed", "assignee_rem")
_SHOWN: Final = (CREATION, "content", "parent")
BY_BOT: Final = "own"
"""In `ignore`: what the bot's automations write."""
IGNORABLE: Final = frozenset(
    {BY_BOT, "content", "parent", COMMENT, "custom_field", *OWN_KINDS, *_VALUED}
)
"""What `ignore` may name; those whose value looks the same in all reports also with a value."""


def is_ignorable(change: str) -> bool:
    """Whether `ignore` may name it: `priority`, `priority:3`, `own`. A value that is an id is a
    number, or `none`.
    """
    field, colon, value = change.partition(":")
    if not colon:
        return field in IGNORABLE
    is_id = _VALUED.get(field) == "id"
    return field in _VALUED and bool(value) and (not is_id or value.isdigit() or value == "none")


def items_left(event: Event, are_known: Sequence[bool]) -> tuple[HistoryItem, ...]:
    """What an automation has not seen of the event yet, `are_known` says it of each item; empty: it
    has seen all of it.
    """
    items = tuple(
        item for item, is_known in zip(event.items, are_known, strict=True) if not is_known
    )
    return items if any(_is_reported(event, item) for item in items) else ()


def list_kinds(event: Event, items: tuple[HistoryItem, ...]) -> tuple[str, ...]:
    """The kinds as which an automation that listens for the event may see it, the most specific
    first: it sees the first of them for which it listens.
    """
    if event.creates:
        return CREATED, event.kind
    if event.kind != UPDATED:
        return (event.kind,)
    own_kinds = (OWN_KINDS.get(item.field) for item in items)
    return *filter(None, own_kinds), UPDATED


def view_of(event: Event, kind: str, items: tuple[HistoryItem, ...]) -> Event:
    """The event as those see it to whom it brings these items as this kind."""
    if kind == CREATED:
        items = _with_creation(items)
    return replace(event, kind=kind, items=items)


def change_of(event: Event, item: HistoryItem) -> str:
    """A name for the change that an item reports, the same in every event; empty: it has none.

    With the values, because an id may come again when the same thing changes once more. A task's
    creation is one change with its first status. A comment is one by itself; an edit of it has
    none, as it has the item of the comment, and nothing in common with another kind's event.
    """
    if item.field == COMMENT:
        return f"{COMMENT}:{item.after}" if event.kind == POSTED and item.after else ""
    if item.field == CREATION:
        for candidate in event.items:
            if candidate.is_first_status:
                item = candidate
                break
    if not item.id:
        return ""
    values = orjson.dumps([item.before, item.after], option=orjson.OPT_SORT_KEYS)
    return f"{item.id}:{hashlib.sha256(values).hexdigest()[:12]}"


def place_of(item: HistoryItem) -> str:
    """What of the task an item changed, whoever reports it, and to what if that looks the same in
    all reports: `status:done`, `tag_removed:urgent`, `field:<id>`.
    """
    field, value = item.field, item.after
    if item.is_first_status:
        return CREATION
    if field in _REMOVED:
        value = item.before
    if isinstance(value, list):
        value = value[-1] if value else None
    if field == "custom_field":
        definition = item.raw.get("custom_field")
        return f"field:{definition.get('id')}" if isinstance(definition, Mapping) else "field"
    if field not in _VALUED:
        return field if field in _SHOWN else OTHER
    key = _VALUED[field]
    return f"{field}:{value.get(key) if isinstance(value, Mapping) else value}".casefold()


def is_valued(place: str) -> bool:
    """Whether the place includes the new value."""
    return place.partition(":")[0] in _VALUED


def _is_reported(event: Event, item: HistoryItem) -> bool:
    """Comments are reported by events of their own kinds alone."""
    return event.kind != UPDATED or item.field != COMMENT


def _with_creation(items: tuple[HistoryItem, ...]) -> tuple[HistoryItem, ...]:
    """As `taskCreated` has them, though it was `taskStatusUpdated` that reported the new task."""
    if any(item.field == CREATION for item in items):
        return items
    return (*items, replace(items[0], field=CREATION, before=None, after=None))


def changed_ms(key: str) -> int:
    """When the change happened that an event of a back-fill stands for, by the event's key."""
    return int(key.rpartition(":")[2])
