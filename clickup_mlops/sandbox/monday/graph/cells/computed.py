"""Columns that nobody fills: formulas, progress, numbers, buttons, groups and roll-ups."""

import re
from typing import TYPE_CHECKING, Any

from clickup_mlops.sandbox.monday.graph.cells.base import Cell
from clickup_mlops.sandbox.monday.graph.cells.simple import Numbers
from clickup_mlops.sandbox.monday.graph.context import Context
from clickup_mlops.sandbox.monday.state.model import Column, Item

if TYPE_CHECKING:
    from clickup_mlops.sandbox.monday.graph.nodes.places import GroupNode


class Formula(Cell):
    """formula: knows numbers, columns in braces, and the four operations."""

    GRAPHQL = "FormulaValue"

    @property
    def text(self) -> str:
        """Always empty: the API shows a result in `display_value` only."""
        return ""

    @property
    def display_value(self) -> str:
        """The result; empty for anything else, as formulas over mirrors are."""
        self.context.take_formula(self.definition.id)
        return self._compute()

    def _compute(self) -> str:
        text = re.sub(
            r"\{(\w+)\}", self._read_number, str(self.definition.settings.get("formula", ""))
        )
        parts = re.fullmatch(r"\s*([\d.]+)\s*([-+*/])\s*([\d.]+)\s*", text)
        if parts is None:
            return ""
        first, second = float(parts[1]), float(parts[3])
        if parts[2] == "/" and second == 0:
            return ""
        results = {"+": first + second, "-": first - second, "*": first * second}
        return f"{results[parts[2]] if parts[2] != '/' else first / second:g}"

    def _read_number(self, match: re.Match[str]) -> str:
        return str(self.item.cells.get(match[1]) or 0)


class Progress(Cell):
    """progress: has no fields."""

    GRAPHQL = "ProgressValue"


class Unsupported(Cell):
    """What the API cannot show: auto_number, item_assignees and others."""

    GRAPHQL = "UnsupportedValue"
    EMPTY_TEXT = None

    @property
    def value(self) -> None:
        """Always null."""
        return


class ItemId(Cell):
    """item_id: shows the id of its item."""

    GRAPHQL = "ItemIdValue"

    @property
    def text(self) -> str:
        """The item's id."""
        return self.item_id

    @property
    def item_id(self) -> str:
        """The item's id."""
        return str(self.item.id)


class Button(Cell):
    """button: its label and colour are settings of the column."""

    GRAPHQL = "ButtonValue"

    @property
    def text(self) -> str:
        """The label of the button."""
        return self.label

    @property
    def label(self) -> str:
        """The label of the button."""
        return str(self.definition.settings.get("label", "Click me"))

    @property
    def color(self) -> str:
        """The colour of the button as `#rrggbb`."""
        return str(self.definition.settings.get("color", "#00c875"))


class Group(Cell):
    """group: shows the group that the item is in."""

    GRAPHQL = "GroupValue"

    @property
    def text(self) -> str:
        """The title of the group."""
        board = self.context.world.boards[self.item.board_id]
        return board.groups[self.item.group_id].title

    @property
    def group_id(self) -> str:
        """The id of the group."""
        return self.item.group_id

    @property
    def group(self) -> "GroupNode":
        """The group as an object of the schema."""
        board = self.context.world.boards[self.item.board_id]
        return self.context.nodes.group(board, board.groups[self.item.group_id])


class Battery(Cell):
    """The roll-up of a status column on a multi-level board: how many leaves have each label."""

    GRAPHQL = "BatteryValue"

    @property
    def text(self) -> str:
        """Always empty."""
        return ""

    @property
    def value(self) -> None:
        """Always null."""
        return

    @property
    def battery_value(self) -> list[dict[str, Any]]:
        """The number of leaves by the index of their label; a leaf without one counts as 5."""
        counts: dict[str, int] = {}
        for leaf in find_leaves(self):
            key = str((leaf.cells.get(self.definition.id) or {"index": 5})["index"])
            counts[key] = counts.get(key, 0) + 1
        return [{"key": key, "count": count} for key, count in counts.items()]


def find_leaves(cell: Cell) -> list[Item]:
    """The active items under this one that have none below themselves."""
    items, leaves = cell.context.world.items, []
    pending_ids = list(cell.item.child_ids or ())
    while pending_ids:
        item = items[pending_ids.pop(0)]
        if item.state == "active":
            pending_ids += item.child_ids or ()
            leaves += [] if item.child_ids else [item]
    return leaves


def build_roll_up(context: Context, column: Column, item: Item) -> Cell:
    """The roll-up of a column over the leaves below an item."""
    if column.type == "status":
        return Battery(context, column, item)
    cell = Numbers(context, column, item)
    numbers = [
        float(leaf.cells[column.id]) for leaf in find_leaves(cell) if column.id in leaf.cells
    ]
    function = {"MIN": min, "MAX": max}.get(column.calculated, sum)
    cell.raw = f"{function(numbers):g}" if numbers else None
    return cell
