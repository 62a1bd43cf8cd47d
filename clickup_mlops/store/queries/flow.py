"""How work flows, across the timeline and the mirror: what came, what was finished, what is under
way. Counts are made by the database; no query reads more than the time that is asked for, or the
tasks that are open.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Join,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    text,
)

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.tables.decisions import decision
from clickup_mlops.store.tables.mirror import mirror
from clickup_mlops.store.tables.notes import note
from clickup_mlops.store.tables.timeline import Entry, timeline

BUCKET_MS: Final = 900_000
"""Counts are by quarters of an hour: every time zone's day begins with one."""
KNOWN_SINCE: Final = {"scope": "since", "name": "timeline"}
"""The note about since when the timeline is kept."""
MILESTONE: Final = 1
"""ClickUp's id of the task type."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many tasks of a List in the quarter of an hour from `at_ms` on (Unix ms)."""

    list_id: str
    at_ms: int
    count: int


@dataclass(frozen=True, slots=True)
class UnderWay:
    """An open task. `entered_ms`: since when it has its status, `began_ms`: when its first status
    after the open ones began; None: none did. `is_found`: since when is not known exactly.
    """

    task_id: str
    list_id: str
    status: str
    kind: str
    entered_ms: int
    began_ms: int | None
    is_found: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a task is, as last read."""

    task_id: str
    parent_id: str | None
    list_id: str
    is_open: bool


class Flows:
    """Reads; times in Unix ms; a range begins with `start_ms` and ends before `end_ms`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def created(self, workspace: str, start_ms: int, end_ms: int) -> list[Count]:
        """How many tasks were created."""
        return self._counts(_CREATED, workspace, start_ms, end_ms)

    def finished(self, workspace: str, start_ms: int, end_ms: int) -> list[Count]:
        """How many tasks were finished: each once, when it was finished last."""
        return self._counts(_FINISHED_COUNTS, workspace, start_ms, end_ms)

    def finished_steps(
        self, workspace: str, start_ms: int, end_ms: int, limit: int, workload: str = ""
    ) -> list[Entry]:
        """The entries `created` and `status` of the tasks that were finished last, at most `limit`;
        `workload`: of those among them that have it by their last decision.
        """
        values = {"w": workspace, "start": start_ms, "end": end_ms, "limit": limit}
        if workload:
            found = self._database.rows(_STEPS_OF, **values, workload=workload)
        else:
            found = self._database.rows(_ALL_STEPS, **values)
        return [Entry(*[*row[:-1], orjson.loads(row[-1])]) for row in found]

    def under_way(self, workspace: str) -> list[UnderWay]:
        """The open tasks on which work has begun, longest first."""
        return [*map(_under_way, self._database.rows(_UNDER_WAY, w=workspace))]

    def open_of(self, workspace: str, workload: str, limit: int) -> tuple[list[UnderWay], int]:
        """The open tasks of a workload, those with the oldest status first, and how many there
        are.
        """
        found = self._database.rows(_OPEN_OF, w=workspace, limit=limit, workload=workload)
        return [_under_way(row[:-1]) for row in found], (found[0][-1] if found else 0)

    def open_milestones(self, workspace: str, limit: int) -> list[dict[str, Any]]:
        """The open milestones, as ClickUp sent them; those that changed last first."""
        found = self._database.rows(_MILESTONES, w=workspace, limit=limit)
        return [orjson.loads(raw) for (raw,) in found]

    def closed_milestones(self, workspace: str, limit: int) -> list[dict[str, Any]]:
        """The closed milestones that are known still; those that changed last first."""
        found = self._database.rows(_CLOSED_MILESTONES, w=workspace, limit=limit)
        return [orjson.loads(raw) for (raw,) in found]

    def places(self, task_ids: Iterable[str], parents: Iterable[str]) -> list[Placed]:
        """Where these tasks are, and the subtasks of these parents."""
        values = {"tasks": [*task_ids], "parents": [*parents]}
        with self._database.reading() as connection:
            found = [
                *connection.execute(_PLACES, {"tasks": values["tasks"]}),
                *connection.execute(_CHILDREN, {"parents": values["parents"]}),
            ]
        places = {row[0]: row for row in found}.values()
        return [
            Placed(task, parent, list_id, bool(is_open))
            for task, parent, list_id, is_open in places
        ]

    def open_in_lists(self) -> dict[str, int]:
        """How many open tasks each List has, by its id."""
        return dict(self._database.rows(_OPEN_IN_LISTS))

    def known_since_ms(self, workspace: str) -> int | None:
        """From when on the timeline is complete: since the bot keeps it, else since the first
        status that is in it; None: nothing is.
        """
        found = self._database.rows(_SINCE, w=workspace, **KNOWN_SINCE)
        return next((at_ms for (at_ms,) in found if at_ms is not None), None)

    def _counts(
        self, query: Select[Any], workspace: str, start_ms: int, end_ms: int
    ) -> list[Count]:
        values = {"w": workspace, "start": start_ms, "end": end_ms}
        rows = self._database.rows(query, **values)
        return [Count(list_id, at * BUCKET_MS, count) for list_id, at, count in rows]


def _under_way(row: Sequence[Any]) -> UnderWay:
    task_id, list_id, value, entered_ms, began_ms = row
    status = orjson.loads(value)
    return UnderWay(
        task_id,
        list_id,
        str(status.get("to") or ""),
        str(status.get("type") or ""),
        entered_ms,
        began_ms,
        bool(status.get("found")),
    )


