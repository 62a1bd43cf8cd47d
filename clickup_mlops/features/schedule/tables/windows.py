"""Windows: which start and due date the bot wrote for each run, and why."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Integer, Table, Text, delete, select

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import readers_of_task
from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.tables import Expiry, store_table

schedule_window = Table(
    "schedule_window",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("task_id", Text, primary_key=True),
    Column("start_ms", BigInteger, nullable=False),
    Column("end_ms", BigInteger, nullable=False),
    Column("due_ms", BigInteger, nullable=False),
    Column("deadline_ms", BigInteger),
    Column("why", Text, nullable=False),
    Column("moves", Integer, nullable=False),
    Column("planned_ms", BigInteger, nullable=False),
    info=readers_of_task(),
)


@dataclass(frozen=True, slots=True)
class PlannedWindow:
    """What was written for a run. `due_ms` is not `end_ms` if the due date is a person's: then it
    is `deadline_ms`. `moves`: how often its start was changed. Times in Unix ms.
    """

    workspace: str
    task_id: str
    start_ms: int
    end_ms: int
    due_ms: int
    deadline_ms: int | None
    why: str
    moves: int
    planned_ms: int


_NAMES: Final = tuple(field.name for field in fields(PlannedWindow))


class PlannedWindows:
    """At most one for each task."""

    def __init__(self, database: Database) -> None:
        self._database = database
        statement = database.insert(schedule_window)
        self._upsert = statement.on_conflict_do_update(
            index_elements=["workspace", "task_id"],
            set_={name: statement.excluded[name] for name in _NAMES[2:]},
        )

    def put(self, window: PlannedWindow) -> None:
        """In place of an earlier one."""
        row: dict[str, Any] = dict(zip(_NAMES, astuple(window), strict=True))
        self._database.write(lambda connection: connection.execute(self._upsert, row))

    def of_workspace(self, workspace: str) -> dict[str, PlannedWindow]:
        """All of them, by task."""
        query = select(schedule_window).where(schedule_window.c.workspace == workspace)
        rows = (PlannedWindow(*row) for row in self._database.rows(query))
        return {row.task_id: row for row in rows}

    def remove(self, workspace: str, task_ids: Iterable[str]) -> None:
        """Forget those of tasks that are no waiting runs any more."""
        names = [*task_ids]
        if names:
            condition = schedule_window.c.workspace == workspace
            statement = delete(schedule_window).where(
                condition, schedule_window.c.task_id.in_(names)
            )
            self._database.write(lambda connection: connection.execute(statement))


TABLE = store_table(
    PlannedWindows,
    Expiry("closed_tasks", schedule_window, lambda before_ms: schedule_window.c.end_ms < before_ms),
)
