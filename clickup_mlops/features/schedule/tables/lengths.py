"""Lengths of runs: how long each took, and how long it was estimated."""

from collections.abc import Collection, Mapping

from sqlalchemy import BigInteger, Column, Table, Text, select, update

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import readers_of_task
from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.tables import Expiry, store_table

run_length = Table(
    "run_length",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("task_id", Text, primary_key=True),
    Column("estimated_ms", BigInteger, nullable=False),
    Column("begun_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger),
    info=readers_of_task(),
)


class RunLengths:
    """A row for each run that the bot has seen running; `ended_ms` None: it runs. Of a run that
    was interrupted `begun_ms` is later, by as long as it did not run.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        statement = database.insert(run_length)
        earlier_ms = run_length.c.ended_ms - run_length.c.begun_ms
        self._insert = statement.on_conflict_do_update(
            index_elements=["workspace", "task_id"],
            set_={"begun_ms": statement.excluded.begun_ms - earlier_ms, "ended_ms": None},
            where=run_length.c.ended_ms.is_not(None),
        )

    def begin(self, workspace: str, estimates: Mapping[str, int], now_ms: int) -> None:
        """These tasks run now, with these estimates (ms); those that run already stay. One that had
        ended goes on: it was requeued.
        """
        rows = [
            {"workspace": workspace, "task_id": task, "estimated_ms": ms, "begun_ms": now_ms}
            for task, ms in estimates.items()
        ]
        if rows:
            self._database.write(lambda connection: connection.execute(self._insert, rows))

    def end_others(self, workspace: str, running: Collection[str], now_ms: int) -> None:
        """All but these have ended."""
        ended = [task for task in self._open(workspace) if task not in running]
        if ended:
            statement = (
                update(run_length)
                .where(run_length.c.workspace == workspace, run_length.c.task_id.in_(ended))
                .values(ended_ms=now_ms)
            )
            self._database.write(lambda connection: connection.execute(statement))

    def ratios(self, workspace: str) -> list[float]:
        """Real length over estimate of each run that has ended."""
        columns = (run_length.c.begun_ms, run_length.c.ended_ms, run_length.c.estimated_ms)
        query = select(*columns).where(
            run_length.c.workspace == workspace, run_length.c.ended_ms.is_not(None)
        )
        rows = self._database.rows(query)
        return [(ended_ms - begun_ms) / estimated_ms for begun_ms, ended_ms, estimated_ms in rows]

    def _open(self, workspace: str) -> list[str]:
        query = select(run_length.c.task_id).where(
            run_length.c.workspace == workspace, run_length.c.ended_ms.is_(None)
        )
        return [task_id for (task_id,) in self._database.rows(query)]


TABLE = store_table(
    RunLengths,
    Expiry("closed_tasks", run_length, lambda before_ms: run_length.c.ended_ms < before_ms),
)
