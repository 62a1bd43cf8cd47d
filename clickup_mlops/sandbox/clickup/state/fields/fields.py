"""Custom fields: which apply to a task, and how each type takes a value.

Definitions come from a seed or the control side only: no endpoint creates them.
"""

import re
import sys
import uuid
from collections.abc import Callable
from typing import Any

from clickup_mlops.sandbox.clickup.state.model import Field, Json, Task, TaskList, User
from clickup_mlops.sandbox.clickup.state.refusal import Refusal
from clickup_mlops.sandbox.clickup.state.values import LAST_MS, integer, is_number, people
from clickup_mlops.sandbox.clickup.state.world import World

FREE_PLAN_USES = 60
"""Custom-field uses of a Free Workspace: never reset, every Set counts (measured live)."""

UNSET: Any = object()
"""A taker returns this when the write leaves nothing behind, like the click on a button."""


def at_level(world: World, level: str, level_id: str) -> list[Field]:
    """The fields created exactly there."""
    return [f for f in world.fields if f.level == level and f.level_id == level_id]


def of_list(world: World, there: TaskList) -> list[Field]:
    """The fields that a List's tasks have, inherited ones included."""
    chain = {
        ("team", world.team_of(there)),
        ("space", there.space_id),
        ("folder", there.folder_id),
        ("list", there.id),
    }
    known = world.fields
    return [f for f in known if (f.level, f.level_id) in chain or there.id in f.more_lists]


def bring(world: World, wanted: list[Field], there: TaskList) -> None:
    """Add fields to a List that lacks them."""
    here = {one.id for one in of_list(world, there)}
    for one in wanted:
        if one.id not in here:
            one.more_lists.append(there.id)
            world.fields.put(one)


def of_task(world: World, task: Task) -> list[Field]:
    """The fields that apply to a task: by place and by task type."""
    found = of_list(world, world.lists[task.list_id])
    return [f for f in found if not f.task_types or task.custom_item_id in f.task_types]


def applicable(world: World, task: Task, field_id: str) -> Field:
    """The field by id, if it applies to the task."""
    try:
        uuid.UUID(field_id)
    except ValueError:
        raise Refusal("FIELD_057", "Custom field id must be a valid UUID") from None
    for found in of_task(world, task):
        if found.id == field_id:
            return found
    raise Refusal("FIELD_007", "Custom field not found on this task")


def use(world: World, team_id: str, count: int = 1) -> None:
    """Count uses of custom fields; the Free plan stops at 60 for ever."""
    team = world.teams[team_id]
    if world.plan == "Free" and team.field_uses + count > FREE_PLAN_USES:
        raise Refusal("FIELD_033", "Custom field usages exceeded for your plan")
    team.field_uses += count
    world.teams.put(team)


def taken(world: World, found: Field, task: Task, body: Json) -> Any:
    """The value as it is stored, from a request body with `value` and `value_options`."""
    taker = _TAKERS.get(found.type)
    if taker is None:
        raise Refusal("FIELD_220", f"A field of type {found.type} cannot be set")
    return taker(world, found, task.values.get(found.id), body.get("value"))


def from_text(found: Field, typed: str) -> float | str:
    """What a person typed, as the API wants it for this type; what is no number stays as it is."""
    if found.type not in ("number", "currency"):
        return typed
    try:
        return float(typed)
    except ValueError:
        return typed


def options(found: Field) -> list[Json]:
    """The options of a drop_down or labels field, in order."""
    listed: list[Json] = found.type_config.get("options", [])
    return listed


