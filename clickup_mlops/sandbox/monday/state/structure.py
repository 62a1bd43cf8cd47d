"""Boards, columns and groups: how they begin and how they change."""

import re
from typing import Any, Final

from clickup_mlops.sandbox.monday.state.model import Board, Column, Group
from clickup_mlops.sandbox.monday.state.refusal import Refusal
from clickup_mlops.sandbox.monday.state.world import World

COLORS: Final = ("#579bfc", "#a25ddc", "#00c875", "#fdab3d", "#e2445c", "#037f4c", "#66ccff")
STEP = 65_536
"""Distance of neighbours' positions."""
OLD_NAMES: Final = {
    "status": "color",
    "people": "multiple_person",
    "numbers": "numeric",
    "timeline": "timerange",
    "tags": "tag",
    "last_updated": "pulse_updated",
    "creation_log": "pulse_log",
    "item_id": "pulse_id",
    "mirror": "lookup",
    "checkbox": "boolean",
    "time_tracking": "duration",
}
"""Generated column ids begin with these."""
BLANK = {"id": 5, "label": "", "color": 5, "index": 5, "description": None, "is_done": False}
MOST_STATUS_LABELS = 40


def build_status_settings(*names: str, done_names: tuple[str, ...] = ("Done",)) -> dict[str, Any]:
    """Settings of a status column with these labels, by index from 0; index 5 stays the blank."""
    free = (n for n in range(MOST_STATUS_LABELS) if n != 5)
    entries = [
        {
            "id": index,
            "label": name,
            "color": index,
            "index": index,
            "description": None,
            "is_done": name in done_names,
            "hex": COLORS[index % len(COLORS)],
        }
        for index, name in zip(free, names, strict=False)
    ]
    return {"labels": [*entries, dict(BLANK)]}


def build_dropdown_settings(*names: str, most: int | None = None) -> dict[str, Any]:
    """Settings of a dropdown with these labels, by id from 1; `most` how many an item can have."""
    entries = [
        {"id": index, "label": name, "is_deactivated": False}
        for index, name in enumerate(names, start=1)
    ]
    limit = {} if most is None else {"limit_select": True, "label_limit_count": most}
    return {"labels": entries} | limit


DEFAULTS: Final = {
    "status": build_status_settings("Working on it", "Done", "Stuck"),
    "dropdown": {"labels": []},
    "numbers": {"unit": {"symbol": "", "direction": "right", "precision": None}},
    "rating": {"limit": 5, "symbol": "star"},
    "people": {"max_people_allowed": "0"},
    "date": {"show_time_by_default": False},
}
"""Settings of new columns."""


def add_board(
    world: World, name: str, creator_id: int, *, empty: bool = False, **details: Any
) -> Board:
    """A new board with the usual columns and groups; `empty`: a name column and one group."""
    now = world.now_ms()
    board = Board(world.new_id(), name, creator_id, created_ms=now, updated_ms=now, **details)
    board.owner_ids = board.owner_ids or [creator_id]
    world.boards[board.id] = board
    board.columns["name"] = Column("name", "Name", "name")
    add_group(world, board, "Group Title", group_id="topics")
    if not empty:
        _add_default_columns(world, board)
    return board


def _add_default_columns(world: World, board: Board) -> None:
    for column_id, title, kind in (
        ("person", "Person", "people"),
        ("status", "Status", "status"),
        ("date4", "Date", "date"),
    ):
        add_column(world, board, title, kind, column_id=column_id)
    add_group(world, board, "Group Title", group_id="group_title")


def add_column(
    world: World,
    board: Board,
    title: str,
    kind: str,
    *,
    column_id: str = "",
    settings: dict[str, Any] | None = None,
    description: str | None = None,
    calculated: str = "",
) -> Column:
    """A new column at the end. Raises Refusal if the id is taken."""
    generated_id = f"{OLD_NAMES.get(kind, kind)}_mk{world.new_id() % 10**7:07x}"
    column = Column(column_id or generated_id, title, kind, calculated=calculated)
    if column.id in board.columns:
        raise Refusal("ColumnIdAlreadyExists", f"Column ID {column.id} already exists")
    default = DEFAULTS.get(kind, {})
    # A copy: labels are added to the settings of one column only.
    column.settings = _copy_settings(default if settings is None else settings)
    column.description = description
    board.columns[column.id] = column
    return column


def _copy_settings(settings: dict[str, Any]) -> dict[str, Any]:
    return {
        key: [dict(label) for label in value] if key == "labels" else value
        for key, value in settings.items()
    }


def find_column(board: Board, column_id: str) -> Column:
    """The column. Raises Refusal: InvalidColumnIdException."""
    if column_id not in board.columns:
        raise Refusal(
            "InvalidColumnIdException", f"This column ID doesn't exist for the board: {column_id}"
        )
    return board.columns[column_id]


def add_group(
    world: World, board: Board, title: str, *, group_id: str = "", color: str = ""
) -> Group:
    """A new group at the end of the board."""
    plain = re.sub(r"\W+", "_", title.lower(), flags=re.ASCII).strip("_") or "group"
    key = group_id or f"{plain[:20]}{world.new_id() % 10**5}"
    place = STEP * (len(board.groups) + 1)
    shade = color or COLORS[len(board.groups) % len(COLORS)]
    # Monday.com writes both forms.
    position = str(place) if len(board.groups) % 2 == 0 else f"{float(place)}"
    board.groups[key] = Group(key, title, shade, position)
    return board.groups[key]


def find_group(board: Board, group_id: str | None) -> Group:
    """The group, or the first one. Raises Refusal: InvalidGroupIdException."""
    if not board.groups:
        raise Refusal("InvalidGroupIdException", "The board has no group")
    if group_id is None:
        return next(iter(sort_groups(board)))
    if group_id not in board.groups:
        raise Refusal("InvalidGroupIdException", f"Group ID {group_id} is invalid")
    return board.groups[group_id]


def sort_groups(board: Board) -> list[Group]:
    """The groups as people see them."""
    return sorted(board.groups.values(), key=lambda group: float(group.position))


def ensure_subitem_board(world: World, board: Board) -> Board:
    """The hidden board of the board's subitems, which the first subitem creates."""
    if board.subitem_board_id is not None:
        return world.boards[board.subitem_board_id]
    hidden = add_board(
        world,
        f"Subitems of {board.name}",
        board.creator_id,
        empty=True,
        type="sub_items_board",
        kind=board.kind,
        workspace_id=board.workspace_id,
    )
    for column_id, title, kind in (
        ("person", "Owner", "people"),
        ("status", "Status", "status"),
        ("date0", "Date", "date"),
    ):
        add_column(world, hidden, title, kind, column_id=column_id)
    hidden.groups["topics"].title = "Subitems"
    board.subitem_board_id = hidden.id
    add_column(
        world,
        board,
        "Subitems",
        "subtasks",
        column_id="subitems",
        settings={"boardIds": [hidden.id], "allowMultipleItems": True},
    )
    return hidden
