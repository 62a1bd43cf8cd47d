"""Many items, cheaply: made directly, without the checks that single ones go through."""

from dataclasses import dataclass

from clickup_mlops.sandbox.monday.state import structure
from clickup_mlops.sandbox.monday.state.model import Asset, Board, Item, Update
from clickup_mlops.sandbox.monday.state.times import format_iso_ms
from clickup_mlops.sandbox.monday.state.world import World

VERBS = ("Quantise", "Deploy", "Benchmark", "Roll back", "Profile", "Evaluate", "Retrain", "Label")
SUBJECTS = ("the reranker", "llama-70b", "the tokenizer", "KV cache", "the embedder", "the gateway")
DAY_MS = 86_400_000


@dataclass(frozen=True)
class FillCounts:
    """How many of each were created."""

    items: int
    subitems: int
    updates: int
    replies: int
    files: int
    links: int


def fill(
    world: World,
    board: Board,
    count: int,
    *,
    subitems: int = 1,
    updates: int = 1,
    replies: int = 0,
    files: int = 0,
    file_size: int = 1_000,
    dependency_every: int = 0,
    file_column: str = "files",
    dependency_column: str = "dependency",
) -> FillCounts:
    """`count` items over the board's groups, each with so many subitems, updates and files.

    Every update has `replies`; files stand in `file_column`; every `dependency_every`-th item
    depends on the one before. Both columns are made if needed.
    """
    for kind, column_id, is_needed in (
        ("file", file_column, files),
        ("dependency", dependency_column, dependency_every),
    ):
        if is_needed and column_id not in board.columns:
            structure.add_column(world, board, column_id.title(), kind, column_id=column_id)
    groups = [group.id for group in structure.sort_groups(board)]
    created: list[Item] = []
    for number in range(count):
        item = _create_item(world, board, groups[number * len(groups) // max(1, count)], number)
        _create_updates(world, item, updates, replies)
        if files:
            item.cells[file_column] = _create_files(world, item, files, file_size)
        if dependency_every and number and number % dependency_every == 0:
            link = {"item": created[-1].id, "type": 0, "lag": 0}
            item.cells[dependency_column] = {"links": [link]}
        _create_subitems(world, board, item, subitems)
        created.append(item)
    links = (count - 1) // dependency_every if dependency_every and count else 0
    update_count = count * updates
    return FillCounts(
        count, count * subitems, update_count, update_count * replies, count * files, links
    )


def _create_item(world: World, board: Board, group_id: str, number: int) -> Item:
    now = world.now_ms()
    name = f"{VERBS[number % len(VERBS)]} {SUBJECTS[number // 8 % len(SUBJECTS)]} #{number}"
    item = Item(world.new_id(), board.id, group_id, name, board.creator_id)
    item.created_ms = item.updated_ms = now
    stamp = {"changed_at": format_iso_ms(now)}
    for column in board.columns.values():
        if column.type == "status":
            index = (0, 1, 2)[number % 3]
            item.cells[column.id] = {"index": index, "post_id": None} | stamp
        elif column.type == "numbers":
            item.cells[column.id] = str(number)
        elif column.type == "date":
            day = format_iso_ms(now + number % 90 * DAY_MS)[:10]
            item.cells[column.id] = {"date": day} | stamp
        elif column.type == "people":
            person = {"id": board.creator_id, "kind": "person"}
            item.cells[column.id] = stamp | {"personsAndTeams": [person]}
    world.items[item.id] = item
    board.item_ids[item.id] = None
    return item


def _create_subitems(world: World, board: Board, parent: Item, count: int) -> None:
    if not count:
        return
    target, group_id = board, parent.group_id
    if board.hierarchy == "classic":
        target = structure.ensure_subitem_board(world, board)
        group_id = next(iter(target.groups))
    children = [_create_item(world, target, group_id, number) for number in range(count)]
    for number, child in enumerate(children, start=1):
        child.name, child.parent_id = f"{parent.name}: part {number}", parent.id
    parent.child_ids = [child.id for child in children]


def _create_updates(world: World, item: Item, updates: int, replies: int) -> None:
    for number in range(updates):
        body = f"<p>Update {number + 1} on {item.name}</p>"
        update = _create_update(world, item, body, number)
        world.board_updates.setdefault(item.board_id, []).append(update.id)
        item.update_ids = [*(item.update_ids or []), update.id]
        for reply_number in range(replies):
            reply = _create_update(world, item, f"<p>Reply {reply_number + 1}</p>", number)
            reply.parent_id = update.id
            update.reply_ids = [*(update.reply_ids or []), reply.id]


def _create_update(world: World, item: Item, body: str, number: int) -> Update:
    at = item.created_ms + number
    update = Update(world.new_id(), item.board_id, item.id, body, item.creator_id, at, at)
    world.updates[update.id] = update
    return update


def _create_files(
    world: World, item: Item, count: int, size: int
) -> dict[str, list[dict[str, object]]]:
    entries = []
    for number in range(count):
        name = f"log-{item.id}-{number}.txt"
        asset = Asset(world.new_id(), name, size, item.creator_id, item.created_ms)
        world.assets[asset.id] = asset
        entries.append(
            {
                "name": name,
                "assetId": asset.id,
                "isImage": "false",
                "fileType": "ASSET",
                "createdAt": item.created_ms,
                "createdBy": str(item.creator_id),
            }
        )
    return {"files": entries}
