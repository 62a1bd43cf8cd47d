"""Account, workspaces, folders, boards, groups and columns."""

import json
from typing import TYPE_CHECKING, Any

from clickup_mlops.sandbox.monday.graph.context import Context, Info
from clickup_mlops.sandbox.monday.graph.nodes.paging import parse_ids, parse_span, take_page
from clickup_mlops.sandbox.monday.state import items, pages, structure, times
from clickup_mlops.sandbox.monday.state.model import (
    Activity,
    Board,
    Column,
    Folder,
    Group,
    Tag,
    Workspace,
)

if TYPE_CHECKING:
    from clickup_mlops.sandbox.monday.graph.nodes.people import TeamNode, UserNode
    from clickup_mlops.sandbox.monday.graph.nodes.talk import UpdateNode

ITEMS_LIMIT = 10_000


class ColumnNode:
    """The type Column of the schema."""

    width = None

    def __init__(self, record: Column) -> None:
        self.record = record
        self.id, self.title, self.type = record.id, record.title, record.type
        self.description, self.archived = record.description, record.archived

    @property
    def settings(self) -> Any:
        """The settings in the form of versions since 2025-10."""
        return {
            key: [{name: part for name, part in label.items() if name != "hex"} for label in value]
            if key == "labels"
            else value
            for key, value in self.record.settings.items()
        }

    @property
    def settings_str(self) -> str:
        """The settings in the form of versions before 2025-10, as JSON text."""
        labels = self.record.settings.get("labels", [])
        if self.record.type == "status":
            return json.dumps(_build_old_status(labels))
        if self.record.type == "dropdown":
            old = [{"id": label["id"], "name": label["label"]} for label in labels]
            return json.dumps({"labels": old, "hide_footer": False})
        return json.dumps(self.record.settings)

    @property
    def capabilities(self) -> dict[str, object]:
        """The function of the column's roll-up, if it has one."""
        function = self.record.calculated
        if not function:
            return {"calculated": None}
        return {"calculated": {"function": function, "calculated_type": self.record.type}}


def _build_old_status(labels: list[dict[str, Any]]) -> dict[str, object]:
    named = [label for label in labels if label["label"]]
    return {
        "done_colors": [label["index"] for label in labels if label.get("is_done")],
        "labels": {str(label["index"]): label["label"] for label in named},
        "labels_positions_v2": {str(label["index"]): n for n, label in enumerate(labels)},
        "labels_colors": {
            str(label["index"]): {"color": label.get("hex", ""), "border": label.get("hex", "")}
            for label in named
        },
    }


class GroupNode:
    """The type Group of the schema."""

    deleted = False

    def __init__(self, context: Context, board: Board, record: Group) -> None:
        self.context, self.board, self.record = context, board, record
        self.id, self.title, self.color = record.id, record.title, record.color
        self.position, self.archived = record.position, record.archived

    def items_page(self, _info: Info, limit: int = 25, **query: Any) -> dict[str, object]:
        """A page of the group's items and the cursor of the next one."""
        return build_items_page(self.context, self.board, limit, group_id=self.record.id, **query)


class WorkspaceNode:
    """The type Workspace of the schema."""

    def __init__(self, record: Workspace) -> None:
        self.id, self.name = str(record.id), record.name
        self.kind, self.state = record.kind, record.state
        self.is_default_workspace, self.description = record.main, record.description
        self.created_at = times.format_iso(record.created_ms)


class FolderNode:
    """The type Folder of the schema."""

    owner_id = None

    def __init__(self, context: Context, record: Folder) -> None:
        self.context, self.record = context, record
        self.id, self.name = str(record.id), record.name
        self.created_at = times.format_iso(record.created_ms)

    @property
    def parent(self) -> "FolderNode | None":
        """The folder around it."""
        return self.context.nodes.folder(self.record.parent_id)

    @property
    def sub_folders(self) -> list["FolderNode"]:
        """The folders in it."""
        folders = self.context.world.folders.values()
        return [
            FolderNode(self.context, folder)
            for folder in folders
            if folder.parent_id == self.record.id
        ]

    @property
    def children(self) -> list["BoardNode"]:
        """The boards in it."""
        all_boards = self.context.world.boards.values()
        boards = [
            board
            for board in all_boards
            if board.folder_id == self.record.id and board.state == "active"
        ]
        return [BoardNode(self.context, board) for board in boards]

    @property
    def workspace(self) -> WorkspaceNode:
        """The workspace that the folder is in."""
        return WorkspaceNode(self.context.world.workspaces[self.record.workspace_id])


