"""What a query can ask for."""

from typing import Any

from clickup_mlops.sandbox.monday.graph.context import Context
from clickup_mlops.sandbox.monday.graph.nodes.items import ItemNode
from clickup_mlops.sandbox.monday.graph.nodes.paging import numbers, page, slice_at, span
from clickup_mlops.sandbox.monday.graph.nodes.people import TeamNode
from clickup_mlops.sandbox.monday.graph.nodes.places import BoardNode, FolderNode, WorkspaceNode
from clickup_mlops.sandbox.monday.graph.nodes.talk import DocNode
from clickup_mlops.sandbox.monday.state import pages, times
from clickup_mlops.sandbox.monday.state.model import Board, Item, Json, User
from clickup_mlops.sandbox.monday.state.refusal import Refusal

MOST_IDS = 100
"""Ids in one `items` query."""
VERSIONS = {"2026-07": "maintenance", "2026-10": "current", "2027-01": "release_candidate"}


class Root:
    """Query: a method for each field."""

    def __init__(self, context: Context) -> None:
        self.context, self.world, self.nodes = context, context.world, context.nodes

    # The account

    def account(self, _info: Any) -> Json:
        """The account."""
        return self.nodes.account()

    def me(self, _info: Any) -> Json:
        """Whose token it is."""
        return self.nodes.known_user(self.context.user.id)

    def complexity(self, _info: Any) -> dict[str, int]:
        """Points before and after this query."""
        return complexity(self.context)

    def version(self, _info: Any) -> dict[str, str]:
        """The version that answers."""
        value = self.context.version
        kind = VERSIONS.get(value, "old__maintenance")
        return {"value": value, "kind": kind, "display_name": value}

    def users(
        self,
        _info: Any,
        *,
        limit: int = 200,
        page: int = 1,
        ids: list[str] | None = None,
        emails: list[str] | None = None,
        name: str | None = None,
        kind: str | None = None,
        status: list[str] | None = None,
    ) -> list[Json]:
        """People; those who were deleted only with `status: INACTIVE`."""
        wanted, states = numbers(ids), status or ["ACTIVE", "PENDING"]
        found = [
            self.nodes.known_user(one.id)
            for one in self.world.users.values()
            if (wanted is None or one.id in wanted)
            and (emails is None or one.email in emails)
            and (name is None or name.lower() in one.name.lower())
            and one.status in states
            and _is_kind(one, kind)
        ]
        return _page(found, limit, page, 1_000)

    def teams(self, _info: Any, ids: list[str] | None = None) -> list[TeamNode]:
        """Teams."""
        wanted = numbers(ids)
        known = self.world.teams.values()
        return [TeamNode(self.context, one) for one in known if wanted is None or one.id in wanted]

    def tags(self, _info: Any, ids: list[str] | None = None) -> list[Json]:
        """Tags of the account."""
        wanted = numbers(ids)
        return [one for one in self.world.tags.values() if wanted is None or one.id in wanted]

    # Places

    def workspaces(
        self,
        _info: Any,
        *,
        limit: int = 25,
        page: int = 1,
        state: str = "active",
        ids: list[str] | None = None,
        kind: str | None = None,
    ) -> list[WorkspaceNode]:
        """Workspaces, the main one too."""
        wanted = numbers(ids)
        found = [
            WorkspaceNode(one)
            for one in self.world.workspaces.values()
            if (wanted is None or one.id in wanted)
            and (kind is None or one.kind == kind)
            and state in ("all", one.state)
        ]
        return _page(found, limit, page)

    def folders(
        self,
        _info: Any,
        *,
        limit: int = 25,
        page: int = 1,
        ids: list[str] | None = None,
        workspace_ids: list[str] | None = None,
    ) -> list[FolderNode]:
        """Folders, those in folders too."""
        wanted, places = numbers(ids), numbers(workspace_ids)
        found = [
            FolderNode(self.context, one)
            for one in self.world.folders.values()
            if (wanted is None or one.id in wanted)
            and (places is None or one.workspace_id in places)
        ]
        return _page(found, limit, page)

    def boards(
        self,
        _info: Any,
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
        wanted = numbers(ids)
        found = [
            one
            for one in self.world.boards.values()
            if (wanted is None or one.id in wanted)
            and state in ("all", one.state)
            and (one.state != "deleted" or state == "deleted")
            and (board_kind is None or one.kind == board_kind)
            and (hierarchy_types is None or one.hierarchy in hierarchy_types)
            and _is_in(one, workspace_ids)
        ]
        if order_by is not None:
            at = "created_ms" if order_by == "created_at" else "updated_ms"
            found.sort(key=lambda one: int(getattr(one, at)), reverse=True)
        return [self.nodes.board(one) for one in _page(found, limit, page)]

    def docs(
        self,
        _info: Any,
        *,
        limit: int = 25,
        page: int = 1,
        ids: list[str] | None = None,
        object_ids: list[str] | None = None,
        workspace_ids: list[str | None] | None = None,
    ) -> list[DocNode]:
        """Docs that are boards of type document; descriptions of items only by id."""
        wanted, objects = numbers(ids), numbers(object_ids)
        found = [
            DocNode(self.context, one)
            for one in self.world.docs.values()
            if (one.id in wanted if wanted is not None else one.object_id in self.world.boards)
            and (objects is None or one.object_id in objects)
            and (workspace_ids is None or one.workspace_id in (numbers(workspace_ids) or ()))
        ]
        return _page(found, limit, page)

    def webhooks(self, _info: Any, board_id: str, app_webhooks_only: bool = False) -> list[Json]:
        """Webhooks of a board; none belongs to an app."""
        board = self.world.board(board_id)
        found = self.world.webhooks.values()
        return [one for one in found if one.board_id == board.id and not app_webhooks_only]

    def board_automations(
        self,
        _info: Any,
        *,
        board_ids: list[str] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> dict[str, Json]:
        """Automations of boards, by cursor."""
        wanted = numbers(board_ids)
        known = self.world.automations.values()
        found = [one for one in known if wanted is None or one.board_id in wanted]
        some, following = slice_at(found, cursor, 100 if limit is None else limit)
        items = [
            {
                "id": str(one.id),
                "title": one.title,
                "description": one.description,
                "active": one.active,
                "user_id": str(one.user_id),
                "created_at": times.iso(one.created_ms),
                "updated_at": times.iso(one.created_ms),
            }
            for one in some
        ]
        return {"items": items, "cursor": following}

    # Items and talk

    def items(
        self,
        _info: Any,
        *,
        limit: int = 25,
        page: int = 1,
        ids: list[str] | None = None,
        exclude_nonactive: bool = False,
        newest_first: bool = False,
    ) -> list[ItemNode]:
        """Items by id, archived ones too, in the order of their ids; at most 100 ids."""
        wanted = numbers(ids)
        if wanted is not None and len(wanted) > MOST_IDS:
            raise Refusal("InvalidArgumentException", f"ids: at most {MOST_IDS}")
        some = self.world.items.values() if wanted is None else map(self.world.items.get, wanted)
        hidden = ("deleted", "archived") if exclude_nonactive else ("deleted",)
        found: dict[int, Item] = {
            one.id: one for one in some if one is not None and one.state not in hidden
        }
        order = sorted(found, reverse=newest_first)
        return [self.nodes.item(found[one]) for one in _page(order, limit, page)]

    def next_items_page(self, _info: Any, cursor: str, limit: int = 25) -> dict[str, Json]:
        """The page at the cursor."""
        following, found = self.context.services.cursors.next(self.world, cursor, limit)
        return {"cursor": following, "items": [self.nodes.item(one) for one in found]}

    def items_page_by_column_values(
        self,
        _info: Any,
        *,
        board_id: str,
        limit: int = 25,
        columns: list[dict[str, Json]] | None = None,
        cursor: str | None = None,
        hierarchy_scope_config: str | None = None,
    ) -> dict[str, Json]:
        """Items whose columns show one of the values."""
        if cursor:
            return self.next_items_page(_info, cursor, limit)
        board = self.world.board(board_id)

        def shown(item: Item, column_id: str) -> str:
            if column_id == "name":
                return item.name
            column = board.columns.get(column_id)
            return (self.nodes.cell(column, item).text if column else None) or ""

        found = pages.by_values(self.world, board, columns or [], shown)
        following, some = self.context.services.cursors.first(self.world, board.id, found, limit)
        return {"cursor": following, "items": [self.nodes.item(one) for one in some]}

    def updates(
        self,
        _info: Any,
        *,
        limit: int = 25,
        page: int = 1,
        ids: list[str] | None = None,
        from_date: str | None = None,
        to_date: str | None = None,
    ) -> list[Json]:
        """Updates of the account, newest first."""
        found = [
            one
            for board in self.world.boards.values()
            for one in self.nodes.board_updates(
                board, ids=ids, from_date=from_date, to_date=to_date
            )
        ]
        found.sort(key=lambda one: one.created_ms, reverse=True)
        return [self.nodes.update(one) for one in _page(found, limit, page)]

    def replies(
        self,
        _info: Any,
        *,
        board_ids: list[str],
        limit: int | None = None,
        page: int | None = None,
        created_at_from: str | None = None,
        created_at_to: str | None = None,
    ) -> list[Json]:
        """Replies on boards, newest first."""
        since, until = span(created_at_from, created_at_to)
        boards = numbers(board_ids) or []
        found = [
            one
            for one in self.world.updates.values()
            if one.parent_id is not None
            and one.board_id in boards
            and since <= one.created_ms <= until
        ]
        found.sort(key=lambda one: one.created_ms, reverse=True)
        return [self.nodes.update(one) for one in _page(found, limit, page)]

    def assets(self, _info: Any, ids: list[str]) -> list[Json]:
        """Files with fresh links; those that do not exist are left out."""
        return self.nodes.assets(numbers(ids) or [])


def complexity(context: Context) -> dict[str, int]:
    """As the schema has it."""
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
    return str(board.workspace_id) in [str(one) for one in workspace_ids]


def _page(found: list[Any], limit: int | None, number: int | None, most: int = 10_000) -> list[Any]:
    return page(found, limit, number, most)
