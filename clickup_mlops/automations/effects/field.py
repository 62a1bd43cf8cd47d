"""`field:<field id>`: the value of a custom field.

`before` and `after` are `{"type": ..., "value": ...}` with the value in the one form that
`automations.field_values` gives it, whether it was read from a task, from an event, or is to be
written.
"""

from collections.abc import Mapping
from typing import Any

from clickup_mlops.automations import field_values
from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite, unless_chosen
from clickup_mlops.clickup.model import FieldDefinition, HistoryItem, Task
from clickup_mlops.json_types import Json


def write(clickup: EffectClient, task_id: str, change: Change) -> None:
    """One call. Repeated it counts once more against the Free plan's uses, and changes nothing."""
    kind, after = change.after["type"], change.after["value"]
    # The value is a wire value already: name and configuration are not needed.
    field = FieldDefinition(change.subject, "", kind)
    if after is None:
        clickup.fields.clear(task_id, field)
    else:
        wire = field_values.wire(kind, change.before["value"], after)
        clickup.fields.set_raw(task_id, field, wire)


def find(_clickup: EffectClient, task: Task, change: Change, _lost_write: LostWrite) -> bool | None:
    """The task shows it."""
    return _current_value(task, change) == change.after or None


def _current_value(task: Task, change: Change) -> Json:
    values = (field_values.of(field) for field in task.fields if field.id == change.subject)
    return next(values, None)


def echo(item: HistoryItem) -> tuple[str, Any] | None:
    """ClickUp reports the stored value with the field's definition."""
    field = item.raw.get("custom_field")
    if item.field != "custom_field" or not isinstance(field, Mapping):
        return None
    kind, config = str(field.get("type")), field.get("type_config") or {}
    # An event shows another form than a task: both become the one that changes hold.
    value = field_values.plain(kind, config, item.after)
    return f"field:{field.get('id')}", {"type": kind, "value": value}


def patch(raw: Mapping[str, Any], change: Change) -> Mapping[str, Any]:
    """As tasks show the value; people and tasks with their ids only."""
    fields = [
        field_values.patched(field, change.after["value"])
        if field["id"] == change.subject
        else field
        for field in raw.get("custom_fields") or ()
    ]
    return {**raw, "custom_fields": fields}


EFFECT = Effect(
    summary="The value of a custom field.",
    write=write,
    find=find,
    left=unless_chosen(_current_value),
    echo=echo,
    patch=patch,
    history=lambda _change: "custom_field",
    events=("taskUpdated",),
    touches=("task.fields",),
)
