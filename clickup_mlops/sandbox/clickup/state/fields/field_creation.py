"""The call that ClickUp does not document: creating a field definition through the API.

Three independent users report that it works (2026), others that it is refused. So it is a switch:
`off` (there is no such route, as the documents say; the default), `on`, `forbidden` (403), `plan`
(FIELD_073). What was created so cannot be deleted through the API.
"""

from clickup_mlops.sandbox.clickup.state.fields import fields
from clickup_mlops.sandbox.clickup.state.model import Field, JsonTable, User
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, bad_input
from clickup_mlops.sandbox.clickup.state.values import (
    is_number,
    read_int,
    read_record,
    read_records,
    read_text,
)
from clickup_mlops.sandbox.clickup.state.world import World

SWITCH = ("off", "on", "forbidden", "plan")
_TYPES = {
    *("url", "drop_down", "labels", "email", "phone", "date", "short_text", "text", "checkbox"),
    *("number", "currency", "tasks", "users", "emoji", "manual_progress", "location"),
    *("attachment", "list_relationship"),
}

_MOST_SYMBOLS = 10


def check_switch(world: World) -> None:
    """Refuse as the switch says; `forbidden` is refused at the edge, which knows statuses."""
    if world.field_creation == "off":
        raise Refusal("APP_001", "Route not found")
    if world.field_creation == "plan":
        raise Refusal("FIELD_073", "Please upgrade plan to use this feature")


def create(world: World, actor: User, level: str, level_id: str, body: JsonTable) -> Field:
    """A new definition at a List, Space or Workspace. Same names are not refused."""
    name, kind = read_text(body, "name", "").strip(), read_text(body, "type", "")
    if not name:
        raise bad_input("Field name invalid")
    if kind not in _TYPES:
        raise Refusal("FIELD_220", f"A field of type {kind} cannot be created")
    config = read_record(body, "type_config")
    _check_scale(kind, config)
    field = fields.define(
        world,
        actor,
        name,
        kind,
        at=(level, level_id),
        choices=_read_choices(config),
        config={key: value for key, value in config.items() if key != "options"},
        required=bool(body.get("required")),
    )
    return _set_option_colors(world, field, config)


def _check_scale(kind: str, config: JsonTable) -> None:
    """The ends of a progress bar and the number of a rating's symbols."""
    scale = [config.get("start", 0), config.get("end", 100)]
    if kind == "manual_progress" and not (all(map(is_number, scale)) and scale[0] < scale[1]):
        raise bad_input("start and end invalid")
    count = config.get("count", 5)
    if kind == "emoji" and not (is_number(count) and 1 <= count <= _MOST_SYMBOLS):
        raise bad_input("count invalid")


def _read_choices(config: JsonTable) -> tuple[str, ...]:
    listed = read_records(config, "options")
    options = sorted(listed, key=lambda option: read_int(option, "orderindex", 0) or 0)
    named = [option.get("name") or option.get("label") for option in options]
    if not all(isinstance(name, str) and name.strip() for name in named):
        raise bad_input("Field options invalid")
    return tuple(str(name) for name in named)


def _set_option_colors(world: World, field: Field, config: JsonTable) -> Field:
    colors = {
        option.get("name") or option.get("label"): option.get("color")
        for option in config.get("options") or []
    }
    for option in fields.get_options(field):
        option["color"] = colors.get(option.get("name") or option.get("label")) or option["color"]
    return world.fields.put(field)
