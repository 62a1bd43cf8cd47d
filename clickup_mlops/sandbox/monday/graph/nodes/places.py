"""Account, workspaces, folders, boards, groups and columns."""

import json
from typing import Any

from clickup_mlops.sandbox.monday.graph.context import Context
from clickup_mlops.sandbox.monday.graph.nodes.paging import numbers, page, span
from clickup_mlops.sandbox.monday.state import items, pages, structure, times
from clickup_mlops.sandbox.monday.state.model import (
    Activity,
    Board,
    Column,
    Folder,
    Group,
    Json,
    Workspace,
)

ITEMS_LIMIT = 10_000


class ColumnNode:
    """Column."""

    width = None

    def __init__(self, of: Column) -> None:
        self.of = of
        self.id, self.title, self.type = of.id, of.title, of.type
        self.description, self.archived = of.description, of.archived

    @property
    def settings(self) -> Json:
        """As the API has them since 2025-10."""
        return {
            key: [{name: part for name, part in one.items() if name != "hex"} for one in value]
            if key == "labels"
            else value
            for key, value in self.of.settings.items()
        }

    @property
    def settings_str(self) -> str:
        """As the API had them before 2025-10."""
        known = self.of.settings.get("labels", [])
        if self.of.type == "status":
            return json.dumps(_old_status(known))
        if self.of.type == "dropdown":
            old = [{"id": one["id"], "name": one["label"]} for one in known]
            return json.dumps({"labels": old, "hide_footer": False})
        return json.dumps(self.of.settings)

    @property
    def capabilities(self) -> dict[str, Json]:
        """Whether it rolls up."""
        function = self.of.calculated
        if not function:
            return {"calculated": None}
        return {"calculated": {"function": function, "calculated_type": self.of.type}}


def _old_status(known: list[dict[str, Json]]) -> dict[str, Json]:
    named = [one for one in known if one["label"]]
    return {
        "done_colors": [one["index"] for one in known if one.get("is_done")],
        "labels": {str(one["index"]): one["label"] for one in named},
        "labels_positions_v2": {str(one["index"]): n for n, one in enumerate(known)},
        "labels_colors": {
            str(one["index"]): {"color": one.get("hex", ""), "border": one.get("hex", "")}
            for one in named
        },
    }


class GroupNode:
    """Group."""

    deleted = False

    def __init__(self, context: Context, board: Board, of: Group) -> None:
        self.context, self.board, self.of = context, board, of
        self.id, self.title, self.color = of.id, of.title, of.color
        self.position, self.archived = of.position, of.archived

    def items_page(self, _info: Any, limit: int = 25, **query: Json) -> dict[str, Json]:
        """The group's items."""
        return items_page(self.context, self.board, limit, group_id=self.of.id, **query)


class WorkspaceNode:
    """Workspace."""

    def __init__(self, of: Workspace) -> None:
        self.id, self.name, self.kind, self.state = str(of.id), of.name, of.kind, of.state
        self.is_default_workspace, self.description = of.main, None
        self.created_at = times.iso(of.created_ms)


class FolderNode:
    """Folder."""

    owner_id = None

    def __init__(self, context: Context, of: Folder) -> None:
        self.context, self.of = context, of
        self.id, self.name, self.created_at = str(of.id), of.name, times.iso(of.created_ms)

    @property
    def parent(self) -> "FolderNode | None":
        """The folder around it."""
        return self.context.nodes.folder(self.of.parent_id)

    @property
    def sub_folders(self) -> list["FolderNode"]:
        """The folders in it."""
        known = self.context.world.folders.values()
        return [FolderNode(self.context, one) for one in known if one.parent_id == self.of.id]

    @property
    def children(self) -> list["BoardNode"]:
        """The boards in it."""
        known = self.context.world.boards.values()
        found = [one for one in known if one.folder_id == self.of.id and one.state == "active"]
        return [BoardNode(self.context, one) for one in found]

    @property
    def workspace(self) -> WorkspaceNode:
        """The workspace."""
        return WorkspaceNode(self.context.world.workspaces[self.of.workspace_id])


