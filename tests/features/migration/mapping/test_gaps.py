"""What a mapping says nothing about."""

from clickup_mlops.features.migration.mapping.file import lines
from clickup_mlops.features.migration.mapping.gaps import gaps
from clickup_mlops.features.migration.mapping.model import (
    BoardTable,
    ColumnTable,
    Mapping,
    PlaceTable,
    SourceTable,
)
from clickup_mlops.features.migration.records import Board, Column, Group, Option

STATUS = Column("status", "Status", "status", options=(Option("1", "Open"), Option("2", "Late")))
BOARD = Board(
    "1",
    "Rollouts",
    (Column("name", "Name", "name"), STATUS, Column("team", "Team", "text")),
    subitem_columns=(Column("eta", "ETA", "date"),),
    groups=(Group("a", "Active"), Group("b", "Later")),
)


def mapping(**table: object) -> Mapping:
    status = ColumnTable(title="Status", type="status", to="status", options={"1": "open"})
    values = {"columns": {"status": status}, "group_names": {"a": "Active"}, **table}
    board = BoardTable(name="Rollouts", place=PlaceTable(space="ML", list="L"), **values)
    source = SourceTable(kind="monday", left_out=("3",))
    return Mapping(name="move", source=source, boards={"1": board})


def test_boards_groups_columns_and_options_without_a_place_are_named() -> None:
    """With the key under which the mapping would have them."""
    assert lines(gaps(mapping(), (BOARD,), {"2": "Lunch", "3": "Old"})) == (
        'boards.2: the board "Lunch" has no table; `source.left_out` leaves it out',
        'boards.1.group_names.b: the group "Later" has no name',
        'boards.1.columns.status.options.2: the option "Late" is not mapped',
        'boards.1.columns.team: the column "Team" is missing; `to = "none"` leaves it out',
        'boards.1.subitem_columns.eta: the column "ETA" is missing; `to = "none"` leaves it out',
    )


def test_groups_that_become_nothing_need_no_name() -> None:
    """And a board that is left out on purpose is no gap."""
    result = lines(gaps(mapping(groups="none"), (BOARD,), {"3": "Old"}))

    assert not [line for line in result if "group" in line or "Old" in line]
