"""Tracked time: how much, when, and whose."""

from dataclasses import replace

import pytest

from clickup_mlops.features.migration.mapping.model import ColumnTable, Mapping
from clickup_mlops.features.migration.records import Cell, Column
from clickup_mlops.features.migration.verify.verify import Verified
from tests.features.migration.memory_source import MemorySource
from tests.features.migration.verify.migrated import (
    BOARD,
    ITEMS,
    MAPPING,
    NOON_MS,
    SOURCE,
    Migrated,
)

HOUR_MS = 3_600_000
COLUMNS = (Column("t1", "Spent", "time_tracking"), Column("t2", "Reviewed", "time_tracking"))


def entry(start_ms: int, person: str) -> dict[str, object]:
    """An hour."""
    return {"from_ms": start_ms, "to_ms": start_ms + HOUR_MS, "person": person, "manual": False}


def source() -> MemorySource:
    """Item 1 has an hour of Maria in one column, and one of somebody without account in another."""
    cells = {
        "t1": Cell({"seconds": 3600, "running": False, "entries": [entry(NOON_MS, "p1")]}),
        "t2": Cell({"seconds": 3600, "running": False, "entries": [entry(NOON_MS, "p3")]}),
    }
    first, *neighbours = ITEMS
    items = (replace(first, cells={**first.cells, **cells}), *neighbours)
    board = replace(BOARD, columns=(*BOARD.columns, *COLUMNS))
    return replace(SOURCE, board_list=(board,), item_list=items)


def mapping() -> Mapping:
    """Both columns become time entries."""
    board = MAPPING.boards["b1"]
    times = {
        column.id: ColumnTable(title=column.title, type="time_tracking", to="time")
        for column in COLUMNS
    }
    table = board.model_copy(update={"columns": {**board.columns, **times}})
    return MAPPING.model_copy(update={"boards": {"b1": table}})


def track(migrated: Migrated, start_ms: int = NOON_MS, name: str = "Maria") -> None:
    """An hour of the first item's task."""
    user = migrated.sandbox.control.member(name).id
    migrated.clickup.time_entries.add(
        migrated.sandbox.team_id,
        migrated.tasks["1"],
        start_ms=start_ms,
        duration_ms=HOUR_MS,
        user=user,
    )


def verified(migrated: Migrated, *, quick: bool = False) -> Verified:
    """Compare."""
    return migrated.verify(source(), mapping=mapping(), quick=quick)


def differences(migrated: Migrated) -> list[tuple[str, str]]:
    """What differs: item and field."""
    return [
        (difference.item, difference.field) for difference in verified(migrated).summary.differences
    ]


def test_time_of_several_columns_is_compared_together(migrated: Migrated) -> None:
    """A task has one list of entries. Whose the time of a person without account is says a note."""
    track(migrated)
    track(migrated, name="Jonas")

    assert differences(migrated) == []


def test_too_little_time_is_found(migrated: Migrated) -> None:
    """The sums differ."""
    track(migrated)

    (difference,) = verified(migrated).summary.differences

    assert (difference.field, difference.source, difference.target) == (
        "Spent, Reviewed",
        "7200 s",
        "3600 s",
    )


@pytest.mark.parametrize(
    ("start_ms", "name"), [(NOON_MS - HOUR_MS, "Maria"), (NOON_MS, "Jonas")], ids=["when", "whose"]
)
def test_an_entry_of_another_time_or_person_is_found(
    migrated: Migrated, start_ms: int, name: str
) -> None:
    """Though the sum is the same."""
    track(migrated, start_ms, name)
    track(migrated, name="Jonas")

    (difference,) = verified(migrated).summary.differences

    assert difference.field == "Spent, Reviewed"
    assert difference.source == "2026-06-15 12:00:00 UTC, 3600 s, maria@example.com"
    assert name.casefold() in difference.target
    assert verified(migrated, quick=True).summary.is_clean


def test_time_where_the_source_has_none_is_found(migrated: Migrated) -> None:
    """An item without tracked time has a task without any."""
    track(migrated)
    bare = replace(source(), item_list=ITEMS)

    (difference,) = migrated.verify(bare, mapping=mapping()).summary.differences

    assert (difference.item, difference.field, difference.target) == ("1", "time", "3600 s")
