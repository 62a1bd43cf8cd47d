"""Finds the task of an item that ClickUp may have or not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clickup_mlops.json_types import Json

if TYPE_CHECKING:
    from clickup_mlops.clickup.client import ClickUp
    from clickup_mlops.clickup.model import FieldDefinition, Task

_EARLIER_MS = 60_000
"""Clocks differ: what was created so long before its step began may still be its effect."""


@dataclass(frozen=True, slots=True)
class Sought:
    """An item's task. `field` holds the item's id; without one `marker` is the text's last line.

    `since_ms`: not older (Unix ms; 0: of any age).
    """

    item_id: str
    name: str
    list_id: str
    field: "FieldDefinition | None"
    marker: str
    since_ms: int = 0


def marker(id_field: str, item_id: str) -> str:
    """The last line of a description, where no field can hold the item's id."""
    return f"{id_field or 'Source ID'}: {item_id}"


def find_task(clickup: "ClickUp", team_id: str, sought: Sought) -> "list[Task]":
    """The tasks that fit; those in the List that it was meant for before those that were moved."""
    matches = _with_id(clickup, team_id, sought) if sought.field else _with_name(clickup, sought)
    return sorted(matches, key=lambda task: task.list_id != sought.list_id)


def _with_id(clickup: "ClickUp", team_id: str, sought: Sought) -> "Iterator[Task]":
    field = sought.field
    assert field is not None  # noqa: S101 - `find_task` has looked
    # ClickUp's "=" means "contains" for text, so the values are compared here too.
    condition = {"field_id": field.id, "operator": "=", "value": sought.item_id}
    candidates = clickup.tasks.in_workspace(team_id, custom_fields=[condition])
    return (task for task in candidates if _value(task, field.id) == sought.item_id)


def _with_name(clickup: "ClickUp", sought: Sought) -> "Iterator[Task]":
    after = max(0, sought.since_ms - _EARLIER_MS) or None
    candidates = clickup.tasks.in_list(
        sought.list_id, include_closed=True, subtasks=True, created_after_ms=after
    )
    return (
        task
        for task in candidates
        if task.name.strip() == sought.name.strip()
        and task.text.rstrip().splitlines()[-1:] == [sought.marker]
    )


def _value(task: "Task", field_id: str) -> Json:
    return next((field.value for field in task.fields if field.id == field_id), None)
