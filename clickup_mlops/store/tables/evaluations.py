"""Which changes of tasks were evaluated already: by which event, for which automations.

ClickUp reports one change in several events. They may come far apart, and in any order.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from sqlalchemy import BigInteger, Column, Index, Table, Text, bindparam, delete, select

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.schema import metadata

By = Mapping[str, Sequence[str]]
"""Names of automations by the key of the event for which they were evaluated."""

evaluated = Table(
    "evaluated",
    metadata,
    Column("task_id", Text, primary_key=True),
    Column("change", Text, primary_key=True),
    Column("by", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index(None, "at_ms"),
)


class Evaluated:
    """One row for each change of a task."""

    def __init__(self, database: Database) -> None:
        self._database, self._run = database, database.prepared.on
        statement = database.insert(evaluated)
        new = statement.excluded
        self._upsert = statement.on_conflict_do_update(
            index_elements=["task_id", "change"], set_={"by": new.by, "at_ms": new.at_ms}
        )

    def get(self, task_id: str, *changes: str) -> Mapping[str, By]:
        """Who was evaluated for these changes, one or two; those of which nothing is known are not
        there.
        """
        first, last = changes[0], changes[-1]
        found = self._database.rows(_TWO, task_id=task_id, first=first, last=last)
        return {change: dict(orjson.loads(by)) for change, by in found}

    def put(self, task_id: str, change: str, by: By, now_ms: int) -> None:
        """In place of what was known; with this thread's next write."""
        row = {"task_id": task_id, "change": change, "at_ms": now_ms}
        row["by"] = orjson.dumps(by).decode()
        self._database.later(lambda connection: self._run(connection, self._upsert, row))

    def forget(self, task_id: str) -> None:
        """The task is gone."""
        values: dict[str, Any] = {"t": task_id}
        self._database.write(lambda connection: self._run(connection, _FORGET, values))


_TWO: Final = select(evaluated.c.change, evaluated.c.by).where(
    evaluated.c.task_id == bindparam("task_id"),
    (evaluated.c.change == bindparam("first")) | (evaluated.c.change == bindparam("last")),
)
_FORGET: Final = delete(evaluated).where(evaluated.c.task_id == bindparam("t"))
