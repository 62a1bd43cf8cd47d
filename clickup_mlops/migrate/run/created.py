"""An item's task: one call with all its values."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from clickup_mlops.errors import InputError
from clickup_mlops.json_types import Json, JsonObject
from clickup_mlops.migrate.journal import values, written
from clickup_mlops.migrate.places import Place
from clickup_mlops.migrate.run.model import Made, NotReady
from clickup_mlops.migrate.run.tools import Tools
from clickup_mlops.migrate.steps import CreateTask
from clickup_mlops.store.tables.migration_steps import DONE

if TYPE_CHECKING:
    from clickup_mlops.clickup.model import FieldDefinition, Task

_EARLIER_MS = 60_000
"""Clocks differ: what was created so long before its step began may still be its effect."""


class Creation:
    """Creates the task of an item, in its parent's List if it has one."""

    def __init__(self, tools: Tools, step: CreateTask) -> None:
        self._tools, self._step = tools, step
        self._parent: str | None = None
        self._place = self._under(step.parent_id) if step.parent_id else tools.places.of(step.place)
        self._id_field = self._place.fields.get(tools.mapping.id_field)

    def _under(self, item_id: str) -> Place:
        """The parent's List: ClickUp refuses a subtask in another one."""
        found = self._tools.journal.get(f"task:{item_id}")
        if found is None or found.state != DONE:
            raise NotReady("the parent item's task")
        self._parent = found.target
        return self._tools.places.by_list(str(written(found)["list"]))

    def about(self) -> JsonObject:
        """Item, List and name."""
        step = self._step
        return {"item": step.item_id, "list": self._place.list_id, "name": step.name}

    def find(self, about: JsonObject, since_ms: int) -> Made | None:
        """By the field with the item's id; where there is none, by name and the text's last line.

        Not a task that another step has made.
        """
        found = self._with_id() if self._id_field else self._with_name(since_ms)
        # One in the List that it was meant for goes before one that was moved.
        candidates = sorted(found, key=lambda one: one.list_id != about.get("list"))
        for task in candidates:
            if not self._tools.journal.made(task.id):
                return self._made(task, ())
        return None

    def _with_id(self) -> "Iterator[Task]":
        field, wanted = self._id_field, self._step.item_id
        assert field is not None  # noqa: S101 - `find` has looked
        # ClickUp's "=" means "contains" for text, so the values are compared here too.
        condition = {"field_id": field.id, "operator": "=", "value": wanted}
        found = self._tools.clickup.tasks.in_workspace(
            self._tools.team_id, custom_fields=[condition]
        )
        return (task for task in found if _value(task, field.id) == wanted)

    def _with_name(self, since_ms: int) -> "Iterator[Task]":
        after = max(0, since_ms - _EARLIER_MS) or None
        found = self._tools.clickup.tasks.in_list(
            self._place.list_id, include_closed=True, subtasks=True, created_after_ms=after
        )
        marker = self._marker()
        return (
            task
            for task in found
            if task.name.strip() == self._step.name.strip()
            and task.text.rstrip().splitlines()[-1:] == [marker]
        )

    def do(self) -> Made:
        """Create it. A value that its field cannot hold goes into the description."""
        step = self._step
        fields, lines = self._fields(step.fields)
        if self._id_field is None:
            lines.append(self._marker())
        task = self._tools.clickup.tasks.create(
            self._place.list_id,
            step.name,
            markdown="\n\n".join(filter(None, (step.markdown, *lines))) or None,
            parent_id=self._parent,
            fields=fields,
            notify_all=False,
            **step.attributes,
        )
        return self._made(task, tuple(lines if self._id_field else lines[:-1]))

    def _fields(self, wanted: JsonObject) -> "tuple[list[tuple[FieldDefinition, Json]], list[str]]":
        fields: list[tuple[FieldDefinition, Json]] = []
        lines: list[str] = []
        for name, value in {**wanted, **self._own_id()}.items():
            definition = self._place.fields.get(name)
            try:
                if definition is None:
                    raise InputError(f'the List has no field "{name}"')
                definition.encode(value)
                fields.append((definition, value))
            except InputError:
                lines.append(f"**{name}**: {_shown(value)}")
        return fields, lines

    def _own_id(self) -> dict[str, Json]:
        return {self._id_field.name: self._step.item_id} if self._id_field else {}

    def _marker(self) -> str:
        return f"{self._tools.mapping.id_field or 'Source ID'}: {self._step.item_id}"

    def _made(self, task: "Task", lines: tuple[str, ...]) -> Made:
        notes = tuple(
            f"item {self._step.item_id}: no field takes this value, it is in the description: {one}"
            for one in lines
        )
        return Made(task.id, {"item": self._step.item_id, **values(task)}, notes)

    def close(self) -> None:
        """Nothing is open."""


def _value(task: "Task", field_id: str) -> Json:
    return next((one.value for one in task.fields if one.id == field_id), None)


def _shown(value: Json) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
