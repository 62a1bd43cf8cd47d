"""How work flows, across the timeline and the mirror: what came, what was finished, what is under
way. Counts are made by the database; no query reads more than the time that is asked for, or the
tasks that are open.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    LargeBinary,
    Select,
    and_,
    bindparam,
    func,
    literal,
    select,
    text,
)

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.tables.decisions import decision
from clickup_mlops.store.tables.mirror import mirror
from clickup_mlops.store.tables.timeline import Entry, timeline

BUCKET_MS: Final = 900_000
"""Counts are by quarters of an hour: every time zone's day begins with one."""
MILESTONE: Final = 1
"""ClickUp's id of the task type."""
_FINISHED: Final = ("done", "closed")


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
        self._of_workload = _of_workload(is_sqlite=database.is_sqlite)

    def created(self, workspace: str, start_ms: int, end_ms: int) -> list[Count]:
        """How many tasks were created."""
        return self._counts(_CREATED, workspace, start_ms, end_ms)

    def finished(self, workspace: str, start_ms: int, end_ms: int) -> list[Count]:
        """How many tasks were finished: each once, when it was finished last."""
        return self._counts(_FINISHED_COUNTS, workspace, start_ms, end_ms)

    def latest_finished(
        self, workspace: str, start_ms: int, end_ms: int, limit: int
    ) -> dict[str, str]:
        """The tasks that were finished last, by id, with the workload of their last decision;
        empty: nothing is decided.
        """
        values = {"w": workspace, "start": start_ms, "end": end_ms, "limit": limit}
        found = self._database.rows(_LATEST, **values)
        return {task_id: _workload(body) for task_id, body in found}

    def steps(self, task_ids: Sequence[str]) -> list[Entry]:
        """The entries `created` and `status` of these tasks."""
        if not task_ids:
            return []
        with self._database.reading() as connection:
            found = connection.execute(_STEPS, {"tasks": [*task_ids]}).all()
        return [Entry(*row[:-1], orjson.loads(row[-1])) for row in found]

    def under_way(self, workspace: str) -> list[UnderWay]:
        """The open tasks on which work has begun, longest first."""
        return [*map(_under_way, self._database.rows(_UNDER_WAY, w=workspace))]

    def open_of(self, workspace: str, workload: str, limit: int) -> tuple[list[UnderWay], int]:
        """The open tasks of a workload, those with the oldest status first, and how many there
        are.
        """
        named = f'"workload":"{workload}"'
        wanted = named.encode() if self._database.is_sqlite else named
        found = self._database.rows(self._of_workload, w=workspace, named=wanted, limit=limit)
        return [_under_way(row[:-1]) for row in found], (found[0][-1] if found else 0)

    def open_milestones(self, workspace: str, limit: int) -> list[dict[str, Any]]:
        """The open milestones, as ClickUp sent them; those that changed last first."""
        found = self._database.rows(_MILESTONES, w=workspace, limit=limit)
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

    def open_in_lists(self, workspace: str) -> dict[str, int]:
        """How many open tasks each List has."""
        return dict(self._database.rows(_OPEN_IN_LISTS, w=workspace))

    def known_since_ms(self, workspace: str) -> int | None:
        """The time of the first status that an event has reported; None: none has yet."""
        found = self._database.rows(_SINCE, w=workspace)
        return found[0][0] if found else None

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


def _workload(body: bytes | None) -> str:
    return str(orjson.loads(body).get("workload") or "") if body else ""


_t, _m = timeline.c, mirror.c
_in_range: Final = and_(
    _t.workspace == bindparam("w"), _t.at_ms >= bindparam("start"), _t.at_ms < bindparam("end")
)


def _per_bucket(found: Any) -> Select[Any]:
    bucket = found.c.at_ms // literal(BUCKET_MS, BigInteger)
    grouped = select(found.c.list_id, bucket, func.count()).group_by(found.c.list_id, bucket)
    return grouped.order_by(bucket, found.c.list_id)


