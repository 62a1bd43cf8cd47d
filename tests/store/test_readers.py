"""What a reader of the store sees who does not see the whole Workspace; on both databases."""

import subprocess
import sys
from typing import Any

import pytest
from sqlalchemy import LargeBinary, Numeric

from clickup_mlops.bot.handle.alerts import read_alerts
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.features.reports import coverage
from clickup_mlops.store import Store
from clickup_mlops.store.access import EVERYTHING, NOTHING, Access
from clickup_mlops.store.tables import complete_schema
from clickup_mlops.store.tables.notes import ALERTS
from clickup_mlops.store.tables.timeline import Entry

OPEN = Access(frozenset({"open"}))
FOR_EVERYBODY = {"automation_choice", "budget", "cursor"}
READ_IN_TURN = """
import sys
from clickup_mlops.store import Store
from clickup_mlops.store.access import NOTHING
with Store.open(sys.argv[1]) as store:
    reader = store.seen_with(NOTHING)
    print(reader.mirror.get("t0"), reader.decisions.latest("t0"), {**reader.notes.all("incident")})
"""


def put_tasks(store: Store, *lists: str) -> None:
    """A task of each of these Lists, named by its number."""
    raws = [
        {
            "id": f"t{number}",
            "name": f"t{number}",
            "date_created": "1",
            "date_updated": f"{number}",
            "status": {"type": "open"},
            "list": {"id": list_id},
        }
        for number, list_id in enumerate(lists)
    ]
    store.mirror.put_many("w", raws, 1)


def test_limits_orders_and_counts_are_of_what_is_visible(store: Store) -> None:
    """The database leaves the rest out before it sorts or pages."""
    put_tasks(store, "open", "secret", "open", "secret", "secret")
    reader = store.seen_with(OPEN)

    assert [row.task_id for row in reader.mirror.newest(2)] == ["t2", "t0"]
    assert reader.mirror.get("t1") is None
    assert reader.mirror.get_many(["t0", "t1"]).keys() == {"t0"}
    assert reader.mirror.open_and_urgent("secret") == (0, frozenset())
    assert reader.mirror.open_lists() == ["open"]
    assert store.seen_with(EVERYTHING) is store


def test_who_sees_nothing_reads_no_row_of_any_table(store: Store) -> None:
    """Each table has a row; only what is of no List is for everybody."""
    tables = complete_schema().sorted_tables
    for table in tables:
        row = {column.name: sample(column) for column in table.columns}
        statement = store.database.insert(table).values(row).on_conflict_do_nothing()
        store.database.write(lambda connection, s=statement: connection.execute(s))  # type: ignore[misc]
    reader = store.seen_with(NOTHING)

    visible = {table.name for table in tables if reader.database.rows(table.select())}
    assert visible == FOR_EVERYBODY


def test_a_process_that_reads_one_table_first_hides_the_others_too(
    store: Store, store_url: str
) -> None:
    """Tables are imported when they are first asked for; their rows are hidden before."""
    put_tasks(store, "secret")
    store.notes.put("incident", "t0", True, 1)
    process = subprocess.run(
        [sys.executable, "-c", READ_IN_TURN, store_url], capture_output=True, text=True
    )

    assert process.stdout.split() == ["None", "None", "{}"], process.stderr


def sample(column: Any) -> object:
    if isinstance(column.type, LargeBinary):
        return b"{}"
    is_number = isinstance(column.type, Numeric) or column.type.python_type in (int, float, bool)
    return 1 if is_number else "secret"


@pytest.mark.parametrize(
    ("task_id", "sees"), [("t0", True), ("t1", False), ("unknown", False), ("", True)]
)
def test_what_is_of_no_task_is_of_machines_and_for_all(
    store: Store, task_id: str, sees: bool
) -> None:
    """A task that is not known any more is hidden: nobody knows its List."""
    put_tasks(store, "open", "secret")
    store.timeline.put([Entry("k", "w", task_id, 1, "advice", "x")])

    assert bool(store.seen_with(OPEN).timeline.of_kind("w", "advice", 0, 9)) is sees


def test_a_task_that_moves_takes_its_history_along(store: Store) -> None:
    """The List that it is in now decides."""
    put_tasks(store, "open")
    store.notes.put("incident", "t0", True, 1)
    reader = store.seen_with(OPEN)
    assert reader.notes.all("incident")
    moved = {"id": "t0", "date_updated": "9", "status": {"type": "open"}, "list": {"id": "secret"}}
    store.mirror.put_many("w", [moved], 2)

    assert not reader.notes.all("incident")


def test_alerts_are_seen_with_their_task_and_the_beginning_by_all(store: Store) -> None:
    """Alerts are named by the tool's key; their scope has the task."""
    put_tasks(store, "open", "secret")
    for task_id in ("t0", "t1"):
        store.notes.put(f"{ALERTS}{task_id}", "9f8a7b", {"state": "firing"}, 1)
    store.notes.put("since", "timeline", True, 7)
    reader = store.seen_with(OPEN)

    assert read_alerts(reader, "t0").keys() == {"9f8a7b"} and not read_alerts(reader, "t1")
    assert coverage.since_ms(reader) == 7


def test_a_reader_writes_nothing(store: Store) -> None:
    """Whatever a page calls."""
    reader = store.seen_with(OPEN)
    for write in (
        lambda: reader.notes.put("a", "b", 1, 1),
        lambda: put_tasks(reader, "open"),
        lambda: reader.cursors.set("a", "b"),
    ):
        with pytest.raises(ClickUpMlopsError, match="cannot be written"):
            write()


def test_readers_share_connections_and_no_rows(store: Store) -> None:
    """Many in turn: each sees its own, also after more of them than are kept."""
    lists = [f"l{number}" for number in range(40)]
    put_tasks(store, *lists)
    for _ in range(2):
        for list_id in lists:
            reader = store.seen_with(Access(frozenset({list_id})))
            assert reader.mirror.open_lists() == [list_id]
    assert store.mirror.open_lists() == sorted(lists)


def test_a_path_that_names_temporary_tables_last_hides_all_the_same(postgresql_url: str) -> None:
    """Some databases are set up so."""
    with Store.open(f"{postgresql_url}%2Cpg_temp") as store:
        put_tasks(store, "secret")
        assert store.seen_with(OPEN).mirror.get("t0") is None
