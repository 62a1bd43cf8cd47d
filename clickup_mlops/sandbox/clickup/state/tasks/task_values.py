"""Custom field values and tags of a task: each has its own endpoint, PUT task ignores them."""

from typing import Any

from clickup_mlops.sandbox.clickup.state.events import Change
from clickup_mlops.sandbox.clickup.state.fields import fields
from clickup_mlops.sandbox.clickup.state.hierarchy import tags
from clickup_mlops.sandbox.clickup.state.model import Field, JsonTable, Task, User
from clickup_mlops.sandbox.clickup.state.notifications import record_changes
from clickup_mlops.sandbox.clickup.state.world import World


def set_field(world: World, actor: User, task: Task, field_id: str, body: JsonTable) -> None:
    """Write one custom field value; counts as a use also if nothing changes."""
    field = fields.get_applicable(world, task, field_id)
    before = task.values.get(field.id)
    value = fields.parse_value(world, field, task, body)
    fields.count_use(world, world.place(task).team_id)
    if value is not fields.UNSET:
        task.values[field.id] = value
        _record_field(world, actor, task, (field, before, value))


def clear_field(world: World, actor: User, task: Task, field_id: str) -> None:
    """Remove a custom field value; gives no use back."""
    field = fields.get_applicable(world, task, field_id)
    before = task.values.pop(field.id, None)
    _record_field(world, actor, task, (field, before, None))


def _record_field(
    world: World, actor: User, task: Task, field_change: tuple[Field, Any, Any]
) -> None:
    field, before, after = field_change
    extra = {
        "custom_field": {
            "id": field.id,
            "name": field.name,
            "type": field.type,
            "type_config": _format_config(field),
            "values_set": None,
            "userid": str(field.creator_id),
            "date_created": str(field.date_created),
            "hide_from_guests": field.hide_from_guests,
            "team_id": world.place(task).team_id,
            "deleted": False,
            "deleted_by": None,
            "pinned": False,
            "required": field.required,
            "required_on_subtasks": False,
            "linked_subcategory": None,
        }
    }
    change = Change(
        "custom_field", _format_value(field, before), _format_value(field, after), extra=extra
    )
    record_changes(world, actor, task, change)


def _format_value(field: Field, value: Any) -> Any:
    """Values come raw, but dates as strings of milliseconds."""
    return str(value) if field.type == "date" and value is not None else value


def _format_config(field: Field) -> JsonTable:
    """In events the options of a drop_down hold more than in definitions (official sample)."""
    if field.type != "drop_down":
        return field.type_config
    options = [
        {**option, "value": option["name"], "type": "text"} for option in fields.get_options(field)
    ]
    return {**field.type_config, "options": options}


def add_tag(world: World, actor: User, task: Task, name: str) -> None:
    """Put a tag on a task; the Space learns a tag it does not know."""
    space = world.spaces[world.lists[task.list_id].space_id]
    (tag,) = tags.ensure_tags(world, space, [name.lower()], actor)
    new = tag["name"] not in task.tags
    if new:
        task.tags.append(tag["name"])
    record_changes(world, actor, task, Change("tag", None if new else [tag], [tag]))


def remove_tag(world: World, actor: User, task: Task, name: str) -> None:
    """Take a tag off a task."""
    space = world.spaces[world.lists[task.list_id].space_id]
    if name.lower() in task.tags:
        task.tags.remove(name.lower())
        before = space.tags.get(name.lower(), {"name": name.lower()})
        record_changes(world, actor, task, Change("tag_removed", [before], None))
