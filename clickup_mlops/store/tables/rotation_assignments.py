"""Turns: which member of a rotation got which task, so that the next one is somebody else."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Table,
    Text,
    bindparam,
    func,
    insert,
    select,
)

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import readers_of_task
from clickup_mlops.store.database.schema import BigId, metadata
from clickup_mlops.store.tables import Expiry, store_table

turn = Table(
    "turn",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("rotation", Text, nullable=False),
    Column("task_id", Text, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("uq_turn_rotation_task_id", "rotation", "task_id", unique=True),
    Index(None, "rotation", "user_id", "id"),
    Index(None, "at_ms"),
    sqlite_autoincrement=True,
    info=readers_of_task(),
)


class RotationAssignments:
    """Each task has one turn in a rotation, whatever happens in between."""

    def __init__(self, database: Database) -> None:
        self._database, self._run = database, database.prepared.on

    def take(self, rotation: str, task_id: str, members: Sequence[int], now_ms: int) -> int:
        """Whose turn the task is: who had it before, as long as it is a member, else the member
        who has waited longest. On disk when this returns.
        """
        previous = self._of(rotation, task_id)
        if previous in members:
            return previous

        def choose(connection: Connection) -> int:
            if not self._database.is_sqlite:
                self._run(connection, _ONE_AT_A_TIME, {"name": f"turn:{rotation}"})
            last = {member: self._last(connection, rotation, member) for member in members}
            chosen = min(members, key=lambda member: last[member])
            values = {"r": rotation, "t": task_id}
            self._run(connection, _DROP, values)
            row = values | {"user_id": chosen, "at_ms": now_ms}
            self._run(connection, _TAKE, row)
            return chosen

        return self._database.write(choose)

    def _of(self, rotation: str, task_id: str) -> int:
        rows = self._database.rows(_OF, rotation=rotation, task_id=task_id)
        return next((int(user_id) for (user_id,) in rows), _NOBODY)

    def _last(self, connection: Connection, rotation: str, user_id: int) -> int:
        values = {"rotation": rotation, "user_id": user_id}
        ((last,),) = self._run(connection, _LAST, values).rows
        return int(last or 0)


_NOBODY: Final = -1
_OF = select(turn.c.user_id).where(
    turn.c.rotation == bindparam("rotation"), turn.c.task_id == bindparam("task_id")
)
_LAST = select(func.max(turn.c.id)).where(
    turn.c.rotation == bindparam("rotation"), turn.c.user_id == bindparam("user_id")
)
_TAKE = insert(turn).values(
    rotation=bindparam("r"),
    task_id=bindparam("t"),
    user_id=bindparam("user_id"),
    at_ms=bindparam("at_ms"),
)
_DROP = turn.delete().where(turn.c.rotation == bindparam("r"), turn.c.task_id == bindparam("t"))
_ONE_AT_A_TIME = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name"), 0)))

TABLE = store_table(
    RotationAssignments, Expiry("overrides", turn, lambda before: turn.c.at_ms < before)
)
