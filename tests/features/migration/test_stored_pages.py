"""A reading that needs more calls than a day has: it goes on where it stopped."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clickup_mlops.features.migration.mapping.model import Mapping, SourceTable
from clickup_mlops.features.migration.source import Selection
from clickup_mlops.features.migration.sources.monday import MondaySource
from clickup_mlops.features.migration.staging import Fetched, Staged, fetch
from clickup_mlops.features.migration.stored_pages import DAY_MS, OLDEST_MS, stored_as
from clickup_mlops.features.migration.tables.migration_records import MigrationRecords
from clickup_mlops.monday.api_errors import DailyLimit
from clickup_mlops.monday.transport import Transport
from clickup_mlops.sandbox.monday import MondaySandbox
from clickup_mlops.store import Store
from tests.empty import store_at

MAPPING = Mapping(name="move", source=SourceTable(kind="monday"))
DAILY = 9


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(store_at(tmp_path / "bot.db"))
    yield store
    store.close()


def fill(sandbox: MondaySandbox) -> None:
    """Two boards with three pages of items each, and an update."""
    for name in ("A", "B"):
        board = sandbox.control.add_board(name, empty=True, groups=["G"])
        for number in range(1_100):
            item = sandbox.control.add_item(board, f"{name}{number}")
        sandbox.control.add_update(item, "<p>Last</p>")


def read(sandbox: MondaySandbox, store: Store, *, anew: bool = False) -> Fetched:
    """With a source of its own, as each command has one."""
    clock = sandbox.control.clock
    transport = Transport(
        sandbox.token,
        base_url=sandbox.url,
        api_version="2026-10",
        sleep=lambda seconds: clock.advance(round(1000 * seconds)),
        now_ms=clock.now_ms,
    )
    source = MondaySource(transport, Selection())
    try:
        records = store.table(MigrationRecords)
        return fetch(source, records, MAPPING, now_ms=clock.now_ms(), anew=anew)
    finally:
        source.close()


def names(store: Store) -> list[str]:
    staged = Staged(store.table(MigrationRecords), "move")
    return [item.name for board in staged.boards() for item in staged.items(board.id)]


@pytest.mark.monday_sandbox(calls_per_day=DAILY)
def test_a_reading_of_more_calls_than_a_day_has_ends(
    monday_sandbox: MondaySandbox, store: Store
) -> None:
    """Each day goes on after the pages of the day before; no page of a finished board is read
    again, though cursors have expired.
    """
    fill(monday_sandbox)
    clock, began_ms = monday_sandbox.control.clock, monday_sandbox.control.clock.now_ms()
    for _ in range(4):
        try:
            reading = read(monday_sandbox, store)
            break
        except DailyLimit:
            clock.advance(DAY_MS)

    assert (reading.counts["board"], reading.counts["item"], reading.counts["update"]) == (
        2,
        2200,
        2,
    )
    assert sorted(set(names(store))) == sorted(names(store))
    assert reading.began_ms - began_ms < DAY_MS
    assert reading.calls > DAILY
    assert store.table(MigrationRecords).count(stored_as("move")) == 0


@pytest.mark.monday_sandbox(calls_per_day=DAILY)
def test_pages_are_read_again_when_they_are_old_or_somebody_wants_it(
    monday_sandbox: MondaySandbox, store: Store
) -> None:
    """A week later, or with --read-again, nothing of them is used."""
    fill(monday_sandbox)
    records, clock = store.table(MigrationRecords), monday_sandbox.control.clock

    def started_ms() -> int:
        with pytest.raises(DailyLimit):
            read(monday_sandbox, store)
        start = records.get(stored_as("move"), "start", "start")
        assert start is not None
        return start.position

    first_ms = started_ms()
    clock.advance(OLDEST_MS + DAY_MS)

    assert started_ms() - first_ms > OLDEST_MS
    with pytest.raises(DailyLimit):
        read(monday_sandbox, store, anew=True)
    start = records.get(stored_as("move"), "start", "start")
    assert start is not None and start.position > first_ms
