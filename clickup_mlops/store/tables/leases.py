"""Leases: one owner at a time, across threads, processes and machines, for a limited time.

An owner that dies blocks others for no longer than its lease.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Table,
    Text,
    bindparam,
    delete,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningInsert

from clickup_mlops.errors import StoreUnavailable
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.prepared import Result, Statement
from clickup_mlops.store.database.readers import NOBODY
from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.tables import Expiry, store_table

lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("until_ms", BigInteger, nullable=False),
    info=NOBODY,
)


class LeaseLost(StoreUnavailable):
    """Another owner has taken over the lane and continues it."""


PROCESS: Final = "serve"
"""The lease of the process that serves: no lane, which is held while nothing is done."""

Holder = tuple[str, str]
"""A lane and the owner who leased it."""


def all_while_held(
    database: Database,
    connection: Connection,
    holder: Holder | None,
    statements: Sequence[Statement],
) -> list[Result]:
    """Runs the statements and keeps the lane for its holder, if any, until this transaction ends.

    Raises:
        LeaseLost: another owner has the lane; the transaction must not be committed.
    """
    if holder is None:
        return database.prepared.all_on(connection, statements)
    held, *results = database.prepared.all_on(connection, [holding(holder), *statements])
    if not held.rows:
        raise lease_lost(holder[0])
    return results


def holding(holder: Holder) -> Statement:
    """Keeps the lane for its holder until the transaction ends; no row: another owner has it."""
    return _HOLD, holder_values(holder)


def holder_values(holder: Holder | None) -> dict[str, object]:
    """The values of the parameters of `IS_HELD`."""
    return {"k": holder[0], "me": holder[1]} if holder else {}


def lease_lost(lane_name: str) -> LeaseLost:
    """The error for that lane."""
    return LeaseLost(f"the lane {lane_name} was taken over by another worker")


def take_statement(database: Database) -> ReturningInsert[str]:
    """The statement that takes a lease which is free or already held by that owner; then it returns
    a row.
    """
    insert = database.insert(lease)
    new = insert.excluded
    free = lease.c.until_ms < bindparam("now")
    return insert.on_conflict_do_update(
        index_elements=["name"],
        set_={"owner": new.owner, "until_ms": new.until_ms},
        where=free | (lease.c.owner == new.owner),
    ).returning(lease.c.name)


class Leases:
    """Leases by name, for work that is not in a lane of the inbox. Times are Unix ms."""

    def __init__(self, database: Database) -> None:
        self._database, self._run = database, database.prepared.on
        self._take = take_statement(database)

    def take(self, name: str, owner: str, now_ms: int, until_ms: int) -> bool:
        """Takes the lease. False: another owner holds it."""
        values = {"name": name, "owner": owner, "until_ms": until_ms, "now": now_ms}
        return self._database.write(lambda c: bool(self._run(c, self._take, values).rows))

    def holder(self, name: str, now_ms: int) -> str | None:
        """The owner who holds the lease now; None: nobody does."""
        rows = self._database.rows(_HOLDER, k=name, now=now_ms)
        return next((owner for (owner,) in rows), None)

    def renew(self, name: str, owner: str, until_ms: int) -> bool:
        """Extends the lease. False: it was lost, and another owner may have held it meanwhile."""
        values = {"k": name, "me": owner, "until_ms": until_ms}
        return self._database.write(lambda c: bool(self._run(c, _RENEW, values).changed))

    def release(self, name: str, owner: str) -> None:
        """Gives up the lease, if this owner still holds it."""
        self._database.write(lambda c: self._run(c, RELEASE, {"k": name, "me": owner}))

    def release_all(self, process: str) -> None:
        """Gives up the leases of a process that is gone: their owners begin with its name."""
        values = {"first": f"{process}:", "end": f"{process};"}
        self._database.write(lambda c: self._run(c, _RELEASE_ALL, values))


_mine = (lease.c.name == bindparam("k")) & (lease.c.owner == bindparam("me"))
RELEASE: Final = delete(lease).where(_mine)
"""Gives up the lease `k` of the owner `me`."""
_HOLDER = select(lease.c.owner).where(
    lease.c.name == bindparam("k"), lease.c.until_ms >= bindparam("now")
)
_RELEASE_ALL = delete(lease).where(
    lease.c.owner >= bindparam("first"), lease.c.owner < bindparam("end")
)
IS_HELD: Final = select(lease.c.name).where(_mine).exists()
"""The condition that the owner `me` holds the lease `k`."""
_HOLD = select(lease.c.name).where(_mine).with_for_update()
_RENEW = update(lease).where(_mine).values(until_ms=bindparam("until_ms"))

TABLE = store_table(Leases, Expiry("events", lease, lambda before: lease.c.until_ms < before))
