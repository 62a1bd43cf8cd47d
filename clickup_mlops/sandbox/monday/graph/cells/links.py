"""Links between items: dependencies, connected boards, mirrors and subitems."""

from typing import TYPE_CHECKING

from clickup_mlops.sandbox.monday.graph.cells.base import Cell
from clickup_mlops.sandbox.monday.state.model import Item, Json

if TYPE_CHECKING:
    from clickup_mlops.sandbox.monday.graph.nodes.items import ItemNode


class BoardRelation(Cell):
    """board_relation: the API shows no raw value and no text."""

    GRAPHQL = "BoardRelationValue"
    EMPTY_TEXT = None

    @property
    def value(self) -> None:
        """Not shown since 2025-04."""
        return

    @property
    def text(self) -> None:
        """Not shown since 2025-04."""
        return

    @property
    def links(self) -> list[dict[str, Json]]:
        """The links whose items still exist."""
        items = self.context.world.items
        found = self.get("links") or []
        return [one for one in found if _alive(items.get(one["item"]))]

    @property
    def targets(self) -> list[Item]:
        """The linked items."""
        return [self.context.world.items[one["item"]] for one in self.links]

    @property
    def linked_item_ids(self) -> list[str]:
        """Their ids."""
        return [str(one.id) for one in self.targets]

    @property
    def linked_items(self) -> list["ItemNode"]:
        """The items."""
        return _nodes(self, self.targets)

    @property
    def display_value(self) -> str:
        """Their names."""
        return ", ".join(one.name for one in self.targets)


class Dependency(BoardRelation):
    """dependency."""

    GRAPHQL = "DependencyValue"

    @property
    def dependency_links(self) -> list[dict[str, Json]]:
        """With kind (0 FS, 1 SS, 2 FF, 3 SF) and lag in days."""
        return [
            {"linked_item_id": str(one["item"]), "dependency_type": one["type"], "lag": one["lag"]}
            for one in self.links
        ]


class Mirror(Cell):
    """mirror: shows a column of the items that another column links to.

    Settings: `relation_column` and `displayed_column`, both ids.
    """

    GRAPHQL = "MirrorValue"

    @property
    def value(self) -> None:
        """Never shown."""
        return

    @property
    def text(self) -> None:
        """Never shown."""
        return

    def _mirrored(self) -> list[tuple[Item, Cell]]:
        settings, world = self.of.settings, self.context.world
        own = world.boards[self.item.board_id].columns.get(settings.get("relation_column", ""))
        if own is None:
            return []
        found = []
        for item in BoardRelation(self.context, own, self.item).targets:
            columns = world.boards[item.board_id].columns
            shown = columns.get(settings.get("displayed_column", ""))
            if shown is not None:
                found.append((item, self.context.nodes.cell(shown, item)))
        return found

    @property
    def display_value(self) -> str:
        """The texts."""
        return ", ".join(cell.text or "" for _, cell in self._mirrored())

    @property
    def mirrored_items(self) -> list[dict[str, Json]]:
        """Items and values."""
        world = self.context.world
        return [
            {
                "linked_board": self.context.nodes.board(world.boards[item.board_id]),
                "linked_board_id": str(item.board_id),
                "linked_item": node,
                "mirrored_value": cell,
            }
            for item, cell in self._mirrored()
            for node in _nodes(self, [item])
        ]


class Subtasks(Cell):
    """subtasks."""

    GRAPHQL = "SubtasksValue"

    def _children(self) -> list[Item]:
        items = self.context.world.items
        return [items[one] for one in self.item.child_ids or () if _alive(items.get(one))]

    @property
    def text(self) -> str:
        """Names."""
        return self.display_value

    @property
    def display_value(self) -> str:
        """Names."""
        return ", ".join(one.name for one in self._children())

    @property
    def subitems_ids(self) -> list[str]:
        """Ids."""
        return [str(one.id) for one in self._children()]

    @property
    def subitems(self) -> list["ItemNode"]:
        """The subitems."""
        return _nodes(self, self._children())


def _alive(item: Item | None) -> bool:
    return item is not None and item.state == "active"


def _nodes(cell: Cell, items: list[Item]) -> list["ItemNode"]:
    return [cell.context.nodes.item(one) for one in items]
