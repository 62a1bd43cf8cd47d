"""The rate budget of each token, shared by every thread, process and machine that uses the store.

The governor alone interprets the text; here it is replaced atomically. Each update is one select
and one update, in a transaction that holds the row (PostgreSQL) or the write lock
(SQLite) from its first statement.
"""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Column, Connection, Table, Text, bindparam, select, update

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import EVERYBODY
from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.tables import store_table

T = TypeVar("T")

budget = Table(
    "budget",
    metadata,
    Column("token", Text, primary_key=True),  # a hash, never the token
    Column("state", Text, nullable=False),
    info=EVERYBODY,
)

# SQLite ignores `for update`: there the transaction began with the write lock.
_READ = select(budget.c.state).where(budget.c.token == bindparam("key")).with_for_update()
_WRITE = update(budget).where(budget.c.token == bindparam("key"))


class BudgetLedger:
    """The governor's `Ledger` in the store's database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._create = database.insert(budget).on_conflict_do_nothing(index_elements=["token"])

    def update(self, key: str, change: Callable[[str], tuple[str, T]]) -> T:
        """Replace the text under `key` (`""` if new) atomically; the result of `change`.

        Raises:
            StoreBusy: the store has too much to write, or took too long.
        """

        def replace(connection: Connection) -> T:
            state, result = change(self._locked(connection, key))
            connection.execute(_WRITE.values(state=state), {"key": key})
            return result

        return self._database.write(replace)

    def _locked(self, connection: Connection, key: str) -> str:
        state = connection.execute(_READ, {"key": key}).scalar()
        if state is None:
            connection.execute(self._create, {"token": key, "state": ""})
            state = connection.execute(_READ, {"key": key}).scalar()
        return str(state)


TABLE = store_table(BudgetLedger)