class BoardNode:
    """The type Board of the schema."""

    GRAPHQL = "Board"
    permissions, object_type_unique_key, items_limit = "everyone", None, ITEMS_LIMIT

    def __init__(self, context: Context, record: Board) -> None:
        self.context, self.record = context, record
        self.id, self.name, self.description = str(record.id), record.name, record.description
        self.type, self.board_kind, self.state = record.type, record.kind, record.state
        self.hierarchy_type, self.item_terminology = record.hierarchy, record.item_noun
        self.workspace_id = None if record.workspace_id is None else str(record.workspace_id)
        self.board_folder_id = None if record.folder_id is None else str(record.folder_id)

    @property
    def created_at(self) -> str:
        """When it was created."""
        return times.format_iso(self.record.created_ms)

    @property
    def updated_at(self) -> str:
        """When it or an item was changed."""
        return times.format_iso(self.record.updated_ms)

    @property
    def url(self) -> str:
        """The address of the board's page."""
        return f"https://{self.context.world.slug}.monday.com/boards/{self.record.id}"

    @property
    def workspace(self) -> WorkspaceNode | None:
        """The workspace; null in the main one."""
        return self.context.nodes.workspace(self.record.workspace_id)

    @property
    def folder(self) -> FolderNode | None:
        """The folder around it."""
        return self.context.nodes.folder(self.record.folder_id)

    @property
    def creator(self) -> "UserNode":
        """The user who created the board."""
        return self.context.nodes.known_user(self.record.creator_id)

    @property
    def owners(self) -> "list[UserNode]":
        """The users who can change the board's structure."""
        return self.context.nodes.users(self.record.owner_ids)

    @property
    def subscribers(self) -> "list[UserNode]":
        """The users who are informed of changes: the owners."""
        return self.owners

    def team_owners(self, _info: Info, limit: int = 25, page: int = 1) -> "list[TeamNode]":
        """No team owns a board here."""
        return []

    @property
    def tags(self) -> list[Tag]:
        """The board's own tags."""
        tags = self.context.world.tags
        return [tags[tag_id] for tag_id in self.record.tag_ids if tag_id in tags]

    @property
    def items_count(self) -> int:
        """Active items; on a multi-level board those of the first level."""
        return len(items.list_items(self.context.world, self.record))

    @property
    def top_group(self) -> GroupNode:
        """The group that is shown first on the board."""
        return GroupNode(self.context, self.record, structure.find_group(self.record, None))

    def groups(self, _info: Info, ids: list[str] | str | None = None) -> list[GroupNode]:
        """The groups in the order of the board."""
        groups = structure.sort_groups(self.record)
        return [
            GroupNode(self.context, self.record, group)
            for group in groups
            if ids is None or group.id in ids
        ]

    def columns(
        self,
        _info: Info,
        *,
        ids: list[str] | None = None,
        types: list[str] | None = None,
        capabilities: list[str] | None = None,
    ) -> list[ColumnNode]:
        """In order; a roll-up only with its capability, as in `column_values`."""
        return [
            ColumnNode(column)
            for column in self.record.columns.values()
            if (ids is None or column.id in ids) and (types is None or column.type in types)
        ]

    def items_page(self, _info: Info, limit: int = 25, **query: Any) -> dict[str, object]:
        """A page of items and the cursor of the next."""
        return build_items_page(self.context, self.record, limit, **query)

    def updates(
        self, _info: Info, limit: int = 25, page: int = 1, **filters: Any
    ) -> "list[UpdateNode]":
        """Newest first, without those of deleted items."""
        updates = self.context.nodes.board_updates(self.record, **filters)
        return [self.context.nodes.update(update) for update in take_page(updates, limit, page)]

    def activity_logs(
        self,
        _info: Info,
        *,
        limit: int = 25,
        page: int = 1,
        item_ids: list[str] | None = None,
        user_ids: list[str] | None = None,
        column_ids: list[str] | None = None,
        **between: str,
    ) -> list[dict[str, str]]:
        """Newest first; `from` and `to` are ISO times."""
        entries = self.context.world.activities.get(self.record.id, [])
        since, until = parse_span(between.get("from"), between.get("to"))
        in_span = [entry for entry in reversed(entries) if since <= entry.at_ms <= until]
        item_filter, user_filter = parse_ids(item_ids), parse_ids(user_ids)
        matches = [
            entry
            for entry in in_span
            if (item_filter is None or entry.data.get("pulse_id") in item_filter)
            and (user_filter is None or entry.user_id in user_filter)
            and (column_ids is None or entry.data.get("column_id") in column_ids)
        ]
        return [_build_log_entry(self.context, entry) for entry in take_page(matches, limit, page)]

    def views(
        self, _info: Info, ids: list[str] | None = None, type: str | None = None
    ) -> list[dict[str, str]]:
        """The board's views, without their settings."""
        views = [{"settings_str": "{}"} | view for view in self.record.views]
        return [
            view
            for view in views
            if (ids is None or view["id"] in ids) and (type is None or view["type"] == type)
        ]


def build_items_page(context: Context, board: Board, limit: int, **query: Any) -> dict[str, object]:
    """A page as ItemsResponse; `cursor` goes on from another."""
    world, cursors = context.world, context.services.cursors
    if query.get("cursor"):
        cursor, items = cursors.next(world, query["cursor"], limit)
    else:
        matches = pages.select_items(
            world,
            board,
            query.get("query_params"),
            group_id=query.get("group_id"),
            scope=query.get("hierarchy_scope_config"),
        )
        cursor, items = cursors.first(world, board.id, matches, limit)
    return {"cursor": cursor, "items": [context.nodes.item(item) for item in items]}


def _build_log_entry(context: Context, entry: Activity) -> dict[str, str]:
    return {
        "id": entry.id,
        "account_id": str(context.world.account_id),
        "created_at": str(entry.at_ms * 10_000),
        "data": json.dumps({"board_id": entry.board_id} | entry.data),
        "entity": entry.entity,
        "event": entry.event,
        "user_id": str(entry.user_id),
    }
