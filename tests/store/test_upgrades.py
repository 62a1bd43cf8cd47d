"""From every revision that there was, with a row in each of its tables, nothing is lost."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, Table, func, insert, inspect, select

from clickup_mlops.store import Store, migrations
from clickup_mlops.store.migrations import revisions
from tests.later_revision import add_later_revision

pytestmark = pytest.mark.usefixtures("by_alembic")


def _tables(connection: Connection) -> Iterator[Table]:
    """As they are in the database; not Alembic's own."""
    names = inspect(connection).get_table_names()
    metadata = MetaData()
    for name in sorted(names):
        if name != "alembic_version":
            yield Table(name, metadata, autoload_with=connection)


def _value(kind: type) -> Any:
    return {int: 7, float: 7.0, bytes: b"{}", bool: True}.get(kind, "null")


def fill(connection: Connection) -> None:
    """A row in each table that has none yet."""
    for table in _tables(connection):
        if not _count(connection, table):
            row = {column.name: _value(column.type.python_type) for column in table.columns}
            connection.execute(insert(table), row)


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar() or 0


def rows(connection: Connection) -> dict[str, int]:
    return {table.name: _count(connection, table) for table in _tables(connection)}


def test_every_row_of_an_older_store_is_kept(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Revision by revision; at the end the tables are exactly as this version wants them."""
    add_later_revision(tmp_path, monkeypatch)
    with closing(Store(store_url)) as store, store.database.engine.connect() as connection:
        for revision in sorted(revisions()):
            before = rows(connection)
            connection.commit()
            store.database.write(lambda c, to=revision: migrations.run(c, to))  # type: ignore[misc]
            after = rows(connection)
            assert {name: after.get(name) for name in before} == before, revision
            connection.commit()
            store.database.write(fill)

        assert set(rows(connection).values()) == {1}
        store.must_be_current()
