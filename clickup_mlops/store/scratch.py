"""A temporary store, for simulations: as fast as possible.

One thread uses it. Everything happens in one transaction that never ends, on one connection, so
nothing waits for the disk or for a lock. The tables are created without migrations.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from sqlalchemy import ClauseElement, Connection, event
from sqlalchemy.pool import ConnectionPoolEntry

from clickup_mlops.store.audit.chain import Keyring
from clickup_mlops.store.audit.log import Audit, Rows
from clickup_mlops.store.database.engine import Database, Last
from clickup_mlops.store.database.group_commit import Operation
from clickup_mlops.store.database.prepared import Result, Statement, Values
from clickup_mlops.store.store import Store
from clickup_mlops.store.tables import complete_schema
from clickup_mlops.store.tables.journal import Journal

A = TypeVar("A")
T = TypeVar("T")


class ScratchDatabase(Database):
    """The same interface over the one connection."""

    def __init__(self, url: str) -> None:
        super().__init__(url, queue_limit=1, wait_s=0)
        event.listen(self.engine, "connect", _without_durability)
        self._own = self.engine.connect()
        self._own.begin()
        self._driver: Any = self._own.connection.driver_connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The connection."""
        yield self._own

    def write(
        self, operation: Callable[[Connection], T], *, durable: bool = True, linger: bool = False
    ) -> T:
        """Runs the operation."""
        _ = durable, linger
        return operation(self._own)

    def defer(self, *statements: Statement) -> None:
        """Runs them at once."""
        self.prepared.run_all(self._driver, statements)

    def defer_newest(self, statement: ClauseElement, row: Values, *key: str) -> Values | None:
        """Runs it at once."""
        _ = key
        self.prepared.run(self._driver, statement, row)
        return None

    def commit(
        self,
        statements: Sequence[Statement],
        decide: Callable[[Connection, list[Result]], T],
        *,
        durable: bool = True,
        linger: bool = False,
        early: bool = False,
        asks_no_more: bool = False,
    ) -> T:
        """Runs them, then `decide`."""
        _ = durable, linger, early, asks_no_more
        return decide(self._own, self.prepared.run_all(self._driver, statements))

    def read(self, statements: Sequence[Statement]) -> list[list[tuple[Any, ...]]]:
        """All rows of prepared selects."""
        return [result.rows for result in self.prepared.run_all(self._driver, statements)]

    def defer_last(self, last: Last) -> None:
        """Runs it at once."""
        last.run(self.prepared, self._own)

    def submit(
        self,
        operation: Operation[A, T],
        argument: A,
        *,
        durable: bool = True,
        linger: bool = False,
        again: Operation[A, T] | None = None,
    ) -> T:
        """Runs the operation for this argument."""
        _ = durable, linger, again
        return operation(self._own, [argument])[0]

    def close(self) -> None:
        """Closes the connection; what was written is gone."""
        self._own.close()
        super().close()


class NoAudit(Audit):
    """Records nothing: what happens in a scratch store does not happen in ClickUp."""

    def plan(self, connection: Connection, facts: Mapping[str, Any], head: Rows) -> list[Statement]:
        """Nothing."""
        _ = connection, facts, head
        return []


@contextmanager
def scratch_store() -> Iterator[Store]:
    """An empty store in a temporary folder, which is gone afterwards."""
    with TemporaryDirectory(prefix="clickup-mlops-") as folder:
        database = ScratchDatabase(f"sqlite:///{Path(folder) / 'scratch.db'}")
        database.write(complete_schema().create_all)
        store = Store(database)
        store.journal = Journal(database, NoAudit(database, Keyring()))
        try:
            yield store
        finally:
            store.close()


def _without_durability(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    for setting in ("synchronous = off", "journal_mode = off", "cache_size = -65536"):
        connection.execute(f"pragma {setting}")
