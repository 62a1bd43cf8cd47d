"""Updates, replies, files, and their places."""

import hashlib
from typing import Literal

from clickup_mlops.sandbox.monday.state import items, structure
from clickup_mlops.sandbox.monday.state.model import Asset, Board, Item, Update
from clickup_mlops.sandbox.monday.state.refusal import Refusal
from clickup_mlops.sandbox.monday.state.world import World


def add_update(
    world: World,
    target: Item | Board,
    body: str,
    creator_id: int,
    *,
    at_ms: int | None = None,
    parent: Update | None = None,
) -> Update:
    """A new update of an item or board, or a reply to its update `parent`."""
    now = world.now_ms() if at_ms is None else at_ms
    board_id, item_id = (
        (target.board_id, target.id) if isinstance(target, Item) else (target.id, None)
    )
    update = Update(world.new_id(), board_id, item_id, body, creator_id, now, now)
    world.updates[update.id] = update
    if parent is not None:
        update.parent_id = parent.id
        parent.reply_ids = [*(parent.reply_ids or []), update.id]
        return update
    world.board_updates.setdefault(board_id, []).append(update.id)
    if isinstance(target, Item):
        target.update_ids = [*(target.update_ids or []), update.id]
    return update


def edit_update(world: World, update: Update, body: str) -> None:
    """Replace the HTML of the update, and note when."""
    update.body, update.edited_ms = body, world.now_ms()


def delete_update(world: World, update: Update) -> None:
    """Remove the update with its replies."""
    for reply_id in update.reply_ids or ():
        world.updates.pop(reply_id, None)
    world.updates.pop(update.id, None)
    if update.parent_id is not None:
        parent = world.updates[update.parent_id]
        parent.reply_ids = [
            other_id for other_id in parent.reply_ids or () if other_id != update.id
        ]
        return
    world.board_updates[update.board_id].remove(update.id)
    if update.item_id is not None:
        item = world.items[update.item_id]
        item.update_ids = [other_id for other_id in item.update_ids or () if other_id != update.id]


def add_asset(
    world: World, name: str, uploader_id: int, content: bytes | None = None, size: int = 0
) -> Asset:
    """A file; without `content` its `size` bytes are made up when somebody reads it."""
    length = size if content is None else len(content)
    asset = Asset(world.new_id(), name, length, uploader_id, world.now_ms(), content)
    world.assets[asset.id] = asset
    return asset


def read_content(asset: Asset) -> bytes:
    """The bytes of the file; made up from its id where only a size is known."""
    if asset.content is not None:
        return asset.content
    block = hashlib.sha256(str(asset.id).encode()).digest()
    return (block * (asset.size // len(block) + 1))[: asset.size]


def attach_to_column(world: World, item: Item, column_id: str, asset: Asset, user_id: int) -> None:
    """Add a file to a file column. Raises Refusal: no such column, or of another type."""
    board = world.boards[item.board_id]
    if structure.find_column(board, column_id).type != "file":
        raise Refusal("InvalidColumnTypeException", f"{column_id} is not a file column")
    before = (item.cells.get(column_id) or {"files": []})["files"]
    value = {"files": [*before, {"assetId": asset.id}]}
    items.change(world, board, item, {column_id: value}, user_id)


def list_assets(
    world: World,
    item: Item,
    source: Literal["all", "columns", "gallery"] | None = None,
    column_ids: list[str] | None = None,
) -> list[Asset]:
    """The files of an item: of its columns, and its gallery, which also shows those of updates."""
    in_columns = [
        entry["assetId"]
        for column_id, cell in item.cells.items()
        if isinstance(cell, dict) and (column_ids is None or column_id in column_ids)
        for entry in cell.get("files", ())
        if "assetId" in entry
    ]
    in_updates = [
        asset_id
        for update_id in item.update_ids or ()
        for update in _list_with_replies(world, update_id)
        for asset_id in update.asset_ids or ()
    ]
    gallery = [*(item.gallery_ids or ()), *in_updates]
    asset_ids = {"columns": in_columns, "gallery": gallery}.get(source or "", in_columns + gallery)
    return [
        world.assets[asset_id] for asset_id in dict.fromkeys(asset_ids) if asset_id in world.assets
    ]


def _list_with_replies(world: World, update_id: int) -> list[Update]:
    update = world.updates[update_id]
    return [update, *(world.updates[reply_id] for reply_id in update.reply_ids or ())]
