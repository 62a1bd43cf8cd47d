"""Columns that nobody fills: formulas, progress, numbers, buttons, groups and roll-ups."""

import re
from typing import TYPE_CHECKING

from clickup_mlops.sandbox.monday.graph.cells.base import Cell
from clickup_mlops.sandbox.monday.graph.cells.simple import Numbers
from clickup_mlops.sandbox.monday.graph.context import Context
from clickup_mlops.sandbox.monday.state.model import Column, Item, Json

if TYPE_CHECKING:
    from clickup_mlops.sandbox.monday.graph.nodes.places import GroupNode


class Formula(Cell):
    """formula: knows numbers, columns in braces, and the four operations."""

    GRAPHQL = "FormulaValue"

    @property
    def text(self) -> str:
        """Never shown."""
        return ""

    @property
    def display_value(self) -> str:
        """The result; empty for anything else, as formulas over mirrors are."""
        self.context.take_formula(self.of.id)
        return self._result()

    def _result(self) -> str:
        text = re.sub(r"\{(\w+)\}", self._number, str(self.of.settings.get("formula", "")))
        parts = re.fullmatch(r"\s*([\d.]+)\s*([-+*/])\s*([\d.]+)\s*", text)
        if parts is None:
            return ""
        left, right = float(parts[1]), float(parts[3])
        if parts[2] == "/" and right == 0:
            return ""
        results = {"+": left + right, "-": left - right, "*": left * right}
        return f"{results[parts[2]] if parts[2] != '/' else left / right:g}"

    def _number(self, match: re.Match[str]) -> str:
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
        """Never shown."""
        return


class ItemId(Cell):
    """item_id."""

    GRAPHQL = "ItemIdValue"

    @property
    def text(self) -> str:
        """The id."""
        return self.item_id

    @property
    def item_id(self) -> str:
        """The id."""
        return str(self.item.id)


class Button(Cell):
    """button."""

    GRAPHQL = "ButtonValue"

    @property
    def text(self) -> str:
        """What is on it."""
        return self.label

    @property
    def label(self) -> str:
        """What is on it."""
        return str(self.of.settings.get("label", "Click me"))

    @property
    def color(self) -> str:
        """Its colour."""
        return str(self.of.settings.get("color", "#00c875"))


class Group(Cell):
    """group."""

    GRAPHQL = "GroupValue"

    @property
    def text(self) -> str:
        """The title."""
        board = self.context.world.boards[self.item.board_id]
        return board.groups[self.item.group_id].title

    @property
    def group_id(self) -> str:
        """The id."""
        return self.item.group_id

    @property
    def group(self) -> "GroupNode":
        """The group."""
        board = self.context.world.boards[self.item.board_id]
        return self.context.nodes.group(board, board.groups[self.item.group_id])


class Battery(Cell):
    """The roll-up of a status column on a multi-level board: how many leaves have each label."""

    GRAPHQL = "BatteryValue"

    @property
    def text(self) -> str:
        """Nothing."""
        return ""

    @property
    def value(self) -> None:
        """Never shown."""
        return

    @property
    def battery_value(self) -> list[dict[str, Json]]:
        """Counts by the index of the label."""
        counts: dict[str, int] = {}
        for leaf in leaves(self):
            key = str((leaf.cells.get(self.of.id) or {"index": 5})["index"])
            counts[key] = counts.get(key, 0) + 1
        return [{"key": key, "count": count} for key, count in counts.items()]


def leaves(cell: Cell) -> list[Item]:
    """The active items under this one that have none below themselves."""
    items, found = cell.context.world.items, []
    waiting = list(cell.item.child_ids or ())
    while waiting:
        one = items[waiting.pop(0)]
        if one.state == "active":
            waiting += one.child_ids or ()
            found += [] if one.child_ids else [one]
    return found


def rolled_up(context: Context, column: Column, item: Item) -> Cell:
    """The roll-up of a column over the leaves below an item."""
    if column.type == "status":
        return Battery(context, column, item)
    cell = Numbers(context, column, item)
    numbers = [float(one.cells[column.id]) for one in leaves(cell) if column.id in one.cells]
    function = {"MIN": min, "MAX": max}.get(column.calculated, sum)
    cell.raw = f"{function(numbers):g}" if numbers else None
    return cell
