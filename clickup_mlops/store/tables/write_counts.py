"""Counts of each automation's writes by minute, so that an hourly cap costs the same at any rate.

An automation has a row for each of 64 minutes, used again and again: nothing grows or expires. Its
comments and messages are counted under a name of their own.
"""

from typing import Final

from sqlalchemy import (
    CTE,
    BigInteger,
    Column,
    Integer,
    Table,
    Text,
    bindparam,
    case,
    func,
    select,
)

from clickup_mlops.store.database.engine import Database, Insert
from clickup_mlops.store.database.readers import NOBODY
from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.tables import store_table

MINUTE_MS: Final = 60_000
NOTICES: Final = ("comment", "chat")
"""Effects that only inform people."""
_NOTICES: Final = "#notices"
_SLOTS: Final = 64

write_count = Table(
    "write_count",
    metadata,
    Column("automation", Text, primary_key=True),
    Column("slot", Integer, primary_key=True, autoincrement=False),
    Column("minute", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
    info=NOBODY,
)


def counted_as(automation: str, kind: str) -> str:
    """The name under which a write of this kind is counted."""
    return f"{automation}{_NOTICES}" if kind.partition(":")[0] in NOTICES else automation


def hour_before(automation: str, kind: str, now_ms: int) -> dict[str, object]:
    """The hour before `now_ms` (Unix ms), as the statements that count such writes have it."""
    name, since_ms = counted_as(automation, kind), now_ms - 60 * MINUTE_MS
    minute = since_ms // MINUTE_MS
    return {
        "r": automation,
        "name": name,
        "is_notice": name != automation,
        "since": since_ms,
        "since_minute": minute,
        "end": (minute + 1) * MINUTE_MS,
    }


class WriteCounts:
    """Counted by the journal, in its transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.add = self._upsert(
            database.insert(write_count).values(
                {column: bindparam(name) for column, name in zip(_COLUMNS, _VALUES, strict=True)}
            )
        )

    def add_if(self, begun: CTE) -> Insert:
        """Counts a write if the statement `begun` gives a row."""
        types = [write_count.c[column].type for column in _COLUMNS]
        binds = (bindparam(n, type_=type_) for n, type_ in zip(_VALUES, types, strict=True))
        row = select(*binds).select_from(begun)
        insert = self._database.insert(write_count)
        return self._upsert(insert.from_select(_COLUMNS, row, include_defaults=False))

    def values(self, automation: str, at_ms: int) -> dict[str, object]:
        """The values with which the statements count a write that begins then."""
        minute = at_ms // MINUTE_MS
        return {"name": automation, "slot": minute % _SLOTS, "minute": minute, "count": 1}

    def _upsert(self, insert: Insert) -> Insert:
        old, new = write_count.c, insert.excluded
        counted = case((old.minute == new.minute, old["count"] + 1), else_=1)
        return insert.on_conflict_do_update(
            index_elements=["automation", "slot"], set_={"count": counted, "minute": new.minute}
        )

    def last_hour(self, now_ms: int) -> dict[str, int]:
        """How many writes each automation began in the last 60 minutes, to the minute: its notices
        or its other writes, whichever are more, as a cap holds for each.
        """
        since, most = now_ms // MINUTE_MS - 60, dict[str, int]()
        for name, count in self._database.rows(_LAST_HOUR, since=since):
            automation = name.removesuffix(_NOTICES)
            most[automation] = max(most.get(automation, 0), int(count))
        return most


_COLUMNS: Final = ("automation", "slot", "minute", "count")
_VALUES: Final = ("name", "slot", "minute", "count")
"""What the statements call them: `automation` is the journal's."""

_LAST_HOUR: Final = (
    select(write_count.c.automation, func.sum(write_count.c["count"]))
    .where(write_count.c.minute > bindparam("since"))
    .group_by(write_count.c.automation)
)
COUNTED: Final = (
    select(func.coalesce(func.sum(write_count.c["count"]), 0))
    .where(
        write_count.c.automation == bindparam("name"),
        write_count.c.minute > bindparam("since_minute"),
    )
    .scalar_subquery()
)
"""The writes counted under `name` in the minutes after `since_minute`, at most an hour ago."""

TABLE = store_table(WriteCounts)
