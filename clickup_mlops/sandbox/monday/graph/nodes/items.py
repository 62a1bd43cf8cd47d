"""Objects of the schema for items."""

from typing import TYPE_CHECKING, Literal

from clickup_mlops.sandbox.monday.graph.cells import cell_of
from clickup_mlops.sandbox.monday.graph.cells.base import Cell
from clickup_mlops.sandbox.monday.graph.context import Context, Info
from clickup_mlops.sandbox.monday.graph.nodes.paging import parse_ids, slice_at_cursor, take_page
from clickup_mlops.sandbox.monday.state import talk, times
from clickup_mlops.sandbox.monday.state.model import Item

if TYPE_CHECKING:
    from clickup_mlops.sandbox.monday.graph.nodes.people import UserNode
    from clickup_mlops.sandbox.monday.graph.nodes.places import BoardNode, GroupNode
    from clickup_mlops.sandbox.monday.graph.nodes.talk import AssetNode, DocNode, UpdateNode


class ItemNode:
    """The type Item of the schema."""

    __slots__ = ("context", "creator_id", "id", "name", "record", "state")

    def __init__(self, context: Context, record: Item) -> None:
        self.context, self.record = context, record
        self.id, self.name, self.state = str(record.id), record.name, record.state
        self.creator_id = str(record.creator_id)

    @property
    def created_at(self) -> str:
        """When it was created."""
        return times.format_iso(self.record.created_ms)

    @property
    def updated_at(self) -> str:
        """When it was changed."""
        return times.format_iso(self.record.updated_ms)

    @property
    def board(self) -> "BoardNode":
        """The board of the item; of a classic subitem the hidden one."""
        return self.context.nodes.board(self.context.world.boards[self.record.board_id])

    @property
    def group(self) -> "GroupNode":
        """The group that the item is in."""
        board = self.context.world.boards[self.record.board_id]
        return self.context.nodes.group(board, board.groups[self.record.group_id])

    @property
    def creator(self) -> "UserNode | None":
        """Null if an automation created it."""
        return self.context.nodes.user(self.record.creator_id)

    @property
    def parent_item(self) -> "ItemNode | None":
        """The item above a subitem."""
        parent = self.context.world.items.get(self.record.parent_id or 0)
        return None if parent is None else ItemNode(self.context, parent)

    @property
    def subitems(self) -> list["ItemNode"]:
        """All active ones, without pages."""
        items = self.context.world.items
        children = [
            items[child_id] for child_id in self.record.child_ids or () if child_id in items
        ]
        return [ItemNode(self.context, child) for child in children if child.state == "active"]

    @property
    def subscribers(self) -> "list[UserNode]":
        """The users who are informed of changes; its creator if none was chosen."""
        return self.context.nodes.users(self.record.subscriber_ids or [self.record.creator_id])

    @property
    def relative_link(self) -> str:
        """The path of the item's page."""
        return f"/boards/{self.record.board_id}/pulses/{self.record.id}"

    @property
    def url(self) -> str:
        """The address of the item's page."""
        return f"https://{self.context.world.slug}.monday.com{self.relative_link}"

    @property
    def email(self) -> str:
        """The address whose mails become updates of the item."""
        return f"pulse-{self.record.id}@{self.context.world.slug}.monday.com"

    @property
    def description(self) -> "DocNode | None":
        """A doc; null if nobody wrote one."""
        doc_id = self.record.description_doc
        return None if doc_id is None else self.context.nodes.doc_by_id(doc_id)

    def column_values(
        self,
        _info: Info,
        *,
        ids: list[str] | None = None,
        types: list[str] | None = None,
        capabilities: list[str] | None = None,
    ) -> list[Cell]:
        """In the order of the columns, empty ones too; roll-ups only with CALCULATED."""
        columns = self.context.world.boards[self.record.board_id].columns.values()
        calculated = "CALCULATED" in (capabilities or ())
        return [
            cell_of(self.context, column, self.record)
            for column in columns
            if column.type != "name"
            and not column.archived
            and (calculated or not column.calculated)
            and (ids is None or column.id in ids)
            and (types is None or column.type in types)
        ]

    def assets(
        self,
        _info: Info,
        *,
        assets_source: Literal["all", "columns", "gallery"] | None = None,
        column_ids: list[str] | None = None,
    ) -> "list[AssetNode]":
        """Files of columns and of updates."""
        assets = talk.list_assets(self.context.world, self.record, assets_source, column_ids)
        return self.context.nodes.assets([asset.id for asset in assets])

    def updates(
        self,
        _info: Info,
        limit: int = 25,
        page: int = 1,
        ids: list[str] | None = None,
    ) -> "list[UpdateNode]":
        """The updates of the item, newest first."""
        return take_page(self._updates(ids), limit, page)

    def updates_page(
        self, _info: Info, limit: int = 25, cursor: str | None = None
    ) -> dict[str, object]:
        """The updates of the item, newest first, by cursor."""
        updates, following = slice_at_cursor(self._updates(None), cursor, limit)
        return {"updates": updates, "cursor": following}

    def _updates(self, ids: list[str] | None) -> "list[UpdateNode]":
        updates, id_filter = self.context.world.updates, parse_ids(ids)
        return [
            self.context.nodes.update(updates[update_id])
            for update_id in reversed(self.record.update_ids or ())
            if id_filter is None or update_id in id_filter
        ]
