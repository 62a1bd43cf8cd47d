"""Items and subitems: creating, changing, moving, archiving and deleting them."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from clickup_mlops.sandbox.monday.state import entries, structure
from clickup_mlops.sandbox.monday.state.labels import find_label
from clickup_mlops.sandbox.monday.state.model import Board, Column, Group, Item
from clickup_mlops.sandbox.monday.state.refusal import Refusal
from clickup_mlops.sandbox.monday.state.world import World

LONGEST_NAME = 255
MOST_LEVELS = 5


def create(
    world: World,
    board: Board,
    name: str,
    creator_id: int,
    *,
    group_id: str | None = None,
    values: Mapping[str, Any] | None = None,
    new_labels: bool = False,
) -> Item:
    """A new item at the end of its group. `values` as `change_multiple_column_values` takes them.

    Raises:
        Refusal: the name is empty or too long, a group or column unknown, or a value wrong.
    """
    key = structure.find_group(board, group_id).id
    _check_name(name)
    now = world.now_ms()
    item = Item(world.new_id(), board.id, key, name, creator_id, created_ms=now, updated_ms=now)
    change(world, board, item, values or {}, creator_id, new_labels=new_labels, quiet=True)
    world.items[item.id] = item
    board.item_ids[item.id] = None
    world.log_activity(
        board.id, "create_pulse", creator_id, "pulse", pulse_id=item.id, pulse_name=name
    )
    return item


def create_sub(
    world: World,
    parent: Item,
    name: str,
    creator_id: int,
    *,
    values: Mapping[str, Any] | None = None,
    new_labels: bool = False,
) -> Item:
    """A new subitem: on the hidden board of a classic board, on the same multi-level board.

    Raises:
        Refusal: too deep, or as `create`.
    """
    board = world.boards[parent.board_id]
    if board.type == "sub_items_board" or measure_level(world, parent) >= MOST_LEVELS:
        raise Refusal("InvalidItemIdException", "A subitem cannot be deeper")
    target, group = board, parent.group_id
    if board.hierarchy == "classic":
        target = structure.ensure_subitem_board(world, board)
        group = next(iter(target.groups))
    child = create(
        world, target, name, creator_id, group_id=group, values=values, new_labels=new_labels
    )
    child.parent_id = parent.id
    parent.child_ids = [*(parent.child_ids or []), child.id]
    return child


def measure_level(world: World, item: Item) -> int:
    """1 for a top item, 2 for its subitems, and so on."""
    depth = 1
    while item.parent_id is not None:
        item, depth = world.items[item.parent_id], depth + 1
    return depth


def change(
    world: World,
    board: Board,
    item: Item,
    values: Mapping[str, Any],
    user_id: int,
    *,
    new_labels: bool = False,
    quiet: bool = False,
) -> None:
    """Set values by column id, `name` as well. All or nothing.

    Raises:
        Refusal: a column is unknown or cannot be set, or a value is wrong for it.
    """
    columns = {key: structure.find_column(board, key) for key in values}
    raw = {
        key: entries.accept(world, column, values[key], user_id, new_labels=new_labels)
        for key, column in columns.items()
        if key != "name"
    }
    if "name" in values:
        _check_name(values["name"])
        item.name = values["name"]
    before = {key: item.cells.get(key) for key in columns}
    item.cells.update({key: value for key, value in raw.items() if value is not None})
    for key in [key for key, value in raw.items() if value is None]:
        item.cells.pop(key, None)
    touch(world, item)
    if not quiet:
        for key, column in columns.items():
            data = {"pulse_id": item.id, "column_id": key, "column_type": column.type}
            shown = {
                "previous_value": _logged_value(column, before[key]),
                "value": _logged_value(column, item.cells.get(key)),
            }
            world.log_activity(board.id, "update_column_value", user_id, "pulse", **data, **shown)


def _logged_value(column: Column, cell: Any) -> Any:
    """As the activity log has it: of a status with the label's text."""
    if column.type != "status" or not isinstance(cell, dict) or "index" not in cell:
        return cell
    label = find_label(column, int(cell["index"]), "index")
    return {"label": {"index": cell["index"], "text": label.get("label", "")}}


def touch(world: World, item: Item) -> None:
    """Note that the item was changed now."""
    item.updated_ms = world.boards[item.board_id].updated_ms = world.now_ms()


def move(world: World, item: Item, group_id: str) -> None:
    """Move the item to the end of another group. Raises Refusal: unknown group."""
    board = world.boards[item.board_id]
    item.group_id = structure.find_group(board, group_id).id
    board.item_ids.pop(item.id)
    board.item_ids[item.id] = None
    touch(world, item)


def set_state(world: World, item: Item, state: str, user_id: int) -> None:
    """Archive, delete or restore an item with its subitems."""
    event = {"archived": "archive_pulse", "deleted": "delete_pulse"}.get(state, "restore_pulse")
    for record in [item, *iterate_below(world, item)]:
        record.state = state
        touch(world, record)
        world.log_activity(
            record.board_id, event, user_id, "pulse", pulse_id=record.id, pulse_name=record.name
        )


def archive_group(world: World, board: Board, group: Group, user_id: int) -> None:
    """Archive a group and the items in it."""
    group.archived = True
    for item in [world.items[key] for key in board.item_ids]:
        if item.group_id == group.id and item.state == "active" and item.parent_id is None:
            set_state(world, item, "archived", user_id)


def duplicate_group(
    world: World, board: Board, group: Group, title: str | None, user_id: int
) -> Group:
    """A copy of a group at the end of the board, with its active items and what is below them."""
    copy = structure.add_group(world, board, title or f"Duplicate of {group.title}")
    for item in list_items(world, board):
        if item.group_id == group.id and item.parent_id is None:
            _copy(world, item, create(world, board, item.name, user_id, group_id=copy.id), user_id)
    return copy


def _copy(world: World, item: Item, copy: Item, user_id: int) -> None:
    """Give a new item the values and subitems of another one."""
    copy.cells = deepcopy(item.cells)
    for child_id in item.child_ids or ():
        child = world.items[child_id]
        if child.state == "active":
            _copy(world, child, create_sub(world, copy, child.name, user_id), user_id)


def iterate_below(world: World, item: Item) -> Iterator[Item]:
    """Everything under an item, parents first."""
    for child_id in item.child_ids or ():
        child = world.items[child_id]
        yield child
        yield from iterate_below(world, child)


def list_items(world: World, board: Board, *, deep: bool = False) -> list[Item]:
    """Active items in the board's order; `deep`: those below on a multi-level board, too."""
    position = {group.id: n for n, group in enumerate(structure.sort_groups(board))}
    all_items = [world.items[key] for key in board.item_ids]
    hides_subitems = board.hierarchy == "multi_level" and not deep
    visible = [
        item
        for item in all_items
        if item.state == "active" and not (hides_subitems and item.parent_id is not None)
    ]
    return sorted(visible, key=lambda item: position.get(item.group_id, 0))


def _check_name(name: Any) -> None:
    if not isinstance(name, str) or not name:
        raise Refusal("InvalidItemNameException", "Item name must not be empty")
    if len(name) > LONGEST_NAME:
        raise Refusal("ItemNameTooLongException", "Item name exceeds 255 characters")
