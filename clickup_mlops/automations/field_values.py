"""Values of custom fields for automations: one comparable form, made from what an automation's
author writes.

ClickUp shows one value in three shapes: in a task, in an event and in the call that writes it. The
plain form is that of the call, except for lists of people, tasks and files, which are whole here
and changes there. "Not set", an empty text and an empty list are all None. Pure.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from clickup_mlops.automations.model import Unanswered
from clickup_mlops.clickup.model import FieldDefinition, FieldValue, Task
from clickup_mlops.errors import InputError
from clickup_mlops.json_types import Json
from clickup_mlops.spelling import suggest_word

LISTS: Final = frozenset({"users", "tasks", "list_relationship", "attachment"})
NUMBERS: Final = frozenset({"number", "currency", "emoji", "manual_progress"})


def find(task: Task, name: str) -> FieldValue:
    """The task's field with this name, in any case, or id.

    Raises:
        Unanswered: the task has none; names the nearest.
    """
    folded = name.strip().casefold()
    for field in task.fields:
        if folded in (field.name.casefold(), field.id):
            return field
    guess = suggest_word(name, (field.name for field in task.fields))
    raise Unanswered(f'the task has no custom field "{name:.60}"{guess}')


def of(field: FieldValue) -> dict[str, Any]:
    """A task's field as `before` and `after` of changes hold it."""
    return {"type": field.type, "value": plain(field.type, field.type_config, field.value)}


def encode_desired(field: FieldDefinition, value: Any) -> dict[str, Any]:
    """What an automation wants the field to be; text is read as the field's type asks.

    Raises:
        Unanswered: it does not fit the type; an unknown option comes with the nearest.
    """
    try:
        wire = field.encode(_read(field, value)) if field.type != "button" else None
    except (InputError, ValueError) as problem:
        hint = f" {problem.hint}" if isinstance(problem, InputError) and problem.hint else ""
        raise Unanswered(f"{problem}.{hint}") from None
    if wire is None:
        raise Unanswered(f'field "{field.name}": automations do not press buttons')
    encoded = wire["add"] if field.type in LISTS else wire
    return {"type": field.type, "value": plain(field.type, field.type_config, encoded)}


def plain(kind: str, config: Mapping[str, Any], value: Any) -> Any:
    """The comparable form of a value as a task, an event or a call has it; None: not set."""
    if value is None or value == "" or value == []:
        return None
    try:
        return _PLAIN.get(kind, _unchanged)(config, value)
    except (TypeError, ValueError, KeyError):
        return value


def wire(kind: str, before: Any, after: Any) -> Any:
    """What the call that writes it takes; lists are changed by what is added and removed."""
    if kind not in LISTS:
        return after
    old, new = before or [], after or []
    return {
        "add": [entry for entry in new if entry not in old],
        "rem": [entry for entry in old if entry not in new],
    }


def patched(raw: Mapping[str, Any], value: Any) -> dict[str, Any]:
    """A task's `custom_fields` entry with this value, as a task shows it."""
    entry = {key: entry_value for key, entry_value in raw.items() if key != "value"}
    if value is None:
        return entry
    show = _SHOWN.get(raw["type"], _unchanged)
    return entry | {"value": show(raw.get("type_config") or {}, value)}


def show(field: FieldValue, value: Json) -> Json:
    """A value in the comparable form as people know it: an option by its label; None: not set."""
    shown = patched({"type": field.type, "type_config": field.type_config}, value).get("value")
    readable: Json = replace(field, value=shown).read()
    return readable


# What an automation's author writes


def _read(field: FieldDefinition, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if field.type in NUMBERS:
        return _number({}, value)
    if field.type == "checkbox":
        return {"true": True, "false": False}.get(value.strip().lower(), value)
    if field.type == "date":
        return _moment(value)
    if field.type in LISTS or field.type == "labels":
        return _listed(field.type, value)
    return value


def _listed(kind: str, text: str) -> list[Any]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return [int(part) for part in parts] if kind == "users" else parts


def _moment(text: str) -> int:
    """Milliseconds, or a date with or without a time; UTC unless it says otherwise."""
    if text.strip().isdigit():
        return int(text)
    when = datetime.fromisoformat(text.strip().removesuffix(" UTC"))
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)


# Comparable forms

Form = Callable[[Mapping[str, Any], Any], Any]


def _unchanged(_config: Mapping[str, Any], value: Any) -> Any:
    return value


def _number(_config: Mapping[str, Any], value: Any) -> int | float:
    number = float(value)
    return int(number) if number.is_integer() else number


def _tick(_config: Mapping[str, Any], value: Any) -> bool:
    return str(value).lower() == "true"


def _as_integer(_config: Mapping[str, Any], value: Any) -> int:
    return int(value)


def _option(config: Mapping[str, Any], value: Any) -> str:
    """An option's id; tasks show its place in the list."""
    for option in config.get("options") or ():
        if option["id"] == value or str(option.get("orderindex")) == str(value):
            return str(option["id"])
    return str(value)


def _progress(config: Mapping[str, Any], value: Any) -> dict[str, Any]:
    return {"current": _number(config, value["current"])}


def _place(_config: Mapping[str, Any], value: Any) -> dict[str, Any]:
    return {key: value[key] for key in ("location", "formatted_address")}


def _ids(_config: Mapping[str, Any], value: Any) -> list[Any]:
    return [entry["id"] if isinstance(entry, Mapping) else entry for entry in value]


_PLAIN: dict[str, Form] = {
    "number": _number,
    "currency": _number,
    "emoji": _as_integer,
    "date": _as_integer,
    "checkbox": _tick,
    "drop_down": _option,
    "manual_progress": _progress,
    "location": _place,
    **dict.fromkeys(LISTS, _ids),
}


# As a task shows them


def _index(config: Mapping[str, Any], value: Any) -> Any:
    options = config.get("options") or ()
    return next((option["orderindex"] for option in options if option["id"] == value), value)


_SHOWN: dict[str, Form] = {
    "number": lambda _config, value: str(value),
    "date": lambda _config, value: str(value),
    "checkbox": lambda _config, value: str(value).lower(),
    "drop_down": _index,
    "manual_progress": lambda _config, value: {"current": str(value["current"])},
    "users": lambda _config, value: [{"id": entry} for entry in value],
    "tasks": lambda _config, value: [{"id": entry} for entry in value],
    "list_relationship": lambda _config, value: [{"id": entry} for entry in value],
}
