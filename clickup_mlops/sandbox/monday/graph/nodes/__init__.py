"""The object types of the schema: a property or method for each field."""

from collections.abc import Iterable

from clickup_mlops.sandbox.monday.graph.cells import cell_of
from clickup_mlops.sandbox.monday.graph.cells.base import Cell
from clickup_mlops.sandbox.monday.graph.context import Context
from clickup_mlops.sandbox.monday.graph.nodes.items import ItemNode
from clickup_mlops.sandbox.monday.graph.nodes.paging import parse_ids, parse_span
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
    """Builds objects of the schema, so that their types can refer to each other."""

    def __init__(self, context: Context) -> None:
        self.context, self.world = context, context.world

    def account(self) -> dict[str, object]:
        """The account with its plan and its one product."""
        world = self.world
        default = next(
            (str(workspace.id) for workspace in world.workspaces.values() if workspace.main), None
        )
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
        user = self.world.users.get(user_id)
        return None if user is None else UserNode(self.context, user)

    def known_user(self, user_id: int) -> UserNode:
        """The user. Raises KeyError: there is none with this id."""
        return UserNode(self.context, self.world.users[user_id])

    def users(self, user_ids: Iterable[int]) -> list[UserNode]:
        """The users with these ids, without those that do not exist."""
        users = (self.user(user_id) for user_id in user_ids)
        return [user for user in users if user is not None]

    def workspace(self, workspace_id: int | None) -> WorkspaceNode | None:
        """The workspace; None for the main one."""
        workspace = self.world.workspaces.get(workspace_id or 0)
        return None if workspace is None else WorkspaceNode(workspace)

    def folder(self, folder_id: int | None) -> FolderNode | None:
        """The folder; None for no id or an unknown one."""
        folder = self.world.folders.get(folder_id or 0)
        return None if folder is None else FolderNode(self.context, folder)

    def board(self, board: Board) -> BoardNode:
        """The board as an object of the schema."""
        return BoardNode(self.context, board)

    def group(self, board: Board, group: Group) -> GroupNode:
        """The group of this board as an object of the schema."""
        return GroupNode(self.context, board, group)

    def column(self, column: Column) -> ColumnNode:
        """The column as an object of the schema."""
        return ColumnNode(column)

    def cell(self, column: Column, item: Item) -> Cell:
        """The value of a column on an item."""
        return cell_of(self.context, column, item)

    def item(self, item: Item) -> ItemNode:
        """The item as an object of the schema."""
        return ItemNode(self.context, item)

    def update(self, update: Update) -> UpdateNode:
        """The update or reply as an object of the schema."""
        return UpdateNode(self.context, update)

    def asset(self, asset_id: int) -> AssetNode:
        """The file. Raises KeyError: there is none with this id."""
        return AssetNode(self.context, self.world.assets[asset_id])

    def assets(self, asset_ids: Iterable[int]) -> list[AssetNode]:
        """The files with these ids, without those that do not exist."""
        return [self.asset(asset_id) for asset_id in asset_ids if asset_id in self.world.assets]

    def doc(self, object_id: int) -> DocNode:
        """A doc by the id of its object."""
        return next(
            DocNode(self.context, doc)
            for doc in self.world.docs.values()
            if doc.object_id == object_id
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
        id_filter, (since, until) = parse_ids(ids), parse_span(from_date, to_date)
        updates = (
            self.world.updates[update_id]
            for update_id in self.world.board_updates.get(board.id, ())
        )
        matches = [
            update
            for update in updates
            if since <= update.created_ms <= until
            and (id_filter is None or update.id in id_filter)
            and not (board_updates_only and update.item_id is not None)
            and self._is_visible(update)
        ]
        matches.sort(key=lambda update: (update.created_ms, update.id), reverse=True)
        return matches

    def _is_visible(self, update: Update) -> bool:
        item = self.world.items.get(update.item_id or 0)
        return item is None or item.state != "deleted"
