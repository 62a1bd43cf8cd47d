"""An item's task: one call with all its values."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clickup_mlops.clickup.blocks import escape_markdown
from clickup_mlops.errors import InputError
from clickup_mlops.features.migration.columns._text import markdown
from clickup_mlops.features.migration.journal import read_written, values
from clickup_mlops.features.migration.places import Place
from clickup_mlops.features.migration.run.finding import Sought, find_task, marker
from clickup_mlops.features.migration.run.model import Made, NotReady
from clickup_mlops.features.migration.run.tools import Tools
from clickup_mlops.features.migration.steps import CreateTask
from clickup_mlops.features.migration.tables.migration_steps import DONE
from clickup_mlops.json_types import Json

if TYPE_CHECKING:
    from clickup_mlops.clickup.model import FieldDefinition, Task


class Creation:
    """Creates the task of an item, in its parent's List if it has one."""

    def __init__(self, tools: Tools, step: CreateTask) -> None:
        self._tools, self._step = tools, step
        self._parent: str | None = None
        self._place = self._under(step.parent_id) if step.parent_id else tools.places.of(step.place)
        self._id_field = self._place.fields.get(tools.mapping.id_field)

    def _under(self, item_id: str) -> Place:
        """The parent's List: ClickUp refuses a subtask in another one."""
        parent_step = self._tools.journal.get(f"task:{item_id}")
        if parent_step is None or parent_step.state != DONE:
            raise NotReady("the parent item's task")
        self._parent = parent_step.target
        return self._tools.places.by_list(str(read_written(parent_step)["list"]))

    def about(self) -> Mapping[str, Any]:
        """Item, List and name."""
        step = self._step
        return {"item": step.item_id, "list": self._place.list_id, "name": step.name}

    def find(self, about: Mapping[str, Any], since_ms: int) -> Made | None:
        """By the field with the item's id; where there is none, by name and the text's last line.

        Not a task that another step has made.
        """
        candidates = find_task(self._tools.clickup, self._tools.team_id, self._sought(since_ms))
        for task in candidates:
            if not self._tools.journal.has_created(task.id):
                return self._created(task)
        return None

    def _sought(self, since_ms: int) -> Sought:
        field, list_id = self._id_field, self._place.list_id
        return Sought(self._step.item_id, self._step.name, list_id, field, self._marker(), since_ms)

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
        field_values = {field.id: value for field, value in fields}
        return self._created(task, tuple(lines if self._id_field else lines[:-1]), field_values)

    def _fields(
        self, desired: Mapping[str, Any]
    ) -> "tuple[list[tuple[FieldDefinition, Json]], list[str]]":
        fields: list[tuple[FieldDefinition, Any]] = []
        lines: list[str] = []
        for name, value in {**desired, **self._own_id()}.items():
            definition = self._place.fields.get(name)
            try:
                if definition is None:
                    raise InputError(f'the List has no field "{name}"')
                definition.encode(value)
                fields.append((definition, value))
            except InputError:
                lines.append(f"**{escape_markdown(name)}**: {markdown(_format_value(value))}")
        return fields, lines

    def _own_id(self) -> dict[str, Any]:
        return {self._id_field.name: self._step.item_id} if self._id_field else {}

    def _marker(self) -> str:
        return marker(self._tools.mapping.id_field, self._step.item_id)

    def _created(
        self,
        task: "Task",
        lines: tuple[str, ...] = (),
        field_values: Mapping[str, Any] | None = None,
    ) -> Made:
        notes = tuple(
            f"item {self._step.item_id}: no field takes this value, "
            f"it is in the description: {line}"
            for line in lines
        )
        return Made(task.id, {"item": self._step.item_id, **values(task, field_values)}, notes)

    def close(self) -> None:
        """Nothing is open."""


def _format_value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
