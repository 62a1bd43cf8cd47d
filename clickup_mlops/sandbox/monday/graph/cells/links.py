"""Links between items: dependencies, connected boards, mirrors and subitems."""

from typing import TYPE_CHECKING, Any

from clickup_mlops.sandbox.monday.graph.cells.base import Cell
from clickup_mlops.sandbox.monday.state.model import Item

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
    def links(self) -> list[dict[str, Any]]:
        """The links whose items still exist."""
        items = self.context.world.items
        links = self.get("links") or []
        return [link for link in links if _is_active(items.get(link["item"]))]

    @property
    def targets(self) -> list[Item]:
        """The linked items that still exist."""
        return [self.context.world.items[link["item"]] for link in self.links]

    @property
    def linked_item_ids(self) -> list[str]:
        """The ids of the linked items."""
        return [str(item.id) for item in self.targets]

    @property
    def linked_items(self) -> list["ItemNode"]:
        """The linked items as objects of the schema."""
        return _build_nodes(self, self.targets)

    @property
    def display_value(self) -> str:
        """The names of the linked items, with commas."""
        return ", ".join(item.name for item in self.targets)


class Dependency(BoardRelation):
    """dependency: a board_relation whose links have a kind and a lag."""

    GRAPHQL = "DependencyValue"

    @property
    def dependency_links(self) -> list[dict[str, Any]]:
        """With kind (0 FS, 1 SS, 2 FF, 3 SF) and lag in days."""
        return [
            {
                "linked_item_id": str(link["item"]),
                "dependency_type": link["type"],
                "lag": link["lag"],
            }
            for link in self.links
        ]


class Mirror(Cell):
    """mirror: shows a column of the items that another column links to.

    Settings: `relation_column` and `displayed_column`, both ids.
    """

    GRAPHQL = "MirrorValue"

    @property
    def value(self) -> None:
        """Always null."""
        return

    @property
    def text(self) -> None:
        """Always null; `display_value` has the texts."""
        return

    def _find_mirrored(self) -> list[tuple[Item, Cell]]:
        settings, world = self.definition.settings, self.context.world
        relation_column = world.boards[self.item.board_id].columns.get(
            settings.get("relation_column", "")
        )
        if relation_column is None:
            return []
        pairs = []
        for item in BoardRelation(self.context, relation_column, self.item).targets:
            columns = world.boards[item.board_id].columns
            displayed_column = columns.get(settings.get("displayed_column", ""))
            if displayed_column is not None:
                pairs.append((item, self.context.nodes.cell(displayed_column, item)))
        return pairs

    @property
    def display_value(self) -> str:
        """The texts of the mirrored values, with commas."""
        return ", ".join(cell.text or "" for _, cell in self._find_mirrored())

    @property
    def mirrored_items(self) -> list[dict[str, Any]]:
        """Each linked item with its board and the mirrored value."""
        world = self.context.world
        return [
            {
                "linked_board": self.context.nodes.board(world.boards[item.board_id]),
                "linked_board_id": str(item.board_id),
                "linked_item": node,
                "mirrored_value": cell,
            }
            for item, cell in self._find_mirrored()
            for node in _build_nodes(self, [item])
        ]


class Subtasks(Cell):
    """subtasks: shows the active subitems."""

    GRAPHQL = "SubtasksValue"

    def _list_children(self) -> list[Item]:
        items = self.context.world.items
        return [
            items[child_id]
            for child_id in self.item.child_ids or ()
            if _is_active(items.get(child_id))
        ]

    @property
    def text(self) -> str:
        """The names of the subitems, with commas."""
        return self.display_value

    @property
    def display_value(self) -> str:
        """The names of the subitems, with commas."""
        return ", ".join(child.name for child in self._list_children())

    @property
    def subitems_ids(self) -> list[str]:
        """The ids of the subitems."""
        return [str(child.id) for child in self._list_children()]

    @property
    def subitems(self) -> list["ItemNode"]:
        """The subitems as objects of the schema."""
        return _build_nodes(self, self._list_children())


def _is_active(item: Item | None) -> bool:
    return item is not None and item.state == "active"


def _build_nodes(cell: Cell, items: list[Item]) -> list["ItemNode"]:
    return [cell.context.nodes.item(item) for item in items]
