"""Mutes: which automation leaves which task alone, until when, and who asked for it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from sqlalchemy import BigInteger, Column, Index, Table, Text, bindparam, delete, func, select

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import readers_of_task
from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.tables import Expiry, store_table

mute = Table(
    "mute",
    metadata,
    Column("task_id", Text, primary_key=True),
    Column("automation", Text, primary_key=True),
    Column("until_ms", BigInteger, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("user_name", Text, nullable=False),
    Column("because", Text, nullable=False),
    Column("user_id", BigInteger),
    Index(None, "until_ms"),
    info=readers_of_task(),
)


@dataclass(frozen=True, slots=True)
class Mute:
    """The automation `automation` leaves the task alone until `until_ms` (Unix ms)."""

    task_id: str
    automation: str
    until_ms: int
    set_by: str = ""
    """What muted it: `/mute`, or `undo`; empty if that was not recorded."""
    user_name: str = ""
    because: str = ""
    user_id: int | None = None
    """Who muted it by a command; None: not known, or no person did."""


class Mutes:
    """Pairs of automation and task; at most one mute for each."""

    def __init__(self, database: Database) -> None:
        self._database = database
        statement = database.insert(mute)
        names = ("until_ms", "set_by", "user_name", "because", "user_id")
        self._upsert = statement.on_conflict_do_update(
            index_elements=["task_id", "automation"],
            set_={name: statement.excluded[name] for name in names},
        )

    def put(self, mute_: Mute) -> None:
        """Stores it, in place of an earlier one of this automation and task."""
        row = asdict(mute_)
        self._database.write(lambda connection: connection.execute(self._upsert, row))

    def end(self, task_id: str, automation: str) -> None:
        """The automation may act on the task again."""
        values = {"t": task_id, "r": automation}
        self._database.write(lambda connection: connection.execute(_END, values))

    def of(self, task_id: str, now_ms: int) -> Mapping[str, Mute]:
        """The automations that leave the task alone now, by name."""
        rows = self._database.rows(_OF, task_id=task_id, now=now_ms)
        return {(active := Mute(*row)).automation: active for row in rows}

    def ending(self, now_ms: int, limit: int) -> tuple[tuple[Mute, ...], int]:
        """Those that hold now and end first, and how many hold altogether."""
        rows = self._database.rows(_ENDING, now=now_ms, limit=limit)
        return tuple(Mute(*row[:-1]) for row in rows), rows[0][-1] if rows else 0

    def list(self, now_ms: int) -> list[Mute]:
        """All that hold now, by automation and task."""
        return [Mute(*row) for row in self._database.rows(_LIVE, now=now_ms)]


_LIVE = (
    select(*(mute.c[field.name] for field in fields(Mute)))
    .where(mute.c.until_ms > bindparam("now"))
    .order_by(mute.c.automation, mute.c.task_id)
)
_ENDING = (
    select(*(mute.c[field.name] for field in fields(Mute)), func.count().over())
    .where(mute.c.until_ms > bindparam("now"))
    .order_by(mute.c.until_ms, mute.c.task_id, mute.c.automation)
    .limit(bindparam("limit"))
)
_OF = _LIVE.where(mute.c.task_id == bindparam("task_id"))
_END = delete(mute).where(mute.c.task_id == bindparam("t"), mute.c.automation == bindparam("r"))

TABLE = store_table(Mutes, Expiry("overrides", mute, lambda before: mute.c.until_ms < before))
