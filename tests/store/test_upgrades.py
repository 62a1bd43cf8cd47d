"""From every revision that there was, with a row in each of its tables, nothing is lost."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, MetaData, Table, func, insert, inspect, select, text

from clickup_mlops.store import Store, migrations
from clickup_mlops.store.migrations import revisions


def _tables(connection: Connection) -> Iterator[Table]:
    """As they are in the database; not Alembic's own."""
    names = inspect(connection).get_table_names()
    metadata = MetaData()
    for name in sorted(names):
        if name != "alembic_version":
            yield Table(name, metadata, autoload_with=connection)


def _value(kind: type) -> Any:
    return {int: 7, bytes: b"{}", bool: True}.get(kind, "null")


def _fill(connection: Connection) -> None:
    """A row in each table that has none yet."""
    for table in _tables(connection):
        if not _count(connection, table):
            row = {column.name: _value(column.type.python_type) for column in table.columns}
            connection.execute(insert(table), row)


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar() or 0


def _rows(connection: Connection) -> dict[str, int]:
    return {table.name: _count(connection, table) for table in _tables(connection)}


def test_every_row_of_an_older_store_is_kept(store_url: str) -> None:
    """Revision by revision; at the end the tables are exactly as this version wants them."""
    with closing(Store(store_url)) as store, store.database.engine.connect() as connection:
        for revision in sorted(revisions()):
            before = _rows(connection)
            connection.commit()
            store.database.write(lambda c, to=revision: migrations.run(c, to))  # type: ignore[misc]
            after = _rows(connection)
            assert {name: after.get(name) for name in before} == before, revision
            connection.commit()
            store.database.write(_fill)

        assert set(_rows(connection).values()) == {1}
        store.must_be_current()


def test_an_older_store_knows_which_automation_holds_a_priority(store_url: str) -> None:
    """From the journal; what a person chose stays a person's."""
    hold = '{"priority":1,"since_ms":5,"until_ms":4000000000000}'
    with closing(Store(store_url)) as store:
        store.database.write(lambda c: migrations.run(c, "0009_overruled"))
        store.database.write(lambda c: _hold(c, hold))
        store.migrate()
        kept = {one.task_id: (one.set_by, one.automation) for one in store.overrides.list(1)}

    assert kept == {"held": ("firm", "firm"), "chosen": ("", ""), "since": ("", "")}


def _hold(connection: Connection, hold: str) -> None:
    """An automation's, a person's, and a person's after an automation's."""
    choice = text("insert into override values (:task, 1, :user, :since, 4000000000000)")
    for task, user, since in (("held", None, 5), ("chosen", 7, 5), ("since", None, 9)):
        connection.execute(choice, {"task": task, "user": user, "since": since})
    tables = MetaData()
    journal = Table("journal", tables, autoload_with=connection)
    row = dict.fromkeys(("cause", "run", "receipt", "actor", "chain", "lane"), "")
    row |= {
        "kind": "hold",
        "before": "null",
        "after": hold,
        "automation": "firm",
        "outcome": "done",
    }
    for task in ("held", "since"):
        connection.execute(insert(journal), row | {"task_id": task, "begun_ms": 5})
