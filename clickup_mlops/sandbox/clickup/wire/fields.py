"""Custom fields on the wire: definitions, and each type's way of showing a value."""

from collections.abc import Callable
from typing import Any

from clickup_mlops.sandbox.clickup.state.fields.fields import get_options
from clickup_mlops.sandbox.clickup.state.model import Field, JsonTable, Task
from clickup_mlops.sandbox.clickup.state.world import World
from clickup_mlops.sandbox.clickup.wire.basics import format_user


def format_field(field: Field, with_objects: bool = False) -> JsonTable:
    """A field as the four `.../field` endpoints list it."""
    body: JsonTable = {
        "id": field.id,
        "name": field.name,
        "type": field.type,
        "type_config": field.type_config,
        "date_created": str(field.date_created),
        "hide_from_guests": field.hide_from_guests,
        "required": field.required,
    }
    if with_objects and field.task_types:
        body["applied_objects"] = [
            {"object_type": 19, "object_id": task_type} for task_type in field.task_types
        ]
    return body


def format_field_on_task(world: World, field: Field, task: Task) -> JsonTable:
    """A field inside a task; `value` is there only if one is set (or computed)."""
    body = format_field(field)
    if field.type == "automatic_progress":
        body["value"] = {"percent_complete": _compute_percent_done(world, task)}
    elif field.id in task.values:
        body["value"] = _READERS.get(field.type, _read_unchanged)(
            world, field, task.values[field.id]
        )
        body["value_richtext"] = ""
    return body


# One reader per type: (world, field, stored value) -> shown value


def _read_unchanged(_world: World, _field: Field, value: Any) -> Any:
    return value


def _read_string(_world: World, _field: Field, value: object) -> str:
    return str(value)


def _read_option_index(_world: World, field: Field, value: object) -> int | None:
    # Written as an option's UUID, read as its orderindex.
    for option in get_options(field):
        if option["id"] == value:
            return int(option["orderindex"])
    return None


def _read_boolean(_world: World, _field: Field, value: object) -> str:
    return "true" if value else "false"


def _read_people(world: World, _field: Field, value: Any) -> list[JsonTable]:
    return [format_user(user) for user_id in value if (user := world.users.get(user_id))]


def _read_tasks(world: World, _field: Field, value: Any) -> list[JsonTable]:
    return [
        _format_task_stub(world, task) for task_id in value if (task := world.tasks.get(task_id))
    ]


def _format_task_stub(world: World, task: Task) -> JsonTable:
    task_list = world.lists[task.list_id]
    color = next(
        (
            status["color"]
            for status in world.statuses(task_list)
            if status["status"] == task.status
        ),
        None,
    )
    return {
        "id": task.id,
        "name": task.name,
        "status": task.status,
        "color": color,
        "custom_type": task.custom_item_id or None,
        "team_id": world.team_of(task_list),
        "deleted": False,
        "url": f"https://app.clickup.com/t/{task.id}",
        "access": True,
    }


def _read_progress(_world: World, field: Field, value: Any) -> JsonTable:
    low, high = float(field.type_config["start"]), float(field.type_config["end"])
    percent = 100 * (float(value["current"]) - low) / (high - low)
    return {"current": str(value["current"]), "percent_completed": round(percent)}


def _read_location(_world: World, _field: Field, value: Any) -> JsonTable:
    return {"location": value["location"], "place_id": None} | {
        "formatted_address": value["formatted_address"]
    }


def _read_files(world: World, field: Field, value: Any) -> list[JsonTable]:
    # Of those uploaded for the field, and of those that hang on tasks.
    files = field.files + [file for task in world.tasks for file in task.attachments]
    return [file for file in files if file["id"] in set(value)]


def _compute_percent_done(world: World, task: Task) -> int:
    resolved = [child.date_done is not None for child in world.tasks if child.parent == task.id]
    resolved += [item["resolved"] for checklist in task.checklists for item in checklist["items"]]
    return round(100 * sum(resolved) / len(resolved)) if resolved else 0


_READERS: dict[str, Callable[[World, Field, Any], Any]] = {
    "number": _read_string,
    "drop_down": _read_option_index,
    "date": _read_string,
    "checkbox": _read_boolean,
    "users": _read_people,
    "tasks": _read_tasks,
    "list_relationship": _read_tasks,
    "manual_progress": _read_progress,
    "location": _read_location,
    "attachment": _read_files,
}
