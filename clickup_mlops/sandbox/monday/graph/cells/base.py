"""What every value of a column has."""

import json
from typing import TYPE_CHECKING, ClassVar

from clickup_mlops.sandbox.monday.graph.context import Context
from clickup_mlops.sandbox.monday.state.model import Column, Item, Json

if TYPE_CHECKING:
    from clickup_mlops.sandbox.monday.graph.nodes.places import ColumnNode


class Cell:
    """The value of a column on an item; `raw` is decoded, None if the cell is empty.

    `GRAPHQL` is the object type; `EMPTY_TEXT` what `text` is for an empty cell.
    """

    GRAPHQL: ClassVar[str] = "TextValue"
    EMPTY_TEXT: ClassVar[str | None] = ""
    __slots__ = ("context", "item", "of", "raw")

    def __init__(self, context: Context, of: Column, item: Item) -> None:
        self.context, self.of, self.item = context, of, item
        self.raw: Json = item.cells.get(of.id)

    @property
    def id(self) -> str:
        """The column's id."""
        return self.of.id

    @property
    def type(self) -> str:
        """The column's type."""
        return self.of.type

    @property
    def column(self) -> "ColumnNode":
        """The column."""
        return self.context.nodes.column(self.of)

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
        """What people see."""
        return self.EMPTY_TEXT if self.raw is None else self.shown(self.raw)

    def shown(self, raw: Json) -> str | None:
        """The text of a cell that is not empty."""
        return str(raw)

    @property
    def updated_at(self) -> str | None:
        """When the value was set."""
        found: str | None = self.get("changed_at")
        return found

    def get(self, key: str) -> Json:
        """A part of the raw value; None if there is none."""
        return self.raw.get(key) if isinstance(self.raw, dict) else None
