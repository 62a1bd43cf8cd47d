"""Custom fields: which apply to a task, and how each type takes a value.

Definitions come from a seed or the control side only: no endpoint creates them.
"""

import re
import sys
import uuid
from collections.abc import Callable
from typing import Any

from clickup_mlops.sandbox.clickup.state.model import Field, JsonTable, Task, TaskList, User
from clickup_mlops.sandbox.clickup.state.refusal import Refusal
from clickup_mlops.sandbox.clickup.state.values import (
    LAST_MS,
    filter_member_ids,
    is_number,
    parse_int,
)
from clickup_mlops.sandbox.clickup.state.world import World

FREE_PLAN_USES = 60
"""Custom-field uses of a Free Workspace: never reset, every Set counts (measured live)."""

UNSET: Any = object()
"""A parser returns this when the write leaves nothing behind, like the click on a button."""


def get_level_fields(world: World, level: str, level_id: str) -> list[Field]:
    """The fields created exactly there."""
    return [f for f in world.fields if f.level == level and f.level_id == level_id]


def get_list_fields(world: World, task_list: TaskList) -> list[Field]:
    """The fields that a List's tasks have, inherited ones included."""
    chain = {
        ("team", world.team_of(task_list)),
        ("space", task_list.space_id),
        ("folder", task_list.folder_id),
        ("list", task_list.id),
    }
    definitions = world.fields
    return [
        f for f in definitions if (f.level, f.level_id) in chain or task_list.id in f.more_lists
    ]


def add_to_list(world: World, fields: list[Field], task_list: TaskList) -> None:
    """Add fields to a List that lacks them."""
    present_ids = {field.id for field in get_list_fields(world, task_list)}
    for field in fields:
        if field.id not in present_ids:
            field.more_lists.append(task_list.id)
            world.fields.put(field)


def get_task_fields(world: World, task: Task) -> list[Field]:
    """The fields that apply to a task: by place and by task type."""
    fields = get_list_fields(world, world.lists[task.list_id])
    return [f for f in fields if not f.task_types or task.custom_item_id in f.task_types]


def get_applicable(world: World, task: Task, field_id: str) -> Field:
    """The field by id, if it applies to the task."""
    try:
        uuid.UUID(field_id)
    except ValueError:
        raise Refusal("FIELD_057", "Custom field id must be a valid UUID") from None
    for field in get_task_fields(world, task):
        if field.id == field_id:
            return field
    raise Refusal("FIELD_007", "Custom field not found on this task")


def count_use(world: World, team_id: str, count: int = 1) -> None:
    """Count uses of custom fields; the Free plan stops at 60 for ever."""
    team = world.teams[team_id]
    if world.plan == "Free" and team.field_uses + count > FREE_PLAN_USES:
        raise Refusal("FIELD_033", "Custom field usages exceeded for your plan")
    team.field_uses += count
    world.teams.put(team)


def parse_value(world: World, field: Field, task: Task, body: JsonTable) -> Any:
    """The value as it is stored, from a request body with `value` and `value_options`."""
    parser = _PARSERS.get(field.type)
    if parser is None:
        raise Refusal("FIELD_220", f"A field of type {field.type} cannot be set")
    return parser(world, field, task.values.get(field.id), body.get("value"))


def parse_text(field: Field, typed: str) -> float | str:
    """What a person typed, as the API wants it for this type; what is no number stays as it is."""
    if field.type not in ("number", "currency"):
        return typed
    try:
        return float(typed)
    except ValueError:
        return typed


def get_options(field: Field) -> list[JsonTable]:
    """The options of a drop_down or labels field, in order."""
    listed: list[JsonTable] = field.type_config.get("options", [])
    return listed


def get_option_ids(field: Field) -> dict[str | None, str]:
    """Name or label of each option of a drop_down or labels field -> its id."""
    return {
        option.get("name") or option.get("label"): option["id"] for option in get_options(field)
    }


