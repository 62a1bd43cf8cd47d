"""What automations can see of a task, as comparable values by kind of change. Pure.

The kinds and values are those of the effects (`status`, `tag:<name>`, `field:<id>` ...), so that a
task, an event and a write of the bot can be compared; a few that nothing writes come on top.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from clickup_mlops.automations import field_values
from clickup_mlops.automations.model import Effect
from clickup_mlops.automations.occurrence import CREATION
from clickup_mlops.clickup.model import HistoryItem, Task, parse_number_or_none
from clickup_mlops.json_types import Json
from clickup_mlops.store.journal_rows import ANY

State = Mapping[str, Json]
"""Values by kind of change. What is not set is left out."""

NAME: Final = "name"
CONTENT: Final = "content"
PARENT: Final = "parent"
START: Final = "start_date"
_BARE: Final = (CONTENT, PARENT, START)
"""Kinds whose events are not relied on for a value."""
_SORTS: Final = frozenset(
    {"status", "priority", "due", "move", "tag", "assignee", "field", NAME, *_BARE}
)
"""What kinds begin with, before a colon."""
_ELSEWHERE: Final = frozenset(
    {
        "comment",
        "attachments",
        "checklist_added",
        "checklist_items_added",
        "checklist_item_resolved",
        "dependency",
        "linked_task",
        "time_estimate",
        "time_spent",
    }
)
"""Fields of history items that report nothing of a state."""


def is_visible(kind: str) -> bool:
    """Whether a state has this kind of change: not a comment, for example."""
    return kind.partition(":")[0] in _SORTS


def state_of(task: Task) -> dict[str, Json]:
    """The task's values; of its description a digest."""
    state: dict[str, Json] = {
        "status": {"status": task.status.name, "type": task.status.kind},
        "priority": task.priority,
        "due": task.due_ms,
        "move": {"id": task.list_id, "name": task.list_name},
        NAME: task.name,
        CONTENT: hashlib.sha256(task.text.encode()).hexdigest()[:16] if task.text else None,
        PARENT: task.parent_id,
        START: task.start_ms,
    }
    state |= {f"tag:{tag}": True for tag in task.tags}
    state |= {f"assignee:{person.id}": person.username or True for person in task.assignees}
    for field in task.fields:
        if (value := field_values.of(field))["value"] is not None:
            state[f"field:{field.id}"] = value
    return {kind: value for kind, value in state.items() if value is not None}


def reported(item: HistoryItem, effects: Mapping[str, Effect]) -> Iterator[tuple[str, object]]:
    """The kinds of change that a history item reports, each with the new value or `ANY`."""
    if item.field == NAME:
        yield NAME, item.after
    elif item.field == "section_moved":
        yield "status", ANY  # a List without the old status gives the task another one
    if item.field in (*_BARE, CREATION):
        yield item.field, ANY
    echoes = [echo for effect in effects.values() if (echo := effect.echo(item)) is not None]
    yield from echoes
    if not echoes and item.field not in (NAME, *_BARE, CREATION, *_ELSEWHERE):
        # A field that is not known here might be any of those that are rarely seen.
        yield from ((kind, ANY) for kind in (NAME, *_BARE))


def find_over(
    items: Iterable[HistoryItem], task: Task, effects: Mapping[str, Effect]
) -> frozenset[str]:
    """The kinds of change that these items report, if the task shows other values of all; else
    none.
    """
    state, over = state_of(task), set[str]()
    for item in items:
        values = [(kind, value) for kind, value in reported(item, effects) if is_visible(kind)]
        if not values or any(is_same_value(kind, value, state.get(kind)) for kind, value in values):
            return frozenset()
        over.update(kind for kind, _value in values)
    return frozenset(over)


_KEYS: Final = {"status": "status", "move": "id"}
"""What tells the values of a kind apart, where a state has more."""


def is_same_value(kind: str, left_value: object, right_value: object) -> bool:
    """Whether two values of a kind are equal, as states, events and writes have them."""
    return (
        left_value is ANY
        or right_value is ANY
        or _bare(kind, left_value) == _bare(kind, right_value)
    )


def _bare(kind: str, value: object) -> object:
    if kind.startswith(("assignee:", "tag:")):
        return bool(value)
    if kind.startswith("field:"):
        return value.get("value") if isinstance(value, Mapping) else None
    if kind in _KEYS and isinstance(value, Mapping):
        value = value.get(_KEYS[kind])
    if kind == "status":
        return str(value or "").casefold()
    if kind in ("due", START):
        return parse_number_or_none(value)
    return value or None
