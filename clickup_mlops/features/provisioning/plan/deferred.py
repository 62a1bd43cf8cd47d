"""Values of starter tasks whose custom fields must be created by hand first. Pure.

Such a task is created without the value, and the deferred ones are remembered with it. As soon as
the field exists, the next apply sets the value, unless a person set one meanwhile.
"""

from collections.abc import Collection
from typing import Final

from clickup_mlops.features.provisioning.tree import Attributes, Changes, JsonTable, fold_name

KEY: Final = "deferred"
"""Attribute of a task: the fields whose values are deferred, by name."""
STATUS: Final = "deferred_status"
"""Attribute of a task: the status that its list lacks. A person moves the task there later."""
VALUE: Final = "value of "
"""Prefix of a field's name: the attribute that a change of this one value has."""


def without(task: Attributes, missing: Collection[str]) -> JsonTable:
    """The task as it can be created while these (folded) fields do not exist."""
    values: Attributes = task.get("fields") or {}
    deferred_names = [name for name in values if fold_name(name) in missing]
    if not deferred_names:
        return dict(task)
    present = {name: value for name, value in values.items() if name not in deferred_names}
    return {**task, "fields": present, KEY: deferred_names}


def without_deferred(task: Attributes) -> JsonTable:
    """The task with nothing deferred."""
    return {name: value for name, value in task.items() if name not in (KEY, STATUS)}


def changes(have: Attributes, want: Attributes, last: Attributes) -> Changes:
    """The values that are due: deferred at creation, possible now, and not set by anybody."""
    deferred = set(map(fold_name, last.get(KEY, ())))
    filled = set(map(fold_name, have.get("fields") or {}))
    return {
        VALUE + name: (None, value)
        for name, value in (want.get("fields") or {}).items()
        if fold_name(name) in deferred - filled
    }


def values(changed: Attributes) -> JsonTable:
    """Of an object's changes those that are values of fields, by the field's name."""
    return {
        key.removeprefix(VALUE): value for key, value in changed.items() if key.startswith(VALUE)
    }


def summary(task: Attributes) -> str:
    """What is deferred, for people; "" for nothing."""
    status = task.get(STATUS)
    first = f'it starts in the first status: "{status}" does not exist yet' if status else ""
    return "; ".join(filter(None, (_values_summary(task.get(KEY, ())), first)))


def _values_summary(deferred_names: Collection[str]) -> str:
    names = ", ".join(f'"{name}"' for name in deferred_names)
    values, fields = (
        ("values", "those fields") if len(deferred_names) > 1 else ("value", "that field")
    )
    return (
        f"its {values} of {names} will be set once {fields} can be seen" if deferred_names else ""
    )
