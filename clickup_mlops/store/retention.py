"""Deletes what is older than it is to be kept, a little at a time, so that nobody waits for it.

Never deleted: events that are not done or wait for a person, writes whose end is unknown, what is
the newest of its task (decision, write), and writes that made something, because that they did is
what keeps an automation from making it again.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, delete, func, select

from clickup_mlops.store.audit.log import Audit, audit
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.schema import (
    decision,
    inbox,
    journal,
    lane,
    mirror,
    mute,
    override,
    recording,
)
from clickup_mlops.store.tables.corrections import overruled
from clickup_mlops.store.tables.evaluations import evaluated
from clickup_mlops.store.tables.inbox import DONE
from clickup_mlops.store.tables.runs import MOST_ROWS, automation_run

BATCH: Final = 2_000
"""Rows that one transaction deletes."""

Old = Callable[[int], ColumnElement[bool]]
_newer_decision, _newer_write = decision.alias(), journal.alias()


def _superseded_decision(before_ms: int) -> ColumnElement[bool]:
    newer = select(_newer_decision.c.id).where(
        _newer_decision.c.task_id == decision.c.task_id, _newer_decision.c.id > decision.c.id
    )
    return (decision.c.decided_ms < before_ms) & newer.exists()


def _evaluated(before_ms: int) -> ColumnElement[bool]:
    """Not while an event of the task waits, perhaps for a person: it may tell of that change."""
    waiting = select(inbox.c.lane).where(inbox.c.state != DONE)
    return (evaluated.c.at_ms < before_ms) & evaluated.c.task_id.not_in(waiting)


def _superseded_write(before_ms: int) -> ColumnElement[bool]:
    newer = select(_newer_write.c.id).where(
        _newer_write.c.task_id == journal.c.task_id,
        _newer_write.c.kind == journal.c.kind,
        _newer_write.c.id > journal.c.id,
    )
    ended = (journal.c.outcome != "") & (journal.c.finished_ms < before_ms)
    return ended & (journal.c.receipt == "null") & newer.exists()


def _old_run(before_ms: int) -> ColumnElement[bool]:
    c = automation_run.c
    beyond = select(c.id).order_by(c.last_ms.desc(), c.id.desc()).offset(MOST_ROWS)
    return (c.last_ms < before_ms) | c.id.in_(beyond)


_OLD: Final[Mapping[str, tuple[tuple[Table, Old], ...]]] = {
    "events": (
        (inbox, lambda before: (inbox.c.state == DONE) & (inbox.c.done_ms < before)),
        (lane, lambda before: lane.c.lease_until_ms < before),
        (evaluated, _evaluated),
    ),
    "recordings": ((recording, lambda before: recording.c.at_ms < before),),
    "decisions": (
        (decision, _superseded_decision),
        (overruled, lambda before: overruled.c.at_ms < before),
    ),
    "writes": ((journal, _superseded_write),),
    "runs": ((automation_run, _old_run),),
    "overrides": (
        (override, lambda before: override.c.until_ms < before),
        (mute, lambda before: mute.c.until_ms < before),
        (overruled, lambda before: overruled.c.at_ms < before),
    ),
    "closed_tasks": (
        (mirror, lambda before: mirror.c.is_open.is_(False) & (mirror.c.fetched_ms < before)),
    ),
}
AUDIT: Final = "audit"
KINDS: Final = (*_OLD, AUDIT)
"""What can be kept for how long; the keys of `[retention]`."""


class Retention:
    """Counts or deletes what is too old."""

    def __init__(self, database: Database, record: Audit) -> None:
        self._database, self._audit = database, record

    def count(self, before: Mapping[str, int]) -> dict[str, int]:
        """How many rows of each kind ended before that time (Unix ms). Kinds left out: none."""
        return {kind: self._count(kind, ms) for kind, ms in before.items()}

    def prune(self, before: Mapping[str, int], now_ms: int) -> dict[str, int]:
        """Deletes them; how many of each kind."""
        return {kind: self._prune(kind, ms, now_ms) for kind, ms in before.items()}

    def _count(self, kind: str, before_ms: int) -> int:
        tables = _tables(kind)
        with self._database.reading() as connection:
            counts = (
                select(func.count()).select_from(table).where(old(before_ms))
                for table, old in tables
            )
            return sum(connection.execute(one).scalar() or 0 for one in counts)

    def _prune(self, kind: str, before_ms: int, now_ms: int) -> int:
        if kind == AUDIT:
            return self._audit.cut(before_ms, now_ms)
        return sum(self._empty(table, old(before_ms)) for table, old in _tables(kind))

    def _empty(self, table: Table, old: ColumnElement[bool]) -> int:
        keys = select(*table.primary_key.columns).where(old).limit(BATCH)
        some = delete(table).where(_row(table).in_(keys))
        total = 0
        while True:
            gone: int = self._database.write(
                lambda connection: connection.execute(some).rowcount, durable=False
            )
            total += gone
            if gone < BATCH:
                return total


def _tables(kind: str) -> tuple[tuple[Table, Old], ...]:
    return ((audit, lambda before: audit.c.at_ms < before),) if kind == AUDIT else _OLD[kind]


def _row(table: Table) -> Any:
    from sqlalchemy import tuple_

    columns = [*table.primary_key.columns]
    return columns[0] if len(columns) == 1 else tuple_(*columns)
