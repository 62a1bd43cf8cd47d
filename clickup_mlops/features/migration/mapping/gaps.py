"""What the source has and the mapping says nothing about, such as a column of last week. Pure."""

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as ReadOnly
from typing import Final

from clickup_mlops.features.migration.mapping.model import (
    BoardTable,
    ColumnTable,
    Location,
    Mapping,
    Problem,
)
from clickup_mlops.features.migration.mapping.words import clean
from clickup_mlops.features.migration.records import Board, Column
from clickup_mlops.features.provisioning.fields import WITH_OPTIONS

NAME: Final = "name"
"""The type of the column that holds the items' names; it needs no mapping."""
Columns = ReadOnly[str, ColumnTable]


def gaps(
    mapping: Mapping, boards: Iterable[Board], other_boards: ReadOnly[str, str]
) -> Iterator[Problem]:
    """Boards without a table; and of those with one: columns, groups and options without one.

    `other_boards`: the names of the selected boards that the mapping does not have, by id.
    """
    for board_id, name in other_boards.items():
        if board_id not in (*mapping.boards, *mapping.source.left_out):
            text = f'the board "{name}" has no table; `source.left_out` leaves it out'
            yield ("boards", board_id), text
    for board in boards:
        if table := mapping.boards.get(board.id):
            yield from of_board(table, board, ("boards", board.id))


def of_board(table: BoardTable, board: Board, at: Location) -> Iterator[Problem]:
    """Its groups, columns and options that the table does not have."""
    for group in board.groups if table.groups != "none" else ():
        if group.id not in table.group_names:
            yield (*at, "group_names", group.id), f'the group "{group.title}" has no name'
    yield from _columns(table.columns, board.columns, (*at, "columns"))
    yield from _columns(table.subitem_columns, board.subitem_columns, (*at, "subitem_columns"))


def _columns(tables: Columns, columns: Iterable[Column], at: Location) -> Iterator[Problem]:
    for column in columns:
        if table := tables.get(column.id):
            yield from _options(table, column, (*at, column.id, "options"))
        elif column.type != NAME:
            text = f'the column "{column.title}" is missing; `to = "none"` leaves it out'
            yield (*at, column.id), text


def _options(table: ColumnTable, column: Column, at: Location) -> Iterator[Problem]:
    if table.to not in ("status", "priority") and table.field_type not in WITH_OPTIONS:
        return
    for option in column.options:
        if clean(option.name) and option.key not in table.options:
            yield (*at, option.key), f'the option "{option.name}" is not mapped'
