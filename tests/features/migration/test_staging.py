"""Reading a source into the store: complete, in order, repeatable."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from clickup_mlops.errors import NotFound, Unauthorized
from clickup_mlops.features.migration import staging
from clickup_mlops.features.migration.mapping.model import (
    BoardTable,
    Mapping,
    PlaceTable,
    SourceTable,
)
from clickup_mlops.features.migration.records import Asset, Board, Item, Person, Update
from clickup_mlops.features.migration.source import Source
from clickup_mlops.features.migration.staging import Fetched, Staged, fetch
from clickup_mlops.features.migration.tables.migration_records import MigrationRecords
from clickup_mlops.store import Store
from tests.empty import store_at
from tests.features.migration.memory_source import MemorySource

BOARDS = (Board("b1", "Serving"), Board("b2", "Training"))
ITEMS = tuple(
    Item(f"{board.id}-{number}", board.id, f"Item {number}")
    for board in BOARDS
    for number in range(1_201)
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(store_at(tmp_path / "bot.db"))
    yield store
    store.close()


def mapping(*boards: str) -> Mapping:
    place = PlaceTable(space="AI", list="Work")
    tables = {board: BoardTable(name=board, place=place) for board in boards}
    return Mapping(name="move", source=SourceTable(kind="memory"), boards=tables)


def source(*items: Item) -> MemorySource:
    return MemorySource(
        board_list=BOARDS,
        item_list=items or ITEMS,
        update_list=[
            Update("u1", "b1-0", "<p>first</p>"),
            Update("u2", "b1-0", "", reply_to="u1"),
        ],
        asset_list=[
            Asset("a1", "log.txt", "b1-0"),
            Asset("a1", "log.txt", "b1-1"),
        ],
        person_list=[Person("p1", "Ada")],
    )


def read(store: Store, source: Source, *boards: str) -> Fetched:
    return fetch(source, store.table(MigrationRecords), mapping(*boards))


def staged(store: Store) -> Staged:
    return Staged(store.table(MigrationRecords), "move")


def test_everything_is_staged_in_the_order_of_the_source(store: Store) -> None:
    """Every record comes back equal, boards apart, updates before their replies."""
    result = read(store, source())

    staging = staged(store)
    assert result.counts == {"person": 1, "board": 2, "item": 2_402, "update": 2, "asset": 2}
    assert [item for board in staging.boards() for item in staging.items(board.id)] == list(ITEMS)
    assert [update.id for update in staging.updates("b1")] == ["u1", "u2"]
    assert list(staging.updates("b2")) == []
    assert [asset.item_id for asset in staging.assets("b1")] == ["b1-0", "b1-1"]
    assert staging.asset("b1-1", "a1") == Asset("a1", "log.txt", "b1-1")
    assert list(staging.people()) == [Person("p1", "Ada")]
    assert staging.item("b2-7") == ITEMS[1_208]
    assert staging.board("b2") == BOARDS[1]
    assert staging.update("u1") == Update("u1", "b1-0", "<p>first</p>")
    assert staging.item("unknown") is None
    assert (staging.reading, staging.is_complete) == (result, True)


def test_nothing_is_staged_before_the_first_reading(store: Store) -> None:
    """A migration that was never read has no reading."""
    assert staged(store).reading is None
    assert not staged(store).is_complete


def test_only_the_boards_of_the_mapping_are_read(store: Store) -> None:
    """Boards that the mapping leaves out are not read; those that are missing are reported."""
    result = read(store, source(), "b2", "b9")

    assert [board.id for board in staged(store).boards()] == ["b2"]
    assert result.unread == ("b9",)
    assert result.problems == ("board b9 is in the mapping, but not in the source",)


def test_updates_and_files_are_not_read_if_the_mapping_does_not_want_them(store: Store) -> None:
    """Their calls are saved."""
    model_copy = mapping().model_copy(update={"updates": False, "files": False})
    origin = source()

    result = fetch(origin, store.table(MigrationRecords), model_copy)

    assert set(result.counts) == {"person", "board", "item"}
    assert result.calls == origin.calls == 4


def test_what_has_left_the_source_is_gone(store: Store) -> None:
    """A second reading separates what it found again, changed or not, from what it did not."""
    read(store, source())
    before = staged(store).row("item", "b1-1")
    changed = replace(ITEMS[1], name="Renamed")
    read(store, source(ITEMS[0], changed, *ITEMS[3:]))

    staging = staged(store)
    after = staging.row("item", "b1-1")
    assert before and after and before.hash != after.hash
    assert [row.id for row in staging.gone("item", "b1")] == ["b1-2"]
    assert [item.id for item in staging.items("b1")][:3] == ["b1-0", "b1-1", "b1-3"]
    assert list(staging.gone("update", "b1")) == []
    removed = staging.row("item", "b1-2")
    assert removed and not staging.is_seen(removed)
    assert staging.is_seen(after)
    assert staging.item("b1-2") == ITEMS[2]


def test_an_interrupted_reading_does_not_make_items_disappear(store: Store) -> None:
    """Until a reading reaches its end, the one before it counts; then it is repeated."""
    read(store, source())
    broken = source()
    broken.failing["b1"] = Unauthorized("the token has expired", status=401)
    with pytest.raises(Unauthorized):
        read(store, broken)

    staging = staged(store)
    assert not staging.is_complete
    assert {item.id for item in staging.items("b1")} == {item.id for item in ITEMS[:1_201]}
    assert list(staging.gone("item", "b1")) == []

    assert read(store, source()).number == 3
    assert [item.id for item in staging.items("b1")] == [item.id for item in ITEMS[:1_201]]
    assert staging.is_complete


def test_a_board_that_cannot_be_read_is_reported_and_the_others_are_read(store: Store) -> None:
    """One closed board does not stop the reading."""
    closed = source()
    closed.failing["b1"] = NotFound("no such board", status=404)
    closed.problems.append("found when it was opened")

    result = read(store, closed)

    assert result.unread == ("b1",)
    assert result.problems == (
        "found when it was opened",
        'board "Serving" (b1): no such board',
    )
    assert result.counts["item"] == 600 + 1_201


def test_progress_counts_up_in_batches(store: Store) -> None:
    """The callback sees the numbers of records so far."""
    observations: list[tuple[str, int]] = []

    fetch(
        source(),
        store.table(MigrationRecords),
        mapping("b1"),
        lambda kind, count: observations.append((kind, count)),
    )

    assert [count for kind, count in observations if kind == "item"] == [500, 1_000, 1_201]
    assert staging.BATCH == 500
