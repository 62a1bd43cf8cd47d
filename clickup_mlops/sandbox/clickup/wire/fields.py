"""Custom fields on the wire: definitions, and each type's way of showing a value."""

from collections.abc import Callable
from typing import Any

from clickup_mlops.sandbox.clickup.state.fields.fields import options
from clickup_mlops.sandbox.clickup.state.model import Field, Json, Task
from clickup_mlops.sandbox.clickup.state.world import World
from clickup_mlops.sandbox.clickup.wire.basics import person


def definition(field: Field, with_objects: bool = False) -> Json:
    """A field as the four `.../field` endpoints list it."""
    shown: Json = {
        "id": field.id,
        "name": field.name,
        "type": field.type,
        "type_config": field.type_config,
        "date_created": str(field.date_created),
        "hide_from_guests": field.hide_from_guests,
        "required": field.required,
    }
    if with_objects and field.task_types:
        shown["applied_objects"] = [
            {"object_type": 19, "object_id": one} for one in field.task_types
        ]
    return shown


def on_task(world: World, field: Field, task: Task) -> Json:
    """A field inside a task; `value` is there only if one is set (or computed)."""
    shown = definition(field)
    if field.type == "automatic_progress":
        shown["value"] = {"percent_complete": _percent_done(world, task)}
    elif field.id in task.values:
        shown["value"] = _READERS.get(field.type, _same)(world, field, task.values[field.id])
        shown["value_richtext"] = ""
    return shown


# One reader per type: (world, field, stored value) -> shown value


def _same(_world: World, _field: Field, value: Any) -> Any:
    return value


def _string(_world: World, _field: Field, value: object) -> str:
    return str(value)


def _index(_world: World, field: Field, value: object) -> int | None:
    # Written as an option's UUID, read as its orderindex.
    for one in options(field):
        if one["id"] == value:
            return int(one["orderindex"])
    return None


def _boolean(_world: World, _field: Field, value: object) -> str:
    return "true" if value else "false"


def _people(world: World, _field: Field, value: Any) -> list[Json]:
    return [person(user) for one in value if (user := world.users.get(one))]


def _tasks(world: World, _field: Field, value: Any) -> list[Json]:
    return [_task_stub(world, task) for one in value if (task := world.tasks.get(one))]


def _task_stub(world: World, task: Task) -> Json:
    there = world.lists[task.list_id]
    color = next(
        (one["color"] for one in world.statuses(there) if one["status"] == task.status), None
    )
    return {
        "id": task.id,
        "name": task.name,
        "status": task.status,
        "color": color,
        "custom_type": task.custom_item_id or None,
        "team_id": world.team_of(there),
        "deleted": False,
        "url": f"https://app.clickup.com/t/{task.id}",
        "access": True,
    }


def _progress(_world: World, field: Field, value: Any) -> Json:
    low, high = float(field.type_config["start"]), float(field.type_config["end"])
    percent = 100 * (float(value["current"]) - low) / (high - low)
    return {"current": str(value["current"]), "percent_completed": round(percent)}


def _location(_world: World, _field: Field, value: Any) -> Json:
    return {"location": value["location"], "place_id": None} | {
        "formatted_address": value["formatted_address"]
    }


def _files(world: World, field: Field, value: Any) -> list[Json]:
    # Of those uploaded for the field, and of those that hang on tasks.
    known = field.files + [one for task in world.tasks for one in task.attachments]
    return [one for one in known if one["id"] in set(value)]


def _percent_done(world: World, task: Task) -> int:
    done = [one.date_done is not None for one in world.tasks if one.parent == task.id]
    done += [item["resolved"] for checklist in task.checklists for item in checklist["items"]]
    return round(100 * sum(done) / len(done)) if done else 0


_READERS: dict[str, Callable[[World, Field, Any], Any]] = {
    "number": _string,
    "drop_down": _index,
    "date": _string,
    "checkbox": _boolean,
    "users": _people,
    "tasks": _tasks,
    "list_relationship": _tasks,
    "manual_progress": _progress,
    "location": _location,
    "attachment": _files,
}