def define(
    world: World,
    actor: User,
    name: str,
    kind: str,
    *,
    at: tuple[str, str],
    choices: tuple[str, ...] = (),
    config: JsonTable | None = None,
    required: bool = False,
    task_types: tuple[int, ...] = (),
) -> Field:
    """Create a definition at a level and its id, as somebody would in ClickUp's own pages."""
    type_config = build_config(world, kind, choices) | (config or {})
    field = Field(
        world.ids.uuid("field"),
        name,
        kind,
        type_config,
        *at,
        world.now_ms(),
        actor.id,
        required=required,
        task_types=list(task_types),
    )
    return world.fields.put(field)


_COLORS = ("#5b4fe9", "#02bcd4", "#2ecd6f", "#f9ae27", "#e50000", "#b5bcc2")


def build_config(world: World, kind: str, choices: tuple[str, ...]) -> JsonTable:
    """The `type_config` that ClickUp's own pages would give a new field of this type."""
    listed = [
        {"id": world.ids.uuid("option"), "color": _COLORS[index % len(_COLORS)]}
        | ({"label": name} if kind == "labels" else {"name": name, "orderindex": index})
        for index, name in enumerate(choices)
    ]
    by_kind: JsonTable = {
        "drop_down": {"default": 0, "placeholder": None, "new_drop_down": True, "options": listed},
        "labels": {"options": listed},
        "currency": {"precision": 2, "currency_type": "EUR", "default": None},
        "emoji": {"code_point": "2b50", "count": 5},
        "manual_progress": {"start": 0, "end": 100, "method": "manual"},
        "automatic_progress": {
            "method": "automatic",
            "tracking": {"subtasks": True, "checklists": True, "assigned_comments": True},
            "complete_on": 3,
        },
        "users": {"single_user": False, "include_groups": False, "include_guests": False},
        "tasks": {"fields": []},
    }
    return dict(by_kind.get(kind, {}))


# One parser per type: (world, field, stored value before, sent value) -> stored value


def _invalid(text: str = "Value is invalid") -> Refusal:
    return Refusal("FIELD_375", text)


_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")
_URL = re.compile(r"https?://[^\s/?#]+(?:[/?#]\S*)?", re.IGNORECASE)
_PHONE = re.compile(r"\+[1-9](?:[ ().-]*[0-9]){4,14}")
"""A country code, then digits; 15 at most (E.164). Separators are free."""


def _parse_string(_world: World, _field: Field, _before: object, value: object) -> str:
    if not isinstance(value, str):
        raise _invalid("Value must be a string")
    return value


def _parse_email(world: World, field: Field, before: object, value: object) -> str:
    text = _parse_string(world, field, before, value)
    if not _EMAIL.fullmatch(text):
        raise _invalid("Value is not a valid email")
    return text


def _parse_url(world: World, field: Field, before: object, value: object) -> str:
    text = _parse_string(world, field, before, value)
    if not _URL.fullmatch(text):
        raise _invalid("Value is not a valid URL")
    return text


def _parse_phone(world: World, field: Field, before: object, value: object) -> str:
    text = _parse_string(world, field, before, value)
    if not _PHONE.fullmatch(text):
        raise _invalid("Value is not a phone number with a country code")
    return text


def _parse_number(_world: World, _field: Field, _before: object, value: Any) -> float | int:
    # Documented as a JSON number; a string with one in it is none.
    if not is_number(value) or not abs(value) <= sys.float_info.max:
        raise _invalid("Value is not a number")
    number = float(value)
    # Beyond 2**53 floats skip integers, and 64 bits, all that JSON integers may have, run out.
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _parse_option(_world: World, field: Field, _before: object, value: object) -> str:
    listed = get_options(field)
    index = value if isinstance(value, int) and not isinstance(value, bool) else None
    for option in listed:
        if value == option["id"] or (index is not None and option["orderindex"] == index):
            return str(option["id"])
    raise Refusal("FIELD_011", "Value must be an option index or uuid")


