"""What a query can ask for."""

from typing import Any

from clickup_mlops.sandbox.monday.graph.context import Context, Info
from clickup_mlops.sandbox.monday.graph.nodes.items import ItemNode
from clickup_mlops.sandbox.monday.graph.nodes.paging import (
    parse_ids,
    parse_span,
    slice_at_cursor,
    take_page,
)
from clickup_mlops.sandbox.monday.graph.nodes.people import TeamNode, UserNode
from clickup_mlops.sandbox.monday.graph.nodes.places import BoardNode, FolderNode, WorkspaceNode
from clickup_mlops.sandbox.monday.graph.nodes.talk import AssetNode, DocNode, UpdateNode
from clickup_mlops.sandbox.monday.graph.schema import VERSIONS
from clickup_mlops.sandbox.monday.state import pages, times
from clickup_mlops.sandbox.monday.state.model import Board, Item, Tag, User, Webhook
from clickup_mlops.sandbox.monday.state.refusal import Refusal

MOST_IDS = 100
"""Ids in one `items` query."""


class Root:
    """Query: a method for each field."""

    def __init__(self, context: Context) -> None:
        self.context, self.world, self.nodes = context, context.world, context.nodes

    # The account

    def account(self, _info: Info) -> dict[str, object]:
        """The account of the token."""
        return self.nodes.account()

    def me(self, _info: Info) -> UserNode:
        """The user whose token it is."""
        return self.nodes.known_user(self.context.user.id)

    def complexity(self, _info: Info) -> dict[str, int]:
        """Points before and after this query."""
        return build_complexity(self.context)

    def version(self, _info: Info) -> dict[str, str]:
        """The version that answers."""
        return _format_version(self.context.version)

    def versions(self, _info: Info) -> list[dict[str, str]]:
        """All versions that can be asked for."""
        return [_format_version(version) for version in VERSIONS]

    def users(
        self,
        _info: Info,
        *,
        limit: int = 200,
        page: int = 1,
        ids: list[str] | None = None,
        emails: list[str] | None = None,
        name: str | None = None,
        kind: str | None = None,
        status: list[str] | None = None,
    ) -> list[UserNode]:
        """People; those who were deleted only with `status: INACTIVE`."""
        id_filter, states = parse_ids(ids), status or ["ACTIVE", "PENDING"]
        users = [
            self.nodes.known_user(user.id)
            for user in self.world.users.values()
            if (id_filter is None or user.id in id_filter)
            and (emails is None or user.email in emails)
            and (name is None or name.lower() in user.name.lower())
            and user.status in states
            and _is_kind(user, kind)
        ]
        return take_page(users, limit, page, 1_000)

    def teams(self, _info: Info, ids: list[str] | None = None) -> list[TeamNode]:
        """The teams of the account, or those with these ids."""
        id_filter = parse_ids(ids)
        teams = self.world.teams.values()
        return [
            TeamNode(self.context, team)
            for team in teams
            if id_filter is None or team.id in id_filter
        ]

    def tags(self, _info: Info, ids: list[str] | None = None) -> list[Tag]:
        """Tags of the account."""
        id_filter = parse_ids(ids)
        return [tag for tag in self.world.tags.values() if id_filter is None or tag.id in id_filter]

    # Places

    def workspaces(
        self,
        _info: Info,
        *,
        limit: int = 25,
        page: int = 1,
        state: str = "active",
        ids: list[str] | None = None,
        kind: str | None = None,
    ) -> list[WorkspaceNode]:
        """Workspaces, the main one too."""
        id_filter = parse_ids(ids)
        workspaces = [
            WorkspaceNode(workspace)
            for workspace in self.world.workspaces.values()
            if (id_filter is None or workspace.id in id_filter)
            and (kind is None or workspace.kind == kind)
            and state in ("all", workspace.state)
        ]
        return take_page(workspaces, limit, page)

    def folders(
        self,
        _info: Info,
        *,
        limit: int = 25,
        page: int = 1,
        ids: list[str] | None = None,
        workspace_ids: list[str] | None = None,
    ) -> list[FolderNode]:
        """Folders, those in folders too."""
        id_filter, workspace_filter = parse_ids(ids), parse_ids(workspace_ids)
        folders = [
            FolderNode(self.context, folder)
            for folder in self.world.folders.values()
            if (id_filter is None or folder.id in id_filter)
            and (workspace_filter is None or folder.workspace_id in workspace_filter)
        ]
        return take_page(folders, limit, page)

    def boards(
        self,
        _info: Info,
        *,
        limit: int = 25,
        page: int = 1,
        state: str = "active",
        ids: list[str] | None = None,
        workspace_ids: list[str | None] | None = None,
        board_kind: str | None = None,
        hierarchy_types: list[str] | None = None,
        order_by: str | None = None,
    ) -> list[BoardNode]:
        """Boards, hidden boards of subitems, and docs; without `state` only active ones."""
        id_filter = parse_ids(ids)
        boards = [
            board
            for board in self.world.boards.values()
            if (id_filter is None or board.id in id_filter)
            and state in ("all", board.state)
            and (board.state != "deleted" or state == "deleted")
            and (board_kind is None or board.kind == board_kind)
            and (hierarchy_types is None or board.hierarchy in hierarchy_types)
            and _is_in(board, workspace_ids)
        ]
        if order_by is not None:
            at = "created_ms" if order_by == "created_at" else "updated_ms"
            boards.sort(key=lambda board: int(getattr(board, at)), reverse=True)
        return [self.nodes.board(board) for board in take_page(boards, limit, page)]

    def docs(
        self,
        _info: Info,
        *,
        limit: int = 25,
        page: int = 1,
        ids: list[str] | None = None,
        object_ids: list[str] | None = None,
        workspace_ids: list[str | None] | None = None,
    ) -> list[DocNode]:
        """Docs that are boards of type document; descriptions of items only by id."""
        id_filter, object_filter = parse_ids(ids), parse_ids(object_ids)
        docs = [
            DocNode(self.context, doc)
            for doc in self.world.docs.values()
            if (
                doc.id in id_filter if id_filter is not None else doc.object_id in self.world.boards
            )
            and (object_filter is None or doc.object_id in object_filter)
            and (workspace_ids is None or doc.workspace_id in (parse_ids(workspace_ids) or ()))
        ]
        return take_page(docs, limit, page)

    def webhooks(
        self, _info: Info, board_id: str, app_webhooks_only: bool = False
    ) -> list[Webhook]:
        """Webhooks of a board; none belongs to an app."""
        board = self.world.board(board_id)
        webhooks = self.world.webhooks.values()
        return [
            webhook
            for webhook in webhooks
            if webhook.board_id == board.id and not app_webhooks_only
        ]

    def board_automations(
        self,
        _info: Info,
        *,
        board_ids: list[str] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> dict[str, object]:
        """Automations of boards, by cursor."""
        board_filter = parse_ids(board_ids)
        all_automations = self.world.automations.values()
        matches = [
            automation
            for automation in all_automations
            if board_filter is None or automation.board_id in board_filter
        ]
        automations, following = slice_at_cursor(matches, cursor, 100 if limit is None else limit)
        items = [
            {
                "id": str(automation.id),
                "title": automation.title,
                "description": automation.description,
                "active": automation.active,
                "user_id": str(automation.user_id),
                "created_at": times.format_iso(automation.created_ms),
                "updated_at": times.format_iso(automation.created_ms),
            }
            for automation in automations
        ]
        return {"items": items, "cursor": following}

    # Items and talk

    def items(
        self,
        _info: Info,
        *,
        limit: int = 25,
        page: int = 1,
        ids: list[str] | None = None,
        exclude_nonactive: bool = False,
        newest_first: bool = False,
    ) -> list[ItemNode]:
        """Items by id, archived ones too, in the order of their ids; at most 100 ids."""
        id_filter = parse_ids(ids)
        if id_filter is not None and len(id_filter) > MOST_IDS:
            raise Refusal("InvalidArgumentException", f"ids: at most {MOST_IDS}")
        candidates = (
            self.world.items.values() if id_filter is None else map(self.world.items.get, id_filter)
        )
        hidden = ("deleted", "archived") if exclude_nonactive else ("deleted",)
        by_id: dict[int, Item] = {
            item.id: item for item in candidates if item is not None and item.state not in hidden
        }
        order = sorted(by_id, reverse=newest_first)
        return [self.nodes.item(by_id[item_id]) for item_id in take_page(order, limit, page)]

    def next_items_page(self, _info: Info, cursor: str, limit: int = 25) -> dict[str, object]:
        """The page at the cursor."""
        following, items = self.context.services.cursors.next(self.world, cursor, limit)
        return {"cursor": following, "items": [self.nodes.item(item) for item in items]}

    def items_page_by_column_values(
        self,
        _info: Info,
        *,
        board_id: str,
        limit: int = 25,
        columns: list[dict[str, Any]] | None = None,
        cursor: str | None = None,
        hierarchy_scope_config: str | None = None,
    ) -> dict[str, object]:
        """Items whose columns show one of the values."""
        if cursor:
            return self.next_items_page(_info, cursor, limit)
        board = self.world.board(board_id)

        def read_text(item: Item, column_id: str) -> str:
            if column_id == "name":
                return item.name
            column = board.columns.get(column_id)
            return (self.nodes.cell(column, item).text if column else None) or ""

        matches = pages.select_by_values(self.world, board, columns or [], read_text)
        following, items = self.context.services.cursors.first(self.world, board.id, matches, limit)
        return {"cursor": following, "items": [self.nodes.item(item) for item in items]}

    def updates(
        self,
        _info: Info,
        *,
        limit: int = 25,
        page: int = 1,
        ids: list[str] | None = None,
        from_date: str | None = None,
        to_date: str | None = None,
    ) -> list[UpdateNode]:
        """Updates of the account, newest first."""
        updates = [
            update
            for board in self.world.boards.values()
            for update in self.nodes.board_updates(
                board, ids=ids, from_date=from_date, to_date=to_date
            )
        ]
        updates.sort(key=lambda update: update.created_ms, reverse=True)
        return [self.nodes.update(update) for update in take_page(updates, limit, page)]

    def replies(
        self,
        _info: Info,
        *,
        board_ids: list[str],
        limit: int | None = None,
        page: int | None = None,
        created_at_from: str | None = None,
        created_at_to: str | None = None,
    ) -> list[UpdateNode]:
        """Replies on boards, newest first."""
        since, until = parse_span(created_at_from, created_at_to)
        boards = parse_ids(board_ids) or []
        replies = [
            reply
            for reply in self.world.updates.values()
            if reply.parent_id is not None
            and reply.board_id in boards
            and since <= reply.created_ms <= until
        ]
        replies.sort(key=lambda reply: reply.created_ms, reverse=True)
        return [self.nodes.update(reply) for reply in take_page(replies, limit, page)]

    def assets(self, _info: Info, ids: list[str]) -> list[AssetNode]:
        """Files with fresh links; those that do not exist are left out."""
        return self.nodes.assets(parse_ids(ids) or [])


def build_complexity(context: Context) -> dict[str, int]:
    """The budget of the query as the type Complexity of the schema."""
    budget = context.budget
    return {
        "before": budget.before,
        "after": budget.after,
        "query": budget.query,
        "reset_in_x_seconds": budget.reset_s,
    }


def _is_kind(user: User, kind: str | None) -> bool:
    if kind == "guests":
        return user.kind == "guest"
    if kind == "non_guests":
        return user.kind != "guest"
    return kind != "non_pending" or user.status != "PENDING"


def _is_in(board: Board, workspace_ids: list[str | None] | None) -> bool:
    if workspace_ids is None:
        return True
    # A null asks for the main workspace.
    return str(board.workspace_id) in [str(workspace_id) for workspace_id in workspace_ids]


def _format_version(version: str) -> dict[str, str]:
    return {
        "value": version,
        "kind": VERSIONS.get(version, "old__maintenance"),
        "display_name": version,
    }
