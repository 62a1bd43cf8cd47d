"""The bot's writes on several tasks at once."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import bindparam, select

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.journal_rows import DONE
from clickup_mlops.store.tables.journal import journal


@dataclass(frozen=True, slots=True)
class TaskWrite:
    """A write of the journal; `after` is a JSON value. Times are Unix ms; `finished_ms` None: it
    is not known whether it happened.
    """

    id: int
    task_id: str
    kind: str
    after: Any
    begun_ms: int
    finished_ms: int | None


class TaskWrites:
    """Reads the journal by tasks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def since(self, task_ids: Collection[str], since_ms: int) -> list[TaskWrite]:
        """The writes on these tasks that began since then and took effect, or may have, oldest
        first.
        """
        with self._database.reading() as connection:
            rows = connection.execute(_SINCE, {"task_ids": [*task_ids], "since": since_ms}).all()
        return [
            TaskWrite(number, task_id, kind, orjson.loads(after), begun_ms, finished_ms)
            for number, task_id, kind, after, begun_ms, finished_ms in rows
        ]


_SINCE: Final = (
    select(
        journal.c.id,
        journal.c.task_id,
        journal.c.kind,
        journal.c.after,
        journal.c.begun_ms,
        journal.c.finished_ms,
    )
    .where(
        journal.c.task_id.in_(bindparam("task_ids", expanding=True)),
        journal.c.begun_ms >= bindparam("since"),
        journal.c.outcome.in_(["", DONE]),
    )
    .order_by(journal.c.id)
)