_t, _m = timeline.c, mirror.c
_in_range: Final = and_(
    _t.workspace == bindparam("w"), _t.at_ms >= bindparam("start"), _t.at_ms < bindparam("end")
)
_finished: Final = (_t.state == literal_column("'done'")) | (_t.state == literal_column("'closed'"))


def _own_kind(of: FromClause) -> ColumnElement[bool]:
    """Of the entries of steps."""
    return (of.c.kind == literal_column("'created'")) | (of.c.kind == literal_column("'status'"))


def _is_begun(of: FromClause) -> ColumnElement[bool]:
    """A status of a type of its own: work is under way."""
    others = ("", "open", "done", "closed")
    return and_(*(of.c.state != literal_column(f"'{one}'") for one in others))


def _per_bucket(found: Any) -> Select[Any]:
    bucket = found.c.at_ms // literal_column(f"{BUCKET_MS}", BigInteger)
    grouped = select(found.c.list_id, bucket, func.count()).group_by(found.c.list_id, bucket)
    return grouped.order_by(bucket, found.c.list_id)


_CREATED: Final = _per_bucket(
    select(_t.list_id, _t.at_ms).where(_in_range, _t.kind == "created").subquery()
)
_ends: Final = (
    select(_t.task_id, func.max(_t.list_id).label("list_id"), func.max(_t.at_ms).label("at_ms"))
    .where(_in_range, _t.kind == "status", _finished)
    .group_by(_t.task_id)
    .subquery()
)
_FINISHED_COUNTS: Final = _per_bucket(_ends)


def _newest_decision(task: ColumnElement[str]) -> Any:
    other = decision.alias()
    return select(func.max(other.c.id)).where(other.c.task_id == task).scalar_subquery()


_last: Final = (
    select(_ends.c.task_id, _ends.c.at_ms)
    .order_by(_ends.c.at_ms.desc(), _ends.c.task_id)
    .limit(bindparam("limit"))
    .subquery()
)
_last_steps: Final = _last.join(timeline, _t.task_id == _last.c.task_id)
_STEPS: Final = (
    select(*(_t[one.name] for one in fields(Entry)))
    .where(_own_kind(timeline))
    .order_by(_t.task_id, _t.at_ms, _t.id)
)
_own: Final = timeline.alias("own")
_newest: Final = (
    select(_own.c.id)
    .where(_own.c.task_id == _m.task_id, _own_kind(_own))
    .order_by(_own.c.at_ms.desc(), _own.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_began: Final = (
    select(func.min(_own.c.at_ms))
    .where(_own.c.task_id == _m.task_id, _own_kind(_own))
    .where(_is_begun(_own))
    .scalar_subquery()
    .label("began_ms")
)
_is_open: Final = text("is_open")  # as in the indexes
_with_status: Final = mirror.join(timeline, _t.id == _newest)
# Open tasks are read from an index alone; the Workspace is that of the entry.
_OPEN: Final = select(_m.task_id, _m.list_id, _t.value, _t.at_ms, _began).where(
    _is_open, _t.workspace == bindparam("w")
)
_UNDER_WAY: Final = (
    _OPEN.select_from(_with_status).where(_is_begun(timeline)).order_by("began_ms", _m.task_id)
)


_OLDEST: Final = (
    _OPEN.add_columns(func.count().over()).order_by(_t.at_ms, _m.task_id).limit(bindparam("limit"))
)
_ALL_STEPS: Final = _STEPS.select_from(_last_steps)


def _decided(query: Select[Any], tables: Join, task: ColumnElement[str]) -> Select[Any]:
    """Of the tasks whose newest decision names the workload."""
    newest = tables.join(decision, decision.c.id == _newest_decision(task))
    return query.select_from(newest).where(decision.c.workload == bindparam("workload"))


_STEPS_OF: Final = _decided(_STEPS, _last_steps, _last.c.task_id)
_OPEN_OF: Final = _decided(_OLDEST, _with_status, _m.task_id)
_ALL_MILESTONES: Final = (
    select(_m.raw)
    .where(_m.item_type == literal_column(f"{MILESTONE}"), text("item_type > 0"))
    .where(_m.workspace == bindparam("w"))
    .order_by(_m.updated_ms.desc(), _m.task_id)
    .limit(bindparam("limit"))
)
_MILESTONES: Final = _ALL_MILESTONES.where(_is_open)
_CLOSED_MILESTONES: Final = _ALL_MILESTONES.where(text("not is_open"))
_PLACED: Final = select(_m.task_id, _m.parent_id, _m.list_id, _m.is_open)
_PLACES: Final = _PLACED.where(_m.task_id.in_(bindparam("tasks", expanding=True)))
_CHILDREN: Final = _PLACED.where(
    _m.parent_id.in_(bindparam("parents", expanding=True)), text("parent_id is not null")
)
_OPEN_IN_LISTS: Final = select(_m.list_id, func.count()).where(_is_open).group_by(_m.list_id)
_first: Final = (
    select(_t.at_ms)
    .where(_t.workspace == bindparam("w"), _t.kind == "status")
    .order_by(_t.at_ms)
    .limit(1)
    .scalar_subquery()
)
_kept: Final = (
    select(note.c.at_ms)
    .where(note.c.scope == bindparam("scope"), note.c.name == bindparam("name"))
    .scalar_subquery()
)
_SINCE: Final = select(func.coalesce(_kept, _first))
