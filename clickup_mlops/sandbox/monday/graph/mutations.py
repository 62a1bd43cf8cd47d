"""What a mutation can change: the part that other people's clients use most."""

import json
from collections.abc import Mapping
from typing import NotRequired, TypedDict, Unpack

from clickup_mlops.json_types import Json, JsonObject
from clickup_mlops.sandbox.monday.graph.context import Context, Info
from clickup_mlops.sandbox.monday.graph.nodes.items import ItemNode
from clickup_mlops.sandbox.monday.graph.nodes.places import (
    BoardNode,
    ColumnNode,
    GroupNode,
    WorkspaceNode,
)
from clickup_mlops.sandbox.monday.graph.nodes.talk import AssetNode, UpdateNode
from clickup_mlops.sandbox.monday.graph.root import build_complexity
from clickup_mlops.sandbox.monday.state import items, structure, talk
from clickup_mlops.sandbox.monday.state.model import Item, Workspace
from clickup_mlops.sandbox.monday.state.refusal import Refusal


class _Place(TypedDict):
    """The column of an item, and whether a label that it lacks is created."""

    board_id: str
    column_id: str
    item_id: NotRequired[str | None]
    create_labels_if_missing: NotRequired[bool]


class Mutations:
    """Mutation: a method for each field."""

    def __init__(self, context: Context) -> None:
        self.context, self.world, self.nodes = context, context.world, context.nodes
        self.me = context.user.id

    def complexity(self, _info: Info) -> dict[str, int]:
        """Points before and after this mutation."""
        return build_complexity(self.context)

    # Places

    def create_board(
        self,
        _info: Info,
        *,
        board_name: str,
        board_kind: str,
        description: str | None = None,
        empty: bool = False,
        folder_id: str | None = None,
        workspace_id: str | None = None,
    ) -> BoardNode:
        """A board with the usual columns and groups and one item, unless `empty`."""
        board = structure.add_board(
            self.world,
            board_name,
            self.me,
            empty=empty,
            kind=board_kind,
            description=description,
            folder_id=_parse_id(self.world.folders, folder_id),
            workspace_id=self._find_workspace_id(workspace_id),
        )
        if not empty:
            items.create(self.world, board, "Task 1", self.me)
        return self.nodes.board(board)

    def _find_workspace_id(self, workspace_id: str | None) -> int | None:
        """None for the main one."""
        key = _parse_id(self.world.workspaces, workspace_id)
        return None if key is None or self.world.workspaces[key].main else key

    def create_column(
        self,
        _info: Info,
        *,
        board_id: str,
        title: str,
        column_type: str,
        id: str | None = None,
        description: str | None = None,
        defaults: Json = None,
    ) -> ColumnNode:
        """A column; `defaults` are its settings."""
        column = structure.add_column(
            self.world,
            self.world.board(board_id),
            title,
            column_type,
            column_id=id or "",
            settings=dict(_parse_object(defaults)) or None,
            description=description,
        )
        return self.nodes.column(column)

    def create_group(
        self,
        _info: Info,
        board_id: str,
        group_name: str,
        group_color: str | None = None,
    ) -> GroupNode:
        """A new group at the end of the board."""
        board = self.world.board(board_id)
        group = structure.add_group(self.world, board, group_name, color=group_color or "")
        return self.nodes.group(board, group)

    def create_workspace(
        self,
        _info: Info,
        *,
        name: str,
        kind: str,
        description: str | None = None,
        account_product_id: str | None = None,
    ) -> WorkspaceNode:
        """An empty workspace; products are not modelled."""
        record = Workspace(
            self.world.new_id(),
            name,
            kind=kind,
            created_ms=self.world.now_ms(),
            description=description,
        )
        self.world.workspaces[record.id] = record
        return WorkspaceNode(record)

    def archive_group(self, _info: Info, board_id: str, group_id: str) -> GroupNode:
        """Archive a group with its items."""
        board = self.world.board(board_id)
        group = structure.find_group(board, group_id)
        items.archive_group(self.world, board, group, self.me)
        return self.nodes.group(board, group)

    def duplicate_group(
        self,
        _info: Info,
        board_id: str,
        group_id: str,
        group_title: str | None = None,
        add_to_top: bool = False,
    ) -> GroupNode:
        """A copy of a group with copies of its items and subitems."""
        board = self.world.board(board_id)
        source = structure.find_group(board, group_id)
        copy = items.duplicate_group(self.world, board, source, group_title, self.me)
        if add_to_top:
            first = structure.sort_groups(board)[0]
            copy.position = str(float(first.position) / 2)
        return self.nodes.group(board, copy)

    # Items

    def create_item(
        self,
        _info: Info,
        *,
        board_id: str,
        item_name: str,
        group_id: str | None = None,
        column_values: Json = None,
        create_labels_if_missing: bool = False,
    ) -> ItemNode:
        """An item at the end of its group."""
        item = items.create(
            self.world,
            self.world.board(board_id),
            item_name,
            self.me,
            group_id=group_id,
            values=_parse_object(column_values),
            new_labels=create_labels_if_missing,
        )
        return self.nodes.item(item)

    def create_subitem(
        self,
        _info: Info,
        *,
        parent_item_id: str,
        item_name: str,
        column_values: Json = None,
        create_labels_if_missing: bool = False,
    ) -> ItemNode:
        """A new subitem at the end of its parent."""
        item = items.create_sub(
            self.world,
            self.world.item(parent_item_id),
            item_name,
            self.me,
            values=_parse_object(column_values),
            new_labels=create_labels_if_missing,
        )
        return self.nodes.item(item)

    def change_multiple_column_values(
        self,
        _info: Info,
        *,
        board_id: str,
        column_values: Json,
        item_id: str | None = None,
        create_labels_if_missing: bool = False,
    ) -> ItemNode:
        """Set columns, all or none."""
        item = self._find_item_on(board_id, item_id)
        items.change(
            self.world,
            self.world.boards[item.board_id],
            item,
            _parse_object(column_values),
            self.me,
            new_labels=create_labels_if_missing,
        )
        return self.nodes.item(item)

    def change_column_value(
        self,
        info: Info,
        *,
        board_id: str,
        column_id: str,
        value: Json,
        item_id: str | None = None,
        create_labels_if_missing: bool = False,
    ) -> ItemNode:
        """Set a column to JSON."""
        return self.change_multiple_column_values(
            info,
            board_id=board_id,
            column_values={column_id: value},
            item_id=item_id,
            create_labels_if_missing=create_labels_if_missing,
        )

    def change_simple_column_value(
        self, info: Info, *, value: str = "", **place: Unpack[_Place]
    ) -> ItemNode:
        """Set a column to plain text."""
        return self.change_column_value(info, value=value, **place)

    def _find_item_on(self, board_id: str, item_id: str | None) -> Item:
        item = self.world.item(item_id)
        if item.board_id != self.world.board(board_id).id:
            raise Refusal("InvalidItemIdException", f"Item ID {item_id} is not on board {board_id}")
        return item

    def move_item_to_group(
        self, _info: Info, group_id: str, item_id: str | None = None
    ) -> ItemNode:
        """To the end of another group."""
        item = self.world.item(item_id)
        items.move(self.world, item, group_id)
        return self.nodes.item(item)

    def archive_item(self, _info: Info, item_id: str | None = None) -> ItemNode:
        """Archive with its subitems."""
        item = self.world.item(item_id)
        items.set_state(self.world, item, "archived", self.me)
        return self.nodes.item(item)

    def delete_item(self, _info: Info, item_id: str | None = None) -> ItemNode:
        """Delete with its subitems."""
        item = self.world.item(item_id)
        items.set_state(self.world, item, "deleted", self.me)
        return self.nodes.item(item)

    # Talk

    def create_update(
        self,
        _info: Info,
        body: str,
        item_id: str | None = None,
        parent_id: str | None = None,
    ) -> UpdateNode:
        """An update, or with `parent_id` a reply."""
        parent = self.world.update(parent_id) if parent_id else None
        item = self.world.item(item_id or (parent.item_id if parent else None))
        return self.nodes.update(talk.add_update(self.world, item, body, self.me, parent=parent))

    def create_notification(
        self, _info: Info, user_id: str, target_id: str, target_type: str, text: str
    ) -> dict[str, str]:
        """A notice in the bell of a user; nobody can read it through the API."""
        _parse_id(self.world.users, user_id)
        if target_type == "Post":
            self.world.update(target_id)
        elif not target_id.isdecimal() or int(target_id) not in self.world.boards:
            self.world.item(target_id)
        self.world.notifications.append((int(user_id), text))
        return {"id": str(self.world.new_id()), "text": text}

    def delete_update(self, _info: Info, id: str) -> UpdateNode:
        """Delete an update with its replies."""
        update = self.world.update(id)
        talk.delete_update(self.world, update)
        return self.nodes.update(update)

    def add_file_to_column(
        self, _info: Info, item_id: str, column_id: str, file: tuple[str, bytes]
    ) -> AssetNode:
        """Upload a file to a column."""
        item = self.world.item(item_id)
        asset = talk.add_asset(self.world, file[0], self.me, file[1])
        talk.attach_to_column(self.world, item, column_id, asset, self.me)
        return self.nodes.asset(asset.id)

    def add_file_to_update(self, _info: Info, update_id: str, file: tuple[str, bytes]) -> AssetNode:
        """Upload a file to an update."""
        update = self.world.update(update_id)
        asset = talk.add_asset(self.world, file[0], self.me, file[1])
        update.asset_ids = [*(update.asset_ids or []), asset.id]
        return self.nodes.asset(asset.id)


def _parse_id(records: Mapping[int, object], key: str | None) -> int | None:
    """The id as a number. Raises Refusal: there is no such record."""
    if key is None:
        return None
    if not key.isdecimal() or int(key) not in records:
        raise Refusal("ResourceNotFoundException", f"{key} was not found")
    return int(key)


def _parse_object(value: Json) -> JsonObject:
    """Column values come as JSON, or as JSON in a text. Raises Refusal: it is neither."""
    try:
        parsed = json.loads(value) if isinstance(value, str) else value
    except json.JSONDecodeError:
        parsed = ()
    if parsed is None:
        return {}
    if not isinstance(parsed, Mapping):
        raise Refusal("JsonParseException", "column_values is not valid JSON")
    return parsed
