"""How work flows, across the timeline and the mirror: what came, what was finished, what is under
way. Counts are made by the database; no query reads more than the time that is asked for, or the
tasks that are open.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    bindparam,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    text,
)

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.queries import pieces
from clickup_mlops.store.queries.origins import is_created_by_bot
from clickup_mlops.store.tables.decisions import decision
from clickup_mlops.store.tables.mirror import mirror
from clickup_mlops.store.tables.notes import note
from clickup_mlops.store.tables.timeline import timeline
from clickup_mlops.store.timeline_rows import Entry

KNOWN_SINCE: Final = {"scope": "since", "name": "timeline"}
"""The note about since when the timeline is kept."""
MILESTONE: Final = 1
"""ClickUp's id of the task type."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many tasks of a List, the first of them at `at_ms` (Unix ms); empty: of all Lists."""

    list_id: str
    at_ms: int
    count: int


class Entered(NamedTuple):
    """A task gets a status of a type (`kind`); empty: not known."""

    task_id: str
    at_ms: int
    status: str
    kind: str
    list_id: str
    is_creation: bool


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
    """Where a task is, as last read; `is_open`: it is not finished."""

    task_id: str
    parent_id: str | None
    list_id: str
    is_open: bool


class Flows:
    """Reads; times in Unix ms; a range begins with `start_ms` and ends before `end_ms`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def created(
        self, workspace: str, start_ms: int, end_ms: int, bounds: Sequence[int] = ()
    ) -> list[Count]:
        """How many tasks people created, oldest first. Each count is of a day at most, and of one
        side of each of the `bounds` (Unix ms, ascending); without bounds, or if those are of more
        than eight rhythms of days, it is of a quarter of an hour.
        """
        return self._counts(_created_by_people(), workspace, start_ms, end_ms, bounds)

    def created_by_bot(self, workspace: str, start_ms: int, end_ms: int) -> frozenset[str]:
        """Ids of those that automations, provisioning and migrations created."""
        values = {"w": workspace, "start": start_ms, "end": end_ms}
        return frozenset(task_id for (task_id,) in self._database.rows(_created_by_bot(), **values))

    def finished(
        self, workspace: str, start_ms: int, end_ms: int, bounds: Sequence[int] = ()
    ) -> list[Count]:
        """The same of tasks that were finished: each once, when it was finished last."""
        return self._counts(_FINISHED, workspace, start_ms, end_ms, bounds)

    def finished_in_lists(
        self, workspace: str, start_ms: int, end_ms: int, bounds: Sequence[int] = ()
    ) -> list[Count]:
        """The same, by List."""
        return self._counts(_FINISHED_IN_LISTS, workspace, start_ms, end_ms, bounds)

    def finished_steps(
        self, workspace: str, start_ms: int, end_ms: int, limit: int, workload: str = ""
    ) -> list[Entry]:
        """The entries `created` and `status` of the tasks that were finished last, at most `limit`;
        `workload`: of those among them that have it by their last decision.
        """
        values = {"w": workspace, "start": start_ms, "end": end_ms, "limit": limit}
        if workload:
            rows = self._database.rows(_STEPS_OF, **values, workload=workload)
        else:
            rows = self._database.rows(_STEPS, **values)
        return [Entry(*[*row[:-1], orjson.loads(row[-1])]) for row in rows]

    def entered(self, workspace: str, start_ms: int, end_ms: int) -> Iterator[Entered]:
        """Each status that tasks got: when they were created, oldest first, then later ones."""
        read = cache(_status)
        values = {"w": workspace, "start": start_ms, "end": end_ms}
        for task_id, at_ms, kind, value, state, list_id in self._database.rows(_ENTERED, **values):
            yield Entered(task_id, at_ms, read(value)[0], state, list_id, kind == "created")

    def under_way(self, workspace: str) -> list[UnderWay]:
        """The open tasks on which work has begun, longest first."""
        return _under_way(self._database.rows(_UNDER_WAY, w=workspace))

    def open_of(self, workspace: str, workload: str, limit: int) -> tuple[list[UnderWay], int]:
        """The unfinished tasks of a workload, those with the oldest status first, and how many
        there are.
        """
        rows = self._database.rows(_OPEN_OF, w=workspace, limit=limit, workload=workload)
        return _under_way([row[:-1] for row in rows]), (rows[0][-1] if rows else 0)

    def open_milestones(self, workspace: str, limit: int) -> list[dict[str, Any]]:
        """The open milestones, as ClickUp sent them; those that changed last first."""
        rows = self._database.rows(_MILESTONES, w=workspace, limit=limit)
        return [orjson.loads(raw) for (raw,) in rows]

    def milestones(self, workspace: str) -> list[dict[str, Any]]:
        """All milestones that are known, finished ones too, as ClickUp sent them."""
        rows = self._database.rows(_ALL_MILESTONES, w=workspace)
        return [orjson.loads(raw) for (raw,) in rows]

    def closed_milestones(self, workspace: str, limit: int) -> list[dict[str, Any]]:
        """The closed milestones that are known still; those that changed last first."""
        rows = self._database.rows(_CLOSED_MILESTONES, w=workspace, limit=limit)
        return [orjson.loads(raw) for (raw,) in rows]

    def places(self, task_ids: Iterable[str], parents: Iterable[str]) -> list[Placed]:
        """Where these tasks are, and the subtasks of these parents."""
        values = {"tasks": [*task_ids], "parents": [*parents]}
        with self._database.reading() as connection:
            rows = [
                *connection.execute(_PLACES, {"tasks": values["tasks"]}),
                *connection.execute(_CHILDREN, {"parents": values["parents"]}),
            ]
        places = {row[0]: row for row in rows}.values()
        return [
            Placed(task, parent, list_id, bool(is_open))
            for task, parent, list_id, is_open in places
        ]

    def open_in_lists(self) -> dict[str, int]:
        """How many unfinished tasks each List has, by its id."""
        serving = dict(self._database.rows(_SERVING_IN_LISTS))
        counts = self._database.rows(_OPEN_IN_LISTS)
        return {name: count - serving.get(name, 0) for name, count in counts}

    def known_since_ms(self, workspace: str) -> int | None:
        """From when on the timeline is complete: since the bot keeps it, else since the first
        status that is in it; None: nothing is.
        """
        rows = self._database.rows(_SINCE, w=workspace, **KNOWN_SINCE)
        return next((at_ms for (at_ms,) in rows if at_ms is not None), None)

    def _counts(
        self,
        query: Select[Any],
        workspace: str,
        start_ms: int,
        end_ms: int,
        bounds: Sequence[int],
    ) -> list[Count]:
        values = {"w": workspace, "start": start_ms, "end": end_ms} | pieces.parameters(bounds)
        return [Count(*row) for row in self._database.rows(query, **values)]


def _under_way(rows: Iterable[Sequence[Any]]) -> list[UnderWay]:
    read = cache(_status)  # many tasks have the same
    return [
        UnderWay(task_id, list_id, *read(value)[:2], entered_ms, began_ms, read(value)[2])
        for task_id, list_id, value, entered_ms, began_ms in rows
    ]


def _status(value: str) -> tuple[str, str, bool]:
    status = orjson.loads(value)
    is_initial = bool(status.get("found"))
    return str(status.get("to") or ""), str(status.get("type") or ""), is_initial


_t, _m = timeline.c, mirror.c
_in_range: Final = and_(
    _t.workspace == bindparam("w"), _t.at_ms >= bindparam("start"), _t.at_ms < bindparam("end")
)


def _is_finished(of: FromClause) -> ColumnElement[bool]:
    return or_(*(of.c.state == literal_column(f"'{state}'") for state in ("done", "closed")))


def _own_kind(of: FromClause) -> ColumnElement[bool]:
    """Of the entries of steps."""
    return (of.c.kind == literal_column("'created'")) | (of.c.kind == literal_column("'status'"))


def _is_begun(of: FromClause) -> ColumnElement[bool]:
    """A status of a type of its own: work is under way."""
    not_begun = ("", "open", "done", "closed")
    return and_(*(of.c.state != literal_column(f"'{state}'") for state in not_begun))


_piece: Final = pieces.piece(_t.at_ms)
_later: Final = timeline.alias("later")
_again: Final = (
    select(_later.c.id)
    .where(
        _later.c.task_id == _t.task_id,
        _later.c.at_ms >= _t.at_ms,
        _later.c.at_ms < bindparam("end"),
        _later.c.kind == literal_column("'status'"),
        _is_finished(_later),
        (_later.c.at_ms > _t.at_ms) | (_later.c.id > _t.id),
    )
    .exists()
)
"""The task was finished once more in the range."""
_finished_last: Final = and_(
    _in_range, _t.kind == literal_column("'status'"), _is_finished(timeline), not_(_again)
)


def _counted(list_id: ColumnElement[str], chosen: ColumnElement[bool], *by: Any) -> Select[Any]:
    first = func.min(_t.at_ms).label("first_ms")
    columns: tuple[Any, ...] = (list_id, first, func.count())
    return select(*columns).where(chosen).group_by(_piece, *by).order_by(first, *by)


_all_lists: Final[ColumnElement[str]] = literal_column("''")
_is_creation: Final = and_(_in_range, _t.kind == literal_column("'created'"))
_FINISHED: Final = _counted(_all_lists, _finished_last)
_FINISHED_IN_LISTS: Final = _counted(_t.list_id, _finished_last, _t.list_id)


@cache
def _created_by_people() -> Select[Any]:
    return _counted(_all_lists, and_(_is_creation, not_(is_created_by_bot(_t.task_id))))


@cache
def _created_by_bot() -> Select[Any]:
    return select(_t.task_id).where(_is_creation, is_created_by_bot(_t.task_id))


def _newest_workload(task: ColumnElement[str]) -> Any:
    """By one look into an index."""
    task_decision = decision.alias()
    of_task = select(task_decision.c.workload).where(task_decision.c.task_id == task)
    return of_task.order_by(task_decision.c.id.desc()).limit(1).scalar_subquery()


_last: Final = (
    select(_t.task_id, _t.at_ms)
    .where(_finished_last)
    .order_by(_t.at_ms.desc(), _t.task_id)
    .limit(bindparam("limit"))
    .subquery()
)
_steps: Final = timeline.alias("steps")
_STEPS: Final = (
    select(*(_steps.c[column.name] for column in fields(Entry)))
    .select_from(_last.join(_steps, _steps.c.task_id == _last.c.task_id))
    .where(_own_kind(_steps))
    .order_by(_steps.c.task_id, _steps.c.at_ms, _steps.c.id)
)
_STEPS_OF: Final = _STEPS.where(_newest_workload(_last.c.task_id) == bindparam("workload"))
_ENTERED: Final = (
    select(_t.task_id, _t.at_ms, _t.kind, _t.value, _t.state, _t.list_id)
    .where(_in_range, _own_kind(timeline), _t.task_id != "")
    .order_by(_t.kind, _t.at_ms, _t.id)
)
_entry: Final = timeline.alias("own")
_newest: Final = (
    select(_entry.c.id)
    .where(_entry.c.task_id == _m.task_id, _own_kind(_entry))
    # In the order of the index, so that nothing is sorted: a status comes after its creation.
    .order_by(_entry.c.at_ms.desc(), _entry.c.kind.desc(), _entry.c.state.desc())
    .limit(1)
    .scalar_subquery()
)


def _began(task: ColumnElement[str]) -> Any:
    earliest = select(func.min(_entry.c.at_ms)).where(_entry.c.task_id == task)
    chosen = earliest.where(_own_kind(_entry)).where(_is_begun(_entry))
    return chosen.scalar_subquery().label("began_ms")


_is_open: Final = text("is_open")  # as in the indexes
_serves: Final = func.coalesce(_m.serves, false())
"""Finished, though it is open for routing: the work is done."""


def _with_status(*chosen: Any) -> tuple[Any, Any]:
    """Open tasks, read from an index alone; the Workspace is that of the entry."""
    statement = select(_m.task_id, _m.list_id, _newest.label("newest")).where(_is_open, *chosen)
    # PostgreSQL would look for the newest entry again and again.
    of = statement.cte("open_task").prefix_with("MATERIALIZED", dialect="postgresql").c
    columns: Any = select(of.task_id, of.list_id, _t.value, _t.at_ms)
    return of, columns.where(_t.id == of.newest, _t.workspace == bindparam("w"))


_open, _OPEN = _with_status()
_UNDER_WAY: Final = (
    _OPEN.add_columns(_began(_open.task_id))
    .where(_is_begun(timeline))
    .order_by("began_ms", _open.task_id)
)
_chosen, _CHOSEN = _with_status(
    # The List is in the index that has everything: SQLite would take the smallest one.
    _m.list_id >= literal_column("''"),
    _newest_workload(_m.task_id) == bindparam("workload"),
)
_oldest: Final = (
    _CHOSEN.where(not_(_is_finished(timeline)))  # a service is open, but finished
    .add_columns(func.count().over().label("total"))
    .order_by(_t.at_ms, _chosen.task_id)
    .limit(bindparam("limit"))
    .subquery()
)
_o: Final = _oldest.c
_OPEN_OF: Final = select(
    _o.task_id, _o.list_id, _o.value, _o.at_ms, _began(_o.task_id), _o.total
).order_by(_o.at_ms, _o.task_id)
_ALL_MILESTONES: Final = (
    select(_m.raw)
    .where(_m.item_type == literal_column(f"{MILESTONE}"), text("item_type > 0"))
    .where(_m.workspace == bindparam("w"))
)
_newest_milestones: Final = _ALL_MILESTONES.order_by(_m.updated_ms.desc(), _m.task_id).limit(
    bindparam("limit")
)
_MILESTONES: Final = _newest_milestones.where(_is_open, not_(_serves))
_CLOSED_MILESTONES: Final = _newest_milestones.where(or_(text("not is_open"), _serves))
_PLACED: Final = select(_m.task_id, _m.parent_id, _m.list_id, and_(_m.is_open, not_(_serves)))
_PLACES: Final = _PLACED.where(_m.task_id.in_(bindparam("tasks", expanding=True)))
_CHILDREN: Final = _PLACED.where(
    _m.parent_id.in_(bindparam("parents", expanding=True)), text("parent_id is not null")
)
_OPEN_IN_LISTS: Final = select(_m.list_id, func.count()).where(_is_open).group_by(_m.list_id)
# Counted apart: the index of open tasks does not have it.
_SERVING_IN_LISTS: Final = (
    select(_m.list_id, func.count()).where(text("serves")).group_by(_m.list_id)
)
_first: Final = (
    select(_t.at_ms)
    .where(_t.workspace == bindparam("w"), _t.kind == "status")
    .order_by(_t.at_ms)
    .limit(1)
    .scalar_subquery()
)
_recorded_since: Final = (
    select(note.c.at_ms)
    .where(note.c.scope == bindparam("scope"), note.c.name == bindparam("name"))
    .scalar_subquery()
)
_SINCE: Final = select(func.coalesce(_recorded_since, _first))
