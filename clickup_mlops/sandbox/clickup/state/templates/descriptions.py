"""Templates from a description, as a person would build them in ClickUp's own pages."""

from collections.abc import Sequence
from dataclasses import asdict

from clickup_mlops.sandbox.clickup.state.fields import fields
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.model import Field, JsonTable, Template, User
from clickup_mlops.sandbox.clickup.state.templates import templates
from clickup_mlops.sandbox.clickup.state.world import World


def create_template(
    world: World, actor: User, team_id: str, kind: str, described: JsonTable
) -> Template:
    """A List or Folder template. `described` has `name` and any of `fields` (name, type, options,
    config), `statuses`, `views` (ClickUp's own definitions), `tasks` (names or dicts), `content`,
    and for a Folder `lists` of the same shape.
    """
    build = {"list": _build_list, "folder": _build_folder}[kind]
    content = build(_Builder(world, actor, kind), described)
    return templates.store(world, team_id, kind, described["name"], content)


class _Builder:
    """Builds definitions with ids, as if they were in a place of their own."""

    def __init__(self, world: World, actor: User, level: str) -> None:
        self._world, self._actor, self.level = world, actor, level

    def build_fields(self, definitions: Sequence[JsonTable]) -> list[JsonTable]:
        """Field definitions with ids and options."""
        return [asdict(self._build_field(definition)) for definition in definitions]

    def build_statuses(self, definitions: Sequence[JsonTable]) -> list[JsonTable]:
        """Statuses with ids; without any, those of a new Space."""
        return places.build_statuses(
            self._world, "template", "sc", definitions or places.DEFAULT_STATUSES
        )

    def make_inner(self) -> "_Builder":
        """A builder for the Lists of a Folder."""
        return _Builder(self._world, self._actor, "list")

    def _build_field(self, definition: JsonTable) -> Field:
        choices = tuple(definition.get("options", ()))
        config = fields.build_config(self._world, definition["type"], choices) | definition.get(
            "config", {}
        )
        new_id, now = self._world.ids.uuid("field"), self._world.now_ms()
        where = (self.level, "template", now, self._actor.id)
        return Field(new_id, definition["name"], definition["type"], config, *where)


def _build_folder(builder: _Builder, described: JsonTable) -> JsonTable:
    return {
        "statuses": builder.build_statuses(described["statuses"])
        if "statuses" in described
        else None,
        "fields": builder.build_fields(described.get("fields", ())),
        "views": list(described.get("views", ())),
        "lists": [_build_list(builder.make_inner(), inner) for inner in described.get("lists", ())],
    }


def _build_list(builder: _Builder, described: JsonTable) -> JsonTable:
    statuses = builder.build_statuses(described.get("statuses", ()))
    return {
        "name": described["name"],
        "content": described.get("content", ""),
        "statuses": statuses,
        "fields": builder.build_fields(described.get("fields", ())),
        "views": list(described.get("views", ())),
        "tasks": [_build_task(task, statuses[0]["status"]) for task in described.get("tasks", ())],
    }


def _build_task(described: str | JsonTable, status: str) -> JsonTable:
    values = {"name": described} if isinstance(described, str) else described
    blank: JsonTable = {"text": "", "tags": [], "priority": None, "values": {}, "checklists": []}
    blank |= {"points": None, "time_estimate": None, "custom_item_id": 0, "subtasks": []}
    return {**blank, "status": status, **values}
