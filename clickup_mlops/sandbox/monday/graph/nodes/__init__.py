"""The object types of the schema: a property or method for each field."""

from collections.abc import Iterable
from typing import Any

from clickup_mlops.sandbox.monday.graph.cells import cell_of
from clickup_mlops.sandbox.monday.graph.cells.base import Cell
from clickup_mlops.sandbox.monday.graph.context import Context
from clickup_mlops.sandbox.monday.graph.nodes.items import ItemNode
from clickup_mlops.sandbox.monday.graph.nodes.paging import numbers, span
from clickup_mlops.sandbox.monday.graph.nodes.people import UserNode
from clickup_mlops.sandbox.monday.graph.nodes.places import (
    BoardNode,
    ColumnNode,
    FolderNode,
    GroupNode,
    WorkspaceNode,
)
from clickup_mlops.sandbox.monday.graph.nodes.talk import AssetNode, DocNode, UpdateNode
from clickup_mlops.sandbox.monday.state.model import Board, Column, Group, Item, Update


class Nodes:
    """Makes them, so that the types can refer to each other."""

    def __init__(self, context: Context) -> None:
        self.context, self.world = context, context.world

    def account(self) -> dict[str, Any]:
        """The account."""
        world = self.world
        default = next((str(one.id) for one in world.workspaces.values() if one.main), None)
        product = {"id": "1", "kind": "core", "tier": world.tier, "default_workspace_id": default}
        return {
            "id": str(world.account_id),
            "name": world.account_name,
            "slug": world.slug,
            "tier": world.tier,
            "country_code": "GB",
            "created_at": None,
            "plan": {"tier": world.tier, "max_users": 40, "version": 18, "period": "yearly"},
            "products": [product],
        }

    def user(self, user_id: int) -> UserNode | None:
        """Somebody, or None: an automation, or unknown."""
        found = self.world.users.get(user_id)
        return None if found is None else UserNode(self.context, found)

    def known_user(self, user_id: int) -> UserNode:
        """Somebody who must exist."""
        return UserNode(self.context, self.world.users[user_id])

    def users(self, user_ids: Iterable[int]) -> list[UserNode]:
        """Those who exist."""
        found = (self.user(one) for one in user_ids)
        return [one for one in found if one is not None]

    def workspace(self, workspace_id: int | None) -> WorkspaceNode | None:
        """The workspace; None for the main one."""
        found = self.world.workspaces.get(workspace_id or 0)
        return None if found is None else WorkspaceNode(found)

    def folder(self, folder_id: int | None) -> FolderNode | None:
        """The folder, if any."""
        found = self.world.folders.get(folder_id or 0)
        return None if found is None else FolderNode(self.context, found)

    def board(self, board: Board) -> BoardNode:
        """A board."""
        return BoardNode(self.context, board)

    def group(self, board: Board, group: Group) -> GroupNode:
        """A group."""
        return GroupNode(self.context, board, group)

    def column(self, column: Column) -> ColumnNode:
        """A column."""
        return ColumnNode(column)

    def cell(self, column: Column, item: Item) -> Cell:
        """The value of a column on an item."""
        return cell_of(self.context, column, item)

    def item(self, item: Item) -> ItemNode:
        """An item."""
        return ItemNode(self.context, item)

    def update(self, update: Update) -> UpdateNode:
        """An update or reply."""
        return UpdateNode(self.context, update)

    def asset(self, asset_id: int) -> AssetNode:
        """A file."""
        return AssetNode(self.context, self.world.assets[asset_id])

    def assets(self, asset_ids: Iterable[int]) -> list[AssetNode]:
        """Those that exist."""
        return [self.asset(one) for one in asset_ids if one in self.world.assets]

    def doc(self, object_id: int) -> DocNode:
        """A doc by the id of its object."""
        return next(
            DocNode(self.context, one)
            for one in self.world.docs.values()
            if one.object_id == object_id
        )

    def doc_by_id(self, doc_id: int) -> DocNode:
        """A doc by its own id."""
        return DocNode(self.context, self.world.docs[doc_id])

    def board_updates(
        self,
        board: Board,
        *,
        ids: list[str] | None = None,
        board_updates_only: bool | None = None,
        from_date: str | None = None,
        to_date: str | None = None,
    ) -> list[Update]:
        """Updates of a board and its items, newest first; with dates those written then."""
        wanted, (since, until) = numbers(ids), span(from_date, to_date)
        found = (self.world.updates[one] for one in self.world.board_updates.get(board.id, ()))
        chosen = [
            one
            for one in found
            if since <= one.created_ms <= until
            and (wanted is None or one.id in wanted)
            and not (board_updates_only and one.item_id is not None)
            and self._shown(one)
        ]
        chosen.sort(key=lambda one: (one.created_ms, one.id), reverse=True)
        return chosen

    def _shown(self, update: Update) -> bool:
        item = self.world.items.get(update.item_id or 0)
        return item is None or item.state != "deleted"
