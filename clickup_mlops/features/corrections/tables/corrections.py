"""Corrections: what people chose instead of the bot's decisions; for reports and training."""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import BigInteger, Column, ColumnElement, Index, Table, Text, bindparam, select

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import readers_of_task
from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.tables import Expiry, store_table

if TYPE_CHECKING:
    from clickup_mlops.bot.ports import Subject

PRIORITY: Final = "priority"
WORKLOAD: Final = "workload"
INCIDENT: Final = "incident"

correction = Table(
    "correction",
    metadata,
    Column("task_id", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("decided_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("decided", Text, nullable=False),
    Column("chosen", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("user_name", Text, nullable=False),
    Index(None, "at_ms"),
    info=readers_of_task(),
)


@dataclass(frozen=True, slots=True)
class Correction:
    """A decision of the bot that a person has corrected. Times in ms."""

    task_id: str
    subject: "Subject"
    decided_ms: int
    at_ms: int
    title: str
    """The task's name then."""
    decided: Any
    """What the bot decided: a priority (1 to 4), a workload, or `yes`, `possible` or `no`."""
    chosen: Any
    """What the person chose."""
    reason: str
    """Why the bot had decided so."""
    user_name: str
    """Who corrected it; empty if ClickUp did not report it."""


class CorrectionLog:
    """At most one for each decision: the last choice."""

    def __init__(self, database: Database) -> None:
        self._database = database
        statement = database.insert(correction)
        new = statement.excluded
        names = ("at_ms", "chosen", "user_name")
        self._upsert = statement.on_conflict_do_update(
            index_elements=["task_id", "subject", "decided_ms"],
            set_={name: new[name] for name in names},
            # The event that names the person may come after the change was seen on the task.
            where=(new.at_ms >= correction.c.at_ms) | (correction.c.user_name == ""),
        )

    def put(self, correction: Correction) -> None:
        """Stores it, unless a newer choice about the same decision is known."""
        row = {name: getattr(correction, name) for name in _NAMES}
        row |= {name: orjson.dumps(row[name]).decode() for name in ("decided", "chosen")}
        self._database.write(lambda connection: connection.execute(self._upsert, row))

    def newest(self, limit: int) -> list[Correction]:
        """The newest ones, newest first; without choices that equal the bot's after all."""
        rows = [_row(row_values) for row_values in self._database.rows(_NEWEST, limit=limit)]
        return [row for row in rows if row.decided != row.chosen]

    def list(
        self, since_ms: int = 0, until_ms: int = 2**62, subject: "Subject | None" = None
    ) -> list[Correction]:
        """Those of a period, oldest first, without choices that equal the bot's after all."""
        value_rows = self._database.rows(_BETWEEN, since=since_ms, until=until_ms)
        rows = [_row(values) for values in value_rows]
        return [r for r in rows if subject in (None, r.subject) and r.decided != r.chosen]


def _row(values: tuple[Any, ...]) -> Correction:
    row = dict(zip(_NAMES, values, strict=True))
    return Correction(**row | {name: orjson.loads(row[name]) for name in ("decided", "chosen")})


_NAMES = tuple(field.name for field in fields(Correction))
_BETWEEN = (
    select(*(correction.c[name] for name in _NAMES))
    .where(correction.c.at_ms >= bindparam("since"), correction.c.at_ms < bindparam("until"))
    .order_by(correction.c.at_ms, correction.c.task_id, correction.c.subject)
)

_NEWEST = (
    select(*(correction.c[name] for name in _NAMES))
    .order_by(correction.c.at_ms.desc())
    .limit(bindparam("limit"))
)


def _old(before_ms: int) -> ColumnElement[bool]:
    return correction.c.at_ms < before_ms


TABLE = store_table(
    CorrectionLog, Expiry("decisions", correction, _old), Expiry("overrides", correction, _old)
)