def define(
    world: World,
    actor: User,
    name: str,
    kind: str,
    *,
    at: tuple[str, str],
    choices: tuple[str, ...] = (),
    config: Json | None = None,
    required: bool = False,
    task_types: tuple[int, ...] = (),
) -> Field:
    """Create a definition at a level and its id, as somebody would in ClickUp's own pages."""
    type_config = _config(world, kind, choices) | (config or {})
    made = Field(
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
    return world.fields.put(made)


def config_of(world: World, kind: str, choices: tuple[str, ...]) -> Json:
    """The `type_config` that ClickUp's own pages would give a new field of this type."""
    return _config(world, kind, choices)


_COLORS = ("#5b4fe9", "#02bcd4", "#2ecd6f", "#f9ae27", "#e50000", "#b5bcc2")


def _config(world: World, kind: str, choices: tuple[str, ...]) -> Json:
    listed = [
        {"id": world.ids.uuid("option"), "color": _COLORS[index % len(_COLORS)]}
        | ({"label": one} if kind == "labels" else {"name": one, "orderindex": index})
        for index, one in enumerate(choices)
    ]
    known: Json = {
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
    return dict(known.get(kind, {}))


# One taker per type: (world, field, stored value before, sent value) -> stored value


def _wrong(text: str = "Value is invalid") -> Refusal:
    return Refusal("FIELD_375", text)


_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")
_URL = re.compile(r"https?://[^\s/?#]+(?:[/?#]\S*)?", re.IGNORECASE)
_PHONE = re.compile(r"\+[1-9](?:[ ().-]*[0-9]){4,14}")
"""A country code, then digits; 15 at most (E.164). Separators are free."""


def _string(_world: World, _found: Field, _before: object, value: object) -> str:
    if not isinstance(value, str):
        raise _wrong("Value must be a string")
    return value


def _email(world: World, found: Field, before: object, value: object) -> str:
    text = _string(world, found, before, value)
    if not _EMAIL.fullmatch(text):
        raise _wrong("Value is not a valid email")
    return text


def _url(world: World, found: Field, before: object, value: object) -> str:
    text = _string(world, found, before, value)
    if not _URL.fullmatch(text):
        raise _wrong("Value is not a valid URL")
    return text


def _phone(world: World, found: Field, before: object, value: object) -> str:
    text = _string(world, found, before, value)
    if not _PHONE.fullmatch(text):
        raise _wrong("Value is not a phone number with a country code")
    return text


def _number(_world: World, _found: Field, _before: object, value: Any) -> float | int:
    # Documented as a JSON number; a string with one in it is none.
    if not is_number(value) or not abs(value) <= sys.float_info.max:
        raise _wrong("Value is not a number")
    number = float(value)
    # Beyond 2**53 floats skip integers, and 64 bits, all that JSON integers may have, run out.
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _option(_world: World, found: Field, _before: object, value: object) -> str:
    listed = options(found)
    index = value if isinstance(value, int) and not isinstance(value, bool) else None
    for one in listed:
        if value == one["id"] or (index is not None and one["orderindex"] == index):
            return str(one["id"])
    raise Refusal("FIELD_011", "Value must be an option index or uuid")


def _labels(_world: World, found: Field, _before: object, value: object) -> list[str]:
    known = {one["id"] for one in options(found)}
    if not isinstance(value, list) or not set(map(str, value)) <= known:
        raise Refusal("FIELD_011", "Value must be an array of option uuids")
    return list(dict.fromkeys(map(str, value)))


def _date(_world: World, _found: Field, _before: object, value: Any) -> int:
    found = None if isinstance(value, float) else integer(value)
    if found is None or abs(found) > LAST_MS:
        raise _wrong("Value is not a valid date")
    return found


def _checkbox(_world: World, _found: Field, _before: object, value: object) -> bool:
    if value not in (True, False, "true", "false"):
        raise _wrong("Value must be true or false")
    return value in (True, "true")


def _users(world: World, _found: Field, before: Any, value: object) -> list[int]:
    added, removed = _delta(value)
    # Objects instead of bare ids are ignored silently (measured live).
    kept = [one for one in before or [] if one not in people(world, removed)]
    return list(dict.fromkeys(kept + people(world, added)))


def _tasks(world: World, _found: Field, before: object, value: object) -> list[str]:
    added, removed = _delta(value)
    if any(one not in world.tasks for one in added):
        raise _wrong("Task not found")
    return _changed(before, added, removed)


def _attachments(_world: World, _found: Field, before: object, value: object) -> list[str]:
    added, removed = _delta(value)
    return _changed(before, added, removed)


def _rating(_world: World, found: Field, _before: object, value: object) -> int:
    highest = int(found.type_config.get("count", 5))
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= highest:
        raise _wrong(f"Value must be between 0 and {highest}")
    return value


def _progress(world: World, found: Field, before: object, value: object) -> Json:
    if not isinstance(value, dict) or "current" not in value:
        raise _wrong("Value must be an object with current")
    current = _number(world, found, before, value["current"])
    low, high = float(found.type_config["start"]), float(found.type_config["end"])
    if not low <= current <= high:
        raise _wrong("Value is out of range")
    return {"current": current}


def _location(_world: World, _found: Field, _before: object, value: Any) -> Json:
    where = value.get("location") if isinstance(value, dict) else None
    if not isinstance(where, dict) or not {"lat", "lng"} <= set(where):
        raise _wrong("Value must have location.lat and location.lng")
    return {"location": where, "formatted_address": value.get("formatted_address", "")}


def _button(_world: World, _found: Field, _before: object, _value: object) -> Any:
    return UNSET


def _delta(value: object) -> tuple[list[Any], list[Any]]:
    if not isinstance(value, dict):
        raise _wrong("Value must be an object with add and rem")
    added, removed = (value.get(key) or [] for key in ("add", "rem"))
    if not isinstance(added, list) or not isinstance(removed, list):
        raise _wrong("add and rem must be lists")
    return added, removed


def _changed(before: Any, added: list[Any], removed: list[Any]) -> list[str]:
    kept = [one for one in before or [] if one not in removed]
    return list(dict.fromkeys(kept + [str(one) for one in added]))


_TAKERS: dict[str, Callable[[World, Field, Any, Any], Any]] = {
    **dict.fromkeys(("text", "short_text"), _string),
    "url": _url,
    "phone": _phone,
    "email": _email,
    **dict.fromkeys(("number", "currency"), _number),
    "drop_down": _option,
    "labels": _labels,
    "date": _date,
    "checkbox": _checkbox,
    "users": _users,
    **dict.fromkeys(("tasks", "list_relationship"), _tasks),
    "attachment": _attachments,
    "emoji": _rating,
    "manual_progress": _progress,
    "location": _location,
    "button": _button,
}
