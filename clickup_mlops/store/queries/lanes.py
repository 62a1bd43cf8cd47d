"""Lanes of open tasks: which are first, which wait for others, which have a priority that is held.

A task is in the lane of the workload that its newest decision names. All is read from indexes and
narrow columns; no task is parsed, and no history is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import orjson
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    bindparam,
    func,
    literal_column,
    select,
    text,
)

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.tables.decisions import DecisionRow, decision
from clickup_mlops.store.tables.mirror import mirror
from clickup_mlops.store.tables.notes import LATCH, WAITS, note
from clickup_mlops.store.tables.overrides import IMPORT, Override, override

NO_PRIORITY: Final = 5
"""Stands for no priority, after Low (4)."""
_NORMAL: Final = 4
"""Rank of a task whose decision has none: it is older than ranks."""
_QUIET: Final = 5
"""Rank of a service with nothing to do."""


@dataclass(frozen=True, slots=True)
class WaitsFor:
    """A task waits for the `blockers` (ids) since the bot noticed it (Unix ms)."""

    task_id: str
    blockers: tuple[str, ...]
    at_ms: int


class Lanes:
    """Reads across open tasks and their decisions. Each gives at most `limit`, and how many there
    are altogether.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def first(self, workload: str, limit: int) -> tuple[list[str], int]:
        """Ids in the order of `routing.order`: by rank, then by priority (none: last), and among
        equals the oldest first. Services that meet their objectives are not there.
        """
        rows = self._database.rows(_FIRST, workload=workload, limit=limit)
        return [task_id for task_id, _total in rows], _total(rows)

    def place(self, task_id: str) -> tuple[str, int, int] | None:
        """The lane of a task, its place there (1 is first), and how many tasks the lane has. None:
        it is in no lane.
        """
        lane = next((name for (name,) in self._database.rows(_WORKLOAD, task_id=task_id)), None)
        if lane is None:
            return None
        rows = self._database.rows(_PLACE, workload=lane, task_id=task_id)
        return next(((lane, place, total) for place, total in rows), None)

    def waiting(self, workload: str, limit: int) -> tuple[list[WaitsFor], int]:
        """Open tasks that wait for others, the longest first."""
        waiting = self._database.rows(_WAITING, workload=workload, limit=limit)
        rows = [
            WaitsFor(name, _parse_blockers(value), at_ms) for name, value, at_ms, _total in waiting
        ]
        return rows, _total(waiting)

    def held(self, workload: str, now_ms: int, limit: int) -> tuple[list[Override], int]:
        """Open tasks whose priority is held now, imports left out; those that end first."""
        rows = self._database.rows(_HELD, workload=workload, now=now_ms, limit=limit)
        return [Override(*row[:-1]) for row in rows], _total(rows)

    def latched(
        self, automation: str, workload: str, limit: int
    ) -> tuple[list[tuple[str, int]], int]:
        """Open tasks for which an automation has acted and waits for its `until`, and since when
        (Unix ms), the longest first.
        """
        prefix = f"{automation}:"
        values = {"prefix": prefix, "length": len(prefix), "start": len(prefix) + 1}
        rows = self._database.rows(_LATCHED, workload=workload, limit=limit, **values)
        return [(task_id, at_ms) for task_id, at_ms, _total in rows], _total(rows)

    def decisions(self, task_ids: Sequence[str]) -> dict[str, DecisionRow]:
        """The newest decision of each of these tasks that is known and has one, by task."""
        with self._database.reading() as connection:
            rows = connection.execute(_DECISIONS, {"task_ids": [*task_ids]}).all()
        return {
            task_id: DecisionRow(task_id, key, at_ms, orjson.loads(body))
            for task_id, key, at_ms, body in rows
        }


def _total(rows: Sequence[Sequence[Any]]) -> int:
    return int(rows[0][-1]) if rows else 0


def _parse_blockers(value: str) -> tuple[str, ...]:
    return tuple(orjson.loads(value)["for"])


_decision = decision.alias()


def _newest_decision(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Of a task of the mirror: one look into the index, however many decisions there were."""
    of_task = select(column).where(_decision.c.task_id == mirror.c.task_id)
    return of_task.order_by(_decision.c.id.desc()).limit(1).scalar_subquery()


_is_open: Final = text("is_open")  # as in the index
_in_lane: Final = (_is_open, _newest_decision(_decision.c.workload) == bindparam("workload"))
_rank: Final = func.coalesce(_newest_decision(_decision.c.rank), _NORMAL)
_all: Final = func.count().over()


def _open_tasks(rows: FromClause, task_id: ColumnElement[str], *columns: Any) -> Select[Any]:
    joined = rows.join(mirror, mirror.c.task_id == task_id)
    return select(*columns, _all).select_from(joined).where(*_in_lane).limit(bindparam("limit"))


# The List is in the index that has everything: SQLite would take the smallest one, and read rows.
_listed: Final = (mirror.c.list_id >= literal_column("''"), *_in_lane, _rank < _QUIET)
_order: Final[tuple[ColumnElement[Any], ...]] = (
    _rank,
    func.coalesce(mirror.c.priority, NO_PRIORITY),
    func.coalesce(mirror.c.created_ms, 0),
    mirror.c.task_id,
)
_FIRST: Final = (
    select(mirror.c.task_id, _all).where(*_listed).order_by(*_order).limit(bindparam("limit"))
)
_numbered: Final = (
    select(
        mirror.c.task_id, func.row_number().over(order_by=_order).label("place"), _all.label("n")
    )
    .where(*_listed)
    .subquery()
)
_PLACE: Final = select(_numbered.c.place, _numbered.c.n).where(
    _numbered.c.task_id == bindparam("task_id")
)
_WORKLOAD: Final = (
    select(decision.c.workload)
    .where(decision.c.task_id == bindparam("task_id"))
    .order_by(decision.c.id.desc())
    .limit(1)
)
_newest_ids = (
    select(func.max(_newest_decision(_decision.c.id)))
    .where(mirror.c.task_id.in_(bindparam("task_ids", expanding=True)))
    .group_by(mirror.c.task_id)
)
_DECISIONS: Final = select(
    decision.c.task_id, decision.c.event_key, decision.c.decided_ms, decision.c.body
).where(decision.c.id.in_(_newest_ids))
_WAITING: Final = (
    _open_tasks(note, note.c.name, note.c.name, note.c.value, note.c.at_ms)
    .where(note.c.scope == WAITS)
    .order_by(note.c.at_ms, note.c.name)
)
_HELD: Final = (
    _open_tasks(
        override,
        override.c.task_id,
        *(override.c[attribute.name] for attribute in fields(Override)),
    )
    .where(override.c.until_ms > bindparam("now"), override.c.origin != IMPORT)
    # A person who clears the priority leaves it to the policy: nothing is held.
    .where(override.c.priority.is_not(None))
    .order_by(override.c.until_ms, override.c.task_id)
)
_latched_task = func.substr(note.c.name, bindparam("start"))
_automation = func.substr(note.c.name, 1, bindparam("length"))
_LATCHED: Final = (
    _open_tasks(note, _latched_task, _latched_task, note.c.at_ms)
    .where(note.c.scope == LATCH, _automation == bindparam("prefix"))
    .order_by(note.c.at_ms, note.c.name)
)
