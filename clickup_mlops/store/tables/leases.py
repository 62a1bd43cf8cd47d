"""Leases: one owner at a time, across threads, processes and machines, for a limited time.

An owner that dies keeps nobody out for longer than its lease.
"""

from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select, update

from clickup_mlops.errors import StoreUnavailable
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.schema import lane


class LeaseLost(StoreUnavailable):
    """Somebody else has the lane by now, and goes on with it."""


Holder = tuple[str, str]
"""A lane and the owner who leased it."""


def must_hold(database: Database, connection: Connection, holder: Holder) -> None:
    """Until this transaction ends, nobody else gets the lane. Raises LeaseLost."""
    lane_name, owner = holder
    found = database.prepared.on(connection, _HOLD, {"k": lane_name, "me": owner}).rows
    if not found:
        raise lost(lane_name)


def lost(lane_name: str) -> LeaseLost:
    """What to raise for that lane."""
    return LeaseLost(f"the lane {lane_name} was taken over by another worker")


def taking(database: Database) -> Any:
    """The statement that takes a lease if it is free, or one's own: then it gives a row."""
    insert = database.insert(lane)
    new = insert.excluded
    free = lane.c.lease_until_ms < bindparam("now")
    return insert.on_conflict_do_update(
        index_elements=["lane"],
        set_={"owner": new.owner, "lease_until_ms": new.lease_until_ms},
        where=free | (lane.c.owner == new.owner),
    ).returning(lane.c.lane)


class Leases:
    """Leases by name, for what is no lane of events. Times are Unix ms."""

    def __init__(self, database: Database) -> None:
        self._database, self._run = database, database.prepared.on
        self._taking = taking(database)

    def take(self, name: str, owner: str, now_ms: int, until_ms: int) -> bool:
        """Take it. False: somebody else has it."""
        values = {"lane": name, "owner": owner, "lease_until_ms": until_ms, "now": now_ms}
        return self._database.write(lambda c: bool(self._run(c, self._taking, values).rows))

    def keep(self, name: str, owner: str, until_ms: int) -> bool:
        """Have it for longer. False: it was lost, and somebody may have had it meanwhile."""
        values = {"k": name, "me": owner, "lease_until_ms": until_ms}
        return self._database.write(lambda c: bool(self._run(c, _KEEP, values).changed))

    def give_back(self, name: str, owner: str) -> None:
        """Let others have it."""
        self._database.write(lambda c: self._run(c, RELEASE, {"k": name, "me": owner}))


_mine = (lane.c.lane == bindparam("k")) & (lane.c.owner == bindparam("me"))
RELEASE: Final = delete(lane).where(_mine)
"""Gives back the lease `k` of the owner `me`."""
_HOLD = select(lane.c.lane).where(_mine).with_for_update()
_KEEP = update(lane).where(_mine).values(lease_until_ms=bindparam("lease_until_ms"))