_CREATED: Final = _per_bucket(
    select(_t.list_id, _t.at_ms).where(_in_range, _t.kind == "created").subquery()
)
_ends: Final = (
    select(_t.task_id, func.max(_t.list_id).label("list_id"), func.max(_t.at_ms).label("at_ms"))
    .where(_in_range, _t.kind == "status", _t.state.in_(_FINISHED))
    .group_by(_t.task_id)
    .subquery()
)
_FINISHED_COUNTS: Final = _per_bucket(_ends)


def _newest_decision(task: ColumnElement[str]) -> Any:
    return select(func.max(decision.c.id)).where(decision.c.task_id == task).scalar_subquery()


_last: Final = (
    select(_ends.c.task_id, _ends.c.at_ms)
    .order_by(_ends.c.at_ms.desc(), _ends.c.task_id)
    .limit(bindparam("limit"))
    .subquery()
)
_LATEST: Final = (
    select(_last.c.task_id, decision.c.body)
    .outerjoin(decision, decision.c.id == _newest_decision(_last.c.task_id))
    .order_by(_last.c.at_ms.desc(), _last.c.task_id)
)
_STEPS: Final = (
    select(
        _t.key,
        _t.workspace,
        _t.task_id,
        _t.at_ms,
        _t.kind,
        _t.text,
        _t.actor,
        _t.url,
        _t.value,
    )
    .where(_t.task_id.in_(bindparam("tasks", expanding=True)), _t.kind.in_(("created", "status")))
    .order_by(_t.task_id, _t.at_ms, _t.id)
)

_own: Final = timeline.alias("own")
_newest: Final = (
    select(_own.c.id)
    .where(_own.c.task_id == _m.task_id, _own.c.kind.in_(("created", "status")))
    .order_by(_own.c.at_ms.desc(), _own.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_began: Final = (
    select(func.min(_own.c.at_ms))
    .where(_own.c.task_id == _m.task_id, _own.c.kind.in_(("created", "status")))
    .where(_own.c.state.not_in(("", "open", *_FINISHED)))
    .scalar_subquery()
    .label("began_ms")
)
_is_open: Final = text("is_open")  # as in the indexes
_OPEN: Final = (
    select(_m.task_id, _m.list_id, _t.value, _t.at_ms, _began)
    .join(timeline, _t.id == _newest)
    .where(_is_open, _m.workspace == bindparam("w"))
)
_UNDER_WAY: Final = _OPEN.where(_t.state.not_in(("", "open", *_FINISHED))).order_by(
    "began_ms", _m.task_id
)


def _of_workload(*, is_sqlite: bool) -> Select[Any]:
    """A decision's body is compact JSON that the bot has written itself."""
    if is_sqlite:
        place = func.instr(decision.c.body, bindparam("named", type_=LargeBinary))
    else:
        place = func.strpos(func.convert_from(decision.c.body, "UTF8"), bindparam("named"))
    return (
        _OPEN.add_columns(func.count().over())
        .join(decision, decision.c.id == _newest_decision(_m.task_id))
        .where(place > 0)
        .order_by(_t.at_ms, _m.task_id)
        .limit(bindparam("limit"))
    )


_MILESTONES: Final = (
    select(_m.raw)
    .where(_m.item_type == literal(MILESTONE), text("item_type > 0"), _is_open)
    .where(_m.workspace == bindparam("w"))
    .order_by(_m.updated_ms.desc(), _m.task_id)
    .limit(bindparam("limit"))
)
_PLACED: Final = select(_m.task_id, _m.parent_id, _m.list_id, _m.is_open)
_PLACES: Final = _PLACED.where(_m.task_id.in_(bindparam("tasks", expanding=True)))
_CHILDREN: Final = _PLACED.where(
    _m.parent_id.in_(bindparam("parents", expanding=True)), text("parent_id is not null")
)
_OPEN_IN_LISTS: Final = (
    select(_m.list_id, func.count())
    .where(_is_open, _m.workspace == bindparam("w"))
    .group_by(_m.list_id)
)
_SINCE: Final = (
    select(_t.at_ms)
    .where(_t.workspace == bindparam("w"), _t.kind == "status")
    .order_by(_t.at_ms)
    .limit(1)
)
