"""Evaluations: which changes of tasks were evaluated, for which event and which automations.

ClickUp reports one change in several events. They may come far apart, and in any order.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Table,
    Text,
    bindparam,
    delete,
    select,
    union_all,
)

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import readers_of_task
from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.tables import Expiry, store_table
from clickup_mlops.store.tables.inbox import PARKED, READY, in_state, inbox

By = Mapping[str, Sequence[str]]
"""Names of automations by the key of the event for which they were evaluated."""

evaluation = Table(
    "evaluation",
    metadata,
    Column("task_id", Text, primary_key=True),
    Column("change", Text, primary_key=True),
    Column("automations", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index(None, "at_ms"),
    info=readers_of_task(),
)


class Evaluations:
    """One row for each change of a task."""

    def __init__(self, database: Database) -> None:
        self._database, self._run = database, database.prepared.on
        statement = database.insert(evaluation)
        new = statement.excluded
        self._upsert = statement.on_conflict_do_update(
            index_elements=["task_id", "change"],
            set_={"automations": new.automations, "at_ms": new.at_ms},
        )

    def get(self, task_id: str, *changes: str) -> Mapping[str, By]:
        """The automations evaluated for these changes, at most three; unknown ones are left out."""
        first, second, last = changes[0], changes[len(changes) // 2], changes[-1]
        values = {"first": first, "second": second, "last": last}
        rows = self._database.rows(_THREE, task_id=task_id, **values)
        return {change: dict(orjson.loads(by)) for change, by in rows}

    def put(self, task_id: str, change: str, by: By, now_ms: int) -> None:
        """Replaces what was known; with this thread's next write."""
        row = {"task_id": task_id, "change": change, "at_ms": now_ms}
        row["automations"] = orjson.dumps(by).decode()
        self._database.defer((self._upsert, row))

    def forget(self, task_id: str) -> None:
        """Removes a task that was deleted."""
        values: dict[str, Any] = {"t": task_id}
        self._database.write(lambda connection: self._run(connection, _FORGET, values))


_THREE: Final = select(evaluation.c.change, evaluation.c.automations).where(
    evaluation.c.task_id == bindparam("task_id"),
    (evaluation.c.change == bindparam("first"))
    | (evaluation.c.change == bindparam("second"))
    | (evaluation.c.change == bindparam("last")),
)
_FORGET: Final = delete(evaluation).where(evaluation.c.task_id == bindparam("t"))


def _old(before_ms: int) -> ColumnElement[bool]:
    """Not while an event of the task waits, perhaps for a person: it may report that change."""
    waiting = union_all(*(select(inbox.c.lane).where(in_state(state)) for state in (READY, PARKED)))
    return (evaluation.c.at_ms < before_ms) & evaluation.c.task_id.not_in(waiting)


TABLE = store_table(Evaluations, Expiry("events", evaluation, _old))
