"""Items."""

from typing import Any, Literal

from clickup_mlops.sandbox.monday.graph.cells import cell_of
from clickup_mlops.sandbox.monday.graph.cells.base import Cell
from clickup_mlops.sandbox.monday.graph.context import Context
from clickup_mlops.sandbox.monday.graph.nodes.paging import numbers, page, slice_at
from clickup_mlops.sandbox.monday.state import talk, times
from clickup_mlops.sandbox.monday.state.model import Item


class ItemNode:
    """Item."""

    __slots__ = ("context", "creator_id", "id", "name", "of", "state")

    def __init__(self, context: Context, of: Item) -> None:
        self.context, self.of = context, of
        self.id, self.name, self.state = str(of.id), of.name, of.state
        self.creator_id = str(of.creator_id)

    @property
    def created_at(self) -> str:
        """When it was created."""
        return times.iso(self.of.created_ms)

    @property
    def updated_at(self) -> str:
        """When it was changed."""
        return times.iso(self.of.updated_ms)

    @property
    def board(self) -> Any:
        """Its board; of a classic subitem the hidden one."""
        return self.context.nodes.board(self.context.world.boards[self.of.board_id])

    @property
    def group(self) -> Any:
        """Its group."""
        board = self.context.world.boards[self.of.board_id]
        return self.context.nodes.group(board, board.groups[self.of.group_id])

    @property
    def creator(self) -> Any:
        """Null if an automation created it."""
        return self.context.nodes.user(self.of.creator_id)

    @property
    def parent_item(self) -> "ItemNode | None":
        """The item above a subitem."""
        found = self.context.world.items.get(self.of.parent_id or 0)
        return None if found is None else ItemNode(self.context, found)

    @property
    def subitems(self) -> list["ItemNode"]:
        """All active ones, without pages."""
        known = self.context.world.items
        found = [known[one] for one in self.of.child_ids or () if one in known]
        return [ItemNode(self.context, one) for one in found if one.state == "active"]

    @property
    def subscribers(self) -> list[Any]:
        """Who is informed."""
        return self.context.nodes.users(self.of.subscriber_ids or [self.of.creator_id])

    @property
    def relative_link(self) -> str:
        """The page's path."""
        return f"/boards/{self.of.board_id}/pulses/{self.of.id}"

    @property
    def url(self) -> str:
        """The page."""
        return f"https://{self.context.world.slug}.monday.com{self.relative_link}"

    @property
    def email(self) -> str:
        """Mails to it become updates."""
        return f"pulse-{self.of.id}@{self.context.world.slug}.monday.com"

    @property
    def description(self) -> Any:
        """A doc; null if nobody wrote one."""
        doc_id = self.of.description_doc
        return None if doc_id is None else self.context.nodes.doc_by_id(doc_id)

    def column_values(
        self,
        _info: Any,
        *,
        ids: list[str] | None = None,
        types: list[str] | None = None,
        capabilities: list[str] | None = None,
    ) -> list[Cell]:
        """In the order of the columns, empty ones too; roll-ups only with CALCULATED."""
        columns = self.context.world.boards[self.of.board_id].columns.values()
        calculated = "CALCULATED" in (capabilities or ())
        return [
            cell_of(self.context, one, self.of)
            for one in columns
            if one.type != "name"
            and not one.archived
            and (calculated or not one.calculated)
            and (ids is None or one.id in ids)
            and (types is None or one.type in types)
        ]

    def assets(
        self,
        _info: Any,
        *,
        assets_source: Literal["all", "columns", "gallery"] | None = None,
        column_ids: list[str] | None = None,
    ) -> list[Any]:
        """Files of columns and of updates."""
        found = talk.assets_of(self.context.world, self.of, assets_source, column_ids)
        return self.context.nodes.assets([one.id for one in found])

    def updates(
        self, _info: Any, limit: int = 25, page: int = 1, ids: list[str] | None = None
    ) -> list[Any]:
        """Newest first."""
        return _page(self._updates(ids), limit, page)

    def updates_page(
        self, _info: Any, limit: int = 25, cursor: str | None = None
    ) -> dict[str, Any]:
        """Newest first, by cursor."""
        found, following = slice_at(self._updates(None), cursor, limit)
        return {"updates": found, "cursor": following}

    def _updates(self, ids: list[str] | None) -> list[Any]:
        known, wanted = self.context.world.updates, numbers(ids)
        return [
            self.context.nodes.update(known[one])
            for one in reversed(self.of.update_ids or ())
            if wanted is None or one in wanted
        ]


def _page(found: list[Any], limit: int, number: int) -> list[Any]:
    return page(found, limit, number)
