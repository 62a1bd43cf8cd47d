"""Decisions: why each task has its priority."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    bindparam,
    case,
    func,
    insert,
    select,
)

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import readers_of_task
from clickup_mlops.store.database.schema import BigId, metadata
from clickup_mlops.store.tables import Expiry, store_table

decision = Table(
    "decision",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("task_id", Text, nullable=False),
    Column("event_key", Text, nullable=False),
    Column("decided_ms", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("workload", Text),
    Column("rank", SmallInteger),
    Index(None, "task_id", "id", "workload", "rank"),
    sqlite_autoincrement=True,
    info=readers_of_task(),
)


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision as it was taken: `body` is what `put` was given."""

    task_id: str
    event_key: str
    decided_ms: int
    body: dict[str, Any]


class Decisions:
    """Why each task has its priority: the decisions, newest last."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(
        self,
        task_id: str,
        body: Mapping[str, object],
        event_key: str,
        now_ms: int,
        *,
        wait: bool = True,
    ) -> None:
        """Stores a decision and the inbox key of the event that caused it.

        `wait` False: with this thread's next write.
        """
        row = {
            "task_id": task_id,
            "event_key": event_key,
            "decided_ms": now_ms,
            "body": orjson.dumps(body),
            "workload": body.get("workload"),
            "rank": body.get("rank"),
        }
        self._database.put([(_DECIDED, row)], wait=wait)

    def latest(self, task_id: str) -> DecisionRow | None:
        """The task's newest decision."""
        return next(iter(self.history(task_id, 1)), None)

    def history(self, task_id: str, limit: int) -> list[DecisionRow]:
        """The task's newest decisions, newest first."""
        rows = self._database.rows(_DECISIONS, task_id=task_id, limit=limit)
        return [_decision(row) for row in rows]

    def before(self, at_ms: int) -> list[DecisionRow]:
        """The newest decision of each task that was taken before then."""
        return [_decision(row) for row in self._database.rows(_BEFORE, at=at_ms)]

    def workloads_before(self, at_ms: int) -> dict[str, str]:
        """The workload of each task by its newest decision that was taken before then."""
        rows = self._database.rows(_WORKLOADS, at=at_ms)
        return {task: named or _named(body) for task, named, body in rows}

    def latest_of(self, task_ids: Sequence[str]) -> Iterator[DecisionRow]:
        """The newest decision of each of these tasks that has one."""
        for start in range(0, len(task_ids), _AT_ONCE):
            batch = [*task_ids[start : start + _AT_ONCE]]
            with self._database.reading() as connection:
                rows = connection.execute(_LATEST_OF, {"task_ids": batch}).all()
            yield from map(_decision, map(tuple, rows))


def _named(body: bytes | None) -> str:
    return str(orjson.loads(body or b"{}").get("workload") or "")


def _decision(row: tuple[Any, ...]) -> DecisionRow:
    task_id, event_key, decided_ms, body = row
    return DecisionRow(task_id, event_key, decided_ms, orjson.loads(body))


_DECIDED = insert(decision)
_DECISIONS = (
    select(decision.c.task_id, decision.c.event_key, decision.c.decided_ms, decision.c.body)
    .where(decision.c.task_id == bindparam("task_id"))
    .order_by(decision.c.id.desc())
    .limit(bindparam("limit"))
)
_newest = (
    select(func.max(decision.c.id))
    .where(decision.c.decided_ms < bindparam("at"))
    .group_by(decision.c.task_id)
)
_BEFORE = select(
    decision.c.task_id, decision.c.event_key, decision.c.decided_ms, decision.c.body
).where(decision.c.id.in_(_newest))
_WORKLOADS = select(
    decision.c.task_id,
    decision.c.workload,
    case((decision.c.workload.is_(None), decision.c.body)),  # older than the column
).where(decision.c.id.in_(_newest))
_AT_ONCE: Final = 1_000
_latest = (
    select(func.max(decision.c.id))
    .where(decision.c.task_id.in_(bindparam("task_ids", expanding=True)))
    .group_by(decision.c.task_id)
)
_LATEST_OF = select(
    decision.c.task_id, decision.c.event_key, decision.c.decided_ms, decision.c.body
).where(decision.c.id.in_(_latest))


_newer = decision.alias()


def _superseded(before_ms: int) -> ColumnElement[bool]:
    """A task's newest decision always stays, for `why`."""
    newer = select(_newer.c.id).where(
        _newer.c.task_id == decision.c.task_id, _newer.c.id > decision.c.id
    )
    return (decision.c.decided_ms < before_ms) & newer.exists()


TABLE = store_table(Decisions, Expiry("decisions", decision, _superseded))
