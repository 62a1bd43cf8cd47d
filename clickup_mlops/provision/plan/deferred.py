"""Values of starter tasks whose custom fields a person has yet to make. Pure.

Such a task is made without the value, and which ones it still lacks is remembered with it. As soon
as the field is there, the next apply sets the value, unless somebody was quicker.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

from clickup_mlops.provision.tree import fold_name

Attributes = Mapping[str, Any]

KEY: Final = "later"
"""Attribute of a task: the fields that it lacks a value of, by name."""
BEGINS: Final = "begins"
"""Attribute of a task: the status that its list has yet to get. A person moves the task there."""
VALUE: Final = "value of "
"""Before a field's name: what a change of this one value is called."""


def without(task: Attributes, missing: Collection[str]) -> dict[str, Any]:
    """The task as it can be made while these (folded) fields are not there."""
    values: Mapping[str, Any] = task.get("fields") or {}
    lacking = [name for name in values if fold_name(name) in missing]
    if not lacking:
        return dict(task)
    there = {name: value for name, value in values.items() if name not in lacking}
    return {**task, "fields": there, KEY: lacking}


def promised_nothing(task: Attributes) -> dict[str, Any]:
    """The task without what it lacks."""
    return {name: value for name, value in task.items() if name not in (KEY, BEGINS)}


def changes(have: Attributes, want: Attributes, last: Attributes) -> dict[str, tuple[Any, Any]]:
    """The values that are due: promised when the task was made, possible now, and set by nobody."""
    promised = set(map(fold_name, last.get(KEY, ())))
    taken = set(map(fold_name, have.get("fields") or {}))
    return {
        VALUE + name: (None, value)
        for name, value in (want.get("fields") or {}).items()
        if fold_name(name) in promised - taken
    }


def values(changed: Mapping[str, Any]) -> dict[str, Any]:
    """Of an object's changes those that are values of fields, by the field's name."""
    return {
        key.removeprefix(VALUE): value for key, value in changed.items() if key.startswith(VALUE)
    }


def told(task: Attributes) -> str:
    """What follows later, for people; "" if nothing does."""
    status = task.get(BEGINS)
    begins = f'it begins in the first status: "{status}" is not there yet' if status else ""
    return "; ".join(filter(None, (_values_told(task.get(KEY, ())), begins)))


def _values_told(lacking: Collection[str]) -> str:
    names = ", ".join(f'"{name}"' for name in lacking)
    values, fields = ("values", "those fields") if len(lacking) > 1 else ("value", "that field")
    return f"its {values} of {names} will follow once {fields} can be seen" if lacking else ""