def _parse_labels(_world: World, field: Field, _before: object, value: object) -> list[str]:
    option_ids = {option["id"] for option in get_options(field)}
    if not isinstance(value, list) or not set(map(str, value)) <= option_ids:
        raise Refusal("FIELD_011", "Value must be an array of option uuids")
    return list(dict.fromkeys(map(str, value)))


def _parse_date(_world: World, _field: Field, _before: object, value: Any) -> int:
    milliseconds = None if isinstance(value, float) else parse_int(value)
    if milliseconds is None or abs(milliseconds) > LAST_MS:
        raise _invalid("Value is not a valid date")
    return milliseconds


def _parse_checkbox(_world: World, _field: Field, _before: object, value: object) -> bool:
    if value not in (True, False, "true", "false"):
        raise _invalid("Value must be true or false")
    return value in (True, "true")


def _parse_users(world: World, _field: Field, before: Any, value: object) -> list[int]:
    added, removed = _read_delta(value)
    # Objects instead of bare ids are ignored silently (measured live).
    retained = [
        user_id for user_id in before or [] if user_id not in filter_member_ids(world, removed)
    ]
    return list(dict.fromkeys(retained + filter_member_ids(world, added)))


def _parse_tasks(world: World, _field: Field, before: object, value: object) -> list[str]:
    added, removed = _read_delta(value)
    if any(task_id not in world.tasks for task_id in added):
        raise _invalid("Task not found")
    return _apply_delta(before, added, removed)


def _parse_attachments(_world: World, _field: Field, before: object, value: object) -> list[str]:
    added, removed = _read_delta(value)
    return _apply_delta(before, added, removed)


def _parse_rating(_world: World, field: Field, _before: object, value: object) -> int:
    highest = int(field.type_config.get("count", 5))
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= highest:
        raise _invalid(f"Value must be between 0 and {highest}")
    return value


def _parse_progress(world: World, field: Field, before: object, value: object) -> JsonTable:
    if not isinstance(value, dict) or "current" not in value:
        raise _invalid("Value must be an object with current")
    current = _parse_number(world, field, before, value["current"])
    low, high = float(field.type_config["start"]), float(field.type_config["end"])
    if not low <= current <= high:
        raise _invalid("Value is out of range")
    return {"current": current}


def _parse_location(_world: World, _field: Field, _before: object, value: Any) -> JsonTable:
    where = value.get("location") if isinstance(value, dict) else None
    if not isinstance(where, dict) or not {"lat", "lng"} <= set(where):
        raise _invalid("Value must have location.lat and location.lng")
    return {"location": where, "formatted_address": value.get("formatted_address", "")}


def _parse_button(_world: World, _field: Field, _before: object, _value: object) -> Any:
    return UNSET


def _read_delta(value: object) -> tuple[list[Any], list[Any]]:
    if not isinstance(value, dict):
        raise _invalid("Value must be an object with add and rem")
    added, removed = (value.get(key) or [] for key in ("add", "rem"))
    if not isinstance(added, list) or not isinstance(removed, list):
        raise _invalid("add and rem must be lists")
    return added, removed


def _apply_delta(before: Any, added: list[Any], removed: list[Any]) -> list[str]:
    retained = [element for element in before or [] if element not in removed]
    return list(dict.fromkeys(retained + [str(element) for element in added]))


_PARSERS: dict[str, Callable[[World, Field, Any, Any], Any]] = {
    **dict.fromkeys(("text", "short_text"), _parse_string),
    "url": _parse_url,
    "phone": _parse_phone,
    "email": _parse_email,
    **dict.fromkeys(("number", "currency"), _parse_number),
    "drop_down": _parse_option,
    "labels": _parse_labels,
    "date": _parse_date,
    "checkbox": _parse_checkbox,
    "users": _parse_users,
    **dict.fromkeys(("tasks", "list_relationship"), _parse_tasks),
    "attachment": _parse_attachments,
    "emoji": _parse_rating,
    "manual_progress": _parse_progress,
    "location": _parse_location,
    "button": _parse_button,
}
