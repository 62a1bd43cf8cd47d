"""Updates, replies, files, and their places."""

import hashlib
from typing import Literal

from clickup_mlops.sandbox.monday.state import items, structure
from clickup_mlops.sandbox.monday.state.model import Asset, Board, Item, Update
from clickup_mlops.sandbox.monday.state.refusal import Refusal
from clickup_mlops.sandbox.monday.state.world import World


def add_update(
    world: World,
    where: Item | Board,
    body: str,
    creator_id: int,
    *,
    at_ms: int | None = None,
    parent: Update | None = None,
) -> Update:
    """A new update of an item or board, or a reply to its update `parent`."""
    now = world.now_ms() if at_ms is None else at_ms
    board_id, item_id = (where.board_id, where.id) if isinstance(where, Item) else (where.id, None)
    found = Update(world.new_id(), board_id, item_id, body, creator_id, now, now)
    world.updates[found.id] = found
    if parent is not None:
        found.parent_id = parent.id
        parent.reply_ids = [*(parent.reply_ids or []), found.id]
        return found
    world.board_updates.setdefault(board_id, []).append(found.id)
    if isinstance(where, Item):
        where.update_ids = [*(where.update_ids or []), found.id]
    return found


def edit_update(world: World, update: Update, body: str) -> None:
    """Change its text."""
    update.body, update.edited_ms = body, world.now_ms()


def delete_update(world: World, update: Update) -> None:
    """Remove it with its replies."""
    for reply_id in update.reply_ids or ():
        world.updates.pop(reply_id, None)
    world.updates.pop(update.id, None)
    if update.parent_id is not None:
        parent = world.updates[update.parent_id]
        parent.reply_ids = [one for one in parent.reply_ids or () if one != update.id]
        return
    world.board_updates[update.board_id].remove(update.id)
    if update.item_id is not None:
        item = world.items[update.item_id]
        item.update_ids = [one for one in item.update_ids or () if one != update.id]


def add_asset(
    world: World, name: str, uploader_id: int, content: bytes | None = None, size: int = 0
) -> Asset:
    """A file; without `content` its `size` bytes are made up when somebody reads it."""
    length = size if content is None else len(content)
    found = Asset(world.new_id(), name, length, uploader_id, world.now_ms(), content)
    world.assets[found.id] = found
    return found


def content(asset: Asset) -> bytes:
    """Its bytes."""
    if asset.content is not None:
        return asset.content
    block = hashlib.sha256(str(asset.id).encode()).digest()
    return (block * (asset.size // len(block) + 1))[: asset.size]


def to_column(world: World, item: Item, column_id: str, asset: Asset, user_id: int) -> None:
    """Add a file to a file column. Raises Refusal: no such column, or of another type."""
    board = world.boards[item.board_id]
    if structure.column(board, column_id).type != "file":
        raise Refusal("InvalidColumnTypeException", f"{column_id} is not a file column")
    before = (item.cells.get(column_id) or {"files": []})["files"]
    value = {"files": [*before, {"assetId": asset.id}]}
    items.change(world, board, item, {column_id: value}, user_id)


def assets_of(
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
        for one in _with_replies(world, update_id)
        for asset_id in one.asset_ids or ()
    ]
    gallery = [*(item.gallery_ids or ()), *in_updates]
    wanted = {"columns": in_columns, "gallery": gallery}.get(source or "", in_columns + gallery)
    return [world.assets[one] for one in dict.fromkeys(wanted) if one in world.assets]


def _with_replies(world: World, update_id: int) -> list[Update]:
    update = world.updates[update_id]
    return [update, *(world.updates[one] for one in update.reply_ids or ())]
