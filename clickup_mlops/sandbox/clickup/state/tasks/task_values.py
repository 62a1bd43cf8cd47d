"""Custom field values and tags of a task: each has its own endpoint, PUT task ignores them."""

from typing import Any

from clickup_mlops.sandbox.clickup.state.events import Change
from clickup_mlops.sandbox.clickup.state.fields import fields
from clickup_mlops.sandbox.clickup.state.hierarchy import tags
from clickup_mlops.sandbox.clickup.state.model import Field, Json, Task, User
from clickup_mlops.sandbox.clickup.state.notifications import record_changes
from clickup_mlops.sandbox.clickup.state.world import World


def set_field(world: World, actor: User, task: Task, field_id: str, body: Json) -> None:
    """Write one custom field value; counts as a use also if nothing changes."""
    found = fields.applicable(world, task, field_id)
    before = task.values.get(found.id)
    value = fields.taken(world, found, task, body)
    fields.use(world, world.place(task).team_id)
    if value is not fields.UNSET:
        task.values[found.id] = value
        _record_field(world, actor, task, (found, before, value))


def clear_field(world: World, actor: User, task: Task, field_id: str) -> None:
    """Remove a custom field value; gives no use back."""
    found = fields.applicable(world, task, field_id)
    before = task.values.pop(found.id, None)
    _record_field(world, actor, task, (found, before, None))


def _record_field(world: World, actor: User, task: Task, written: tuple[Field, Any, Any]) -> None:
    found, before, after = written
    extra = {
        "custom_field": {
            "id": found.id,
            "name": found.name,
            "type": found.type,
            "type_config": _told_config(found),
            "values_set": None,
            "userid": str(found.creator_id),
            "date_created": str(found.date_created),
            "hide_from_guests": found.hide_from_guests,
            "team_id": world.place(task).team_id,
            "deleted": False,
            "deleted_by": None,
            "pinned": False,
            "required": found.required,
            "required_on_subtasks": False,
            "linked_subcategory": None,
        }
    }
    change = Change("custom_field", _reported(found, before), _reported(found, after), extra=extra)
    record_changes(world, actor, task, change)


def _reported(found: Field, value: Any) -> Any:
    """Values come raw, but dates as strings of milliseconds."""
    return str(value) if found.type == "date" and value is not None else value


def _told_config(found: Field) -> Json:
    """In events the options of a drop_down hold more than in definitions (official sample)."""
    if found.type != "drop_down":
        return found.type_config
    options = [{**one, "value": one["name"], "type": "text"} for one in fields.options(found)]
    return {**found.type_config, "options": options}


def add_tag(world: World, actor: User, task: Task, name: str) -> None:
    """Put a tag on a task; the Space learns a tag it does not know."""
    space = world.spaces[world.lists[task.list_id].space_id]
    (known,) = tags.know(world, space, [name.lower()], actor)
    new = known["name"] not in task.tags
    if new:
        task.tags.append(known["name"])
    record_changes(world, actor, task, Change("tag", None if new else [known], [known]))


def remove_tag(world: World, actor: User, task: Task, name: str) -> None:
    """Take a tag off a task."""
    space = world.spaces[world.lists[task.list_id].space_id]
    if name.lower() in task.tags:
        task.tags.remove(name.lower())
        before = space.tags.get(name.lower(), {"name": name.lower()})
        record_changes(world, actor, task, Change("tag_removed", [before], None))
