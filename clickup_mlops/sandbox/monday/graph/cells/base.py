"""What every value of a column has."""

import json
from typing import TYPE_CHECKING, Any, ClassVar

from clickup_mlops.sandbox.monday.graph.context import Context
from clickup_mlops.sandbox.monday.state.model import Column, Item

if TYPE_CHECKING:
    from clickup_mlops.sandbox.monday.graph.nodes.places import ColumnNode


class Cell:
    """The value of a column on an item; `raw` is decoded, None if the cell is empty.

    `GRAPHQL` is the object type; `EMPTY_TEXT` what `text` is for an empty cell.
    """

    GRAPHQL: ClassVar[str] = "TextValue"
    EMPTY_TEXT: ClassVar[str | None] = ""
    __slots__ = ("context", "definition", "item", "raw")

    def __init__(self, context: Context, definition: Column, item: Item) -> None:
        self.context, self.definition, self.item = context, definition, item
        self.raw: Any = item.cells.get(definition.id)

    @property
    def id(self) -> str:
        """The id of the column."""
        return self.definition.id

    @property
    def type(self) -> str:
        """The type of the column, as `TYPES` names it."""
        return self.definition.type

    @property
    def column(self) -> "ColumnNode":
        """The column as an object of the schema."""
        return self.context.nodes.column(self.definition)

    @property
    def is_leaf(self) -> bool:
        """Whether the item has no subitems."""
        return not self.item.child_ids

    @property
    def value(self) -> str | None:
        """The raw value: JSON as text."""
        return None if self.raw is None else json.dumps(self.raw, separators=(",", ":"))

    @property
    def text(self) -> str | None:
        """The text as people see it; `EMPTY_TEXT` if the cell is empty."""
        return self.EMPTY_TEXT if self.raw is None else self.format_text(self.raw)

    def format_text(self, raw: Any) -> str | None:
        """The text of a cell that is not empty."""
        return str(raw)

    @property
    def updated_at(self) -> str | None:
        """When the value was set, in ISO 8601; None if the raw value does not say."""
        return self.get_text("changed_at")

    def get(self, key: str) -> Any:
        """A part of the raw value; None if there is none."""
        return self.raw.get(key) if isinstance(self.raw, dict) else None

    def get_text(self, key: str) -> str | None:
        """The text at `key` of the raw value; None if there is none."""
        text: str | None = self.get(key)
        return text

    def get_number(self, key: str) -> int | None:
        """The whole number at `key` of the raw value; None if there is none."""
        number: int | None = self.get(key)
        return number