class BoardNode:
    """Board."""

    GRAPHQL = "Board"
    permissions, object_type_unique_key, items_limit = "everyone", None, ITEMS_LIMIT

    def __init__(self, context: Context, of: Board) -> None:
        self.context, self.of = context, of
        self.id, self.name, self.description = str(of.id), of.name, of.description
        self.type, self.board_kind, self.state = of.type, of.kind, of.state
        self.hierarchy_type, self.item_terminology = of.hierarchy, of.item_noun
        self.workspace_id = None if of.workspace_id is None else str(of.workspace_id)
        self.board_folder_id = None if of.folder_id is None else str(of.folder_id)

    @property
    def created_at(self) -> str:
        """When it was created."""
        return times.iso(self.of.created_ms)

    @property
    def updated_at(self) -> str:
        """When it or an item was changed."""
        return times.iso(self.of.updated_ms)

    @property
    def url(self) -> str:
        """The page."""
        return f"https://{self.context.world.slug}.monday.com/boards/{self.of.id}"

    @property
    def workspace(self) -> WorkspaceNode | None:
        """Null in the main workspace."""
        return self.context.nodes.workspace(self.of.workspace_id)

    @property
    def folder(self) -> FolderNode | None:
        """The folder around it."""
        return self.context.nodes.folder(self.of.folder_id)

    @property
    def creator(self) -> Any:
        """Who created it."""
        return self.context.nodes.known_user(self.of.creator_id)

    @property
    def owners(self) -> list[Any]:
        """Who can change its structure."""
        return self.context.nodes.users(self.of.owner_ids)

    @property
    def subscribers(self) -> list[Any]:
        """Who is informed."""
        return self.owners

    def team_owners(self, _info: Any, limit: int = 25, page: int = 1) -> list[Any]:
        """No team owns a board here."""
        return []

    @property
    def tags(self) -> list[Any]:
        """The board's own tags."""
        known = self.context.world.tags
        return [known[one] for one in self.of.tag_ids if one in known]

    @property
    def items_count(self) -> int:
        """Active items; on a multi-level board those of the first level."""
        return len(items.of_board(self.context.world, self.of))

    @property
    def top_group(self) -> GroupNode:
        """The first group."""
        return GroupNode(self.context, self.of, structure.group(self.of, None))

    def groups(self, _info: Any, ids: list[str] | str | None = None) -> list[GroupNode]:
        """In order."""
        known = structure.ordered_groups(self.of)
        return [
            GroupNode(self.context, self.of, one) for one in known if ids is None or one.id in ids
        ]

    def columns(
        self,
        _info: Any,
        *,
        ids: list[str] | None = None,
        types: list[str] | None = None,
        capabilities: list[str] | None = None,
    ) -> list[ColumnNode]:
        """In order; a roll-up only with its capability, as in `column_values`."""
        return [
            ColumnNode(one)
            for one in self.of.columns.values()
            if (ids is None or one.id in ids) and (types is None or one.type in types)
        ]

    def items_page(self, _info: Any, limit: int = 25, **query: Json) -> dict[str, Json]:
        """A page of items and the cursor of the next."""
        return items_page(self.context, self.of, limit, **query)

    def updates(self, _info: Any, limit: int = 25, page: int = 1, **which: Json) -> list[Any]:
        """Newest first, without those of deleted items."""
        found = self.context.nodes.board_updates(self.of, **which)
        return [self.context.nodes.update(one) for one in _page(found, limit, page)]

    def activity_logs(
        self,
        _info: Any,
        *,
        limit: int = 25,
        page: int = 1,
        item_ids: list[str] | None = None,
        user_ids: list[str] | None = None,
        column_ids: list[str] | None = None,
        **between: str,
    ) -> list[dict[str, str]]:
        """Newest first; `from` and `to` are ISO times."""
        entries = self.context.world.activities.get(self.of.id, [])
        since, until = span(between.get("from"), between.get("to"))
        found = [one for one in reversed(entries) if since <= one.at_ms <= until]
        wanted, users = numbers(item_ids), numbers(user_ids)
        chosen = [
            one
            for one in found
            if (wanted is None or one.data.get("pulse_id") in wanted)
            and (users is None or one.user_id in users)
            and (column_ids is None or one.data.get("column_id") in column_ids)
        ]
        return [_logged(self.context, one) for one in _page(chosen, limit, page)]

    def views(
        self, _info: Any, ids: list[str] | None = None, type: str | None = None
    ) -> list[dict[str, str]]:
        """Its views."""
        known = [{"settings_str": "{}"} | one for one in self.of.views]
        return [
            one
            for one in known
            if (ids is None or one["id"] in ids) and (type is None or one["type"] == type)
        ]


def _page(found: list[Any], limit: int, number: int) -> list[Any]:
    return page(found, limit, number)


def items_page(context: Context, board: Board, limit: int, **query: Json) -> dict[str, Json]:
    """A page as ItemsResponse; `cursor` goes on from another."""
    world, cursors = context.world, context.services.cursors
    if query.get("cursor"):
        cursor, found = cursors.next(world, query["cursor"], limit)
    else:
        wanted = pages.wanted(
            world,
            board,
            query.get("query_params"),
            group_id=query.get("group_id"),
            scope=query.get("hierarchy_scope_config"),
        )
        cursor, found = cursors.first(world, board.id, wanted, limit)
    return {"cursor": cursor, "items": [context.nodes.item(one) for one in found]}


def _logged(context: Context, entry: Activity) -> dict[str, str]:
    return {
        "id": entry.id,
        "account_id": str(context.world.account_id),
        "created_at": str(entry.at_ms * 10_000),
        "data": json.dumps({"board_id": entry.board_id} | entry.data),
        "entity": entry.entity,
        "event": entry.event,
        "user_id": str(entry.user_id),
    }
