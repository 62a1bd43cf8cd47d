"""Incidents: since when users were affected, until when, and the room where people met.

Their timeline is that of their tasks. A task has at most one open incident. A task about the same
thing joins the incident that is open; one that ended a short while ago opens again, as an alert
that flaps wants it. It ends when all of its tasks have left.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Final

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Table,
    Text,
    bindparam,
    func,
    select,
    update,
)

from clickup_mlops.features.incidents.incident import INTO, Incident, IncidentTask
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import readers_of_task
from clickup_mlops.store.database.schema import metadata, partial
from clickup_mlops.store.tables import Expiry, store_table

incident = Table(
    "incident",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace", Text, nullable=False),
    Column("task_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("opened_ms", BigInteger, nullable=False),
    Column("closed_ms", BigInteger),
    Column("lead", Text, nullable=False),
    Column("room", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("details", Text, nullable=False),
    Index(None, "workspace", "opened_ms"),
    Index(None, "workspace", "key", "opened_ms"),
    Index(None, "task_id"),
    partial("ix_incident_open", "workspace", "opened_ms", where="closed_ms is null"),
    info=readers_of_task(),
)

incident_task = Table(
    "incident_task",
    metadata,
    Column("incident_id", Text, primary_key=True),
    Column("task_id", Text, primary_key=True),
    Column("joined_ms", BigInteger, nullable=False),
    Column("left_ms", BigInteger),
    Index(None, "task_id", "joined_ms"),
    info=readers_of_task(),
)


MOST_COMPARED: Final = 100
"""Open incidents among which the same outage is looked for."""
HEARD_MS: Final = 600_000
"""The end of an alert may be reported so much later: until then people write of a live incident."""
Match = Callable[[Incident, Sequence[Incident]], Incident | None]
"""The incident that a task joins, from what it wants to open and the incidents that there are."""
Join = Callable[[Incident, Incident], Incident]
"""An incident once a task has joined it that wanted to open the other one."""
Begin = Callable[[Incident, Sequence[Incident]], Incident]
"""A new incident as it is stored, from what was wanted and those that are open."""

Plan = Callable[[Incident, Incident, Sequence[str]], tuple[Sequence[str], Incident, Incident]]
"""From source, target and the source's affected tasks: those to be moved, and both afterwards."""


def same_key(desired: Incident, incidents: Sequence[Incident]) -> Incident | None:
    """The first one with the same key."""
    return next((incident for incident in incidents if incident.key == desired.key), None)


def unchanged(incident: Incident, _desired: Incident) -> Incident:
    """The incident as it is."""
    return incident


def begun(desired: Incident, _others: Sequence[Incident]) -> Incident:
    """The incident as it is wanted."""
    return desired


class Incidents:
    """By id, oldest first."""

    def __init__(self, database: Database) -> None:
        self._database, self._run = database, database.prepared.on
        statement = database.insert(incident)
        self._upsert = statement.on_conflict_do_update(
            index_elements=["id"],
            set_={name: statement.excluded[name] for name in _NAMES if name != "id"},
        )
        joins = database.insert(incident_task)
        key = ["incident_id", "task_id"]
        moved = {"left_ms": None, "joined_ms": joins.excluded.joined_ms}
        self._move_in = joins.on_conflict_do_update(index_elements=key, set_=moved)
        # Twice is once: only a task that had left joins again.
        self._join = joins.on_conflict_do_update(
            index_elements=key, set_=moved, where=incident_task.c.left_ms.is_not(None)
        )

    def put(self, incident: Incident, *, wait: bool = True) -> None:
        """Stores it, in place of what was known. `wait` False: with this thread's next write."""
        self._database.put([(self._upsert, _row(incident))], wait=wait)

    def close(self, incident_id: str, at_ms: int, *, wait: bool = True) -> None:
        """It is over, unless that was known."""
        self._database.put([(_CLOSE, {"i": incident_id, "at": at_ms})], wait=wait)

    def enter(
        self,
        desired: Incident,
        since_ms: int,
        *,
        joined_ms: int | None = None,
        again: str = "",
        match: Match = same_key,
        join: Join = unchanged,
        begin: Begin = begun,
    ) -> Incident:
        """The incident that `desired.task_id` belongs to from now on: the one in which it is; else
        the `match` among those that are open or have closed since then (Unix ms), open ones and
        newer ones first, which opens again; else `desired`, stored as `begin` has it. On disk when
        this returns; twice is the same as once.

        `again`: that incident and no other, which the task has left. `joined_ms`: when the task
        joins it; None: when `desired` opened.
        """

        def enter(connection: Connection) -> Incident:
            self._one_at_a_time(connection, desired.workspace)
            existing = self._existing(connection, desired, since_ms, again, match)
            if existing is None:
                values = {"w": desired.workspace, "limit": MOST_COMPARED}
                after = begin(desired, _read(self._run(connection, _OPEN, values).rows))
            else:
                after = join(existing, desired)
            after = replace(after, closed_ms=None)
            if after != existing:
                self._run(connection, self._upsert, _row(after))
            self._run(connection, self._join, _member(after.id, desired, joined_ms))
            return after

        return self._database.write(enter)

    def _existing(
        self, connection: Connection, desired: Incident, since_ms: int, again: str, match: Match
    ) -> Incident | None:
        if again and (former := self._read_one(connection, again)) is not None:
            return (self._read_one(connection, former.into) if former.into else None) or former
        rows = self._run(connection, _OPEN_OF, {"task": desired.task_id}).rows
        if rows and not again:
            return _read(rows)[0]
        values = {"w": desired.workspace, "since": since_ms}
        return match(desired, _read(self._run(connection, _SINCE, values).rows))

    def change(
        self, incident_id: str, change: Callable[[Incident], Incident]
    ) -> tuple[Incident, Incident] | None:
        """The incident before and after the change; None: it is gone. On disk when this returns."""

        def write(connection: Connection) -> tuple[Incident, Incident] | None:
            stored = self._read_one(connection, incident_id)
            if stored is None:
                return None
            self._one_at_a_time(connection, stored.workspace)
            before = self._read_one(connection, incident_id) or stored
            after = change(before)
            if after != before:
                self._run(connection, self._upsert, _row(after))
            return before, after

        return self._database.write(write)

    def leave(
        self, incident_id: str, task_id: str, at_ms: int, facts: Mapping[str, Any] | None = None
    ) -> Incident | None:
        """The task is affected no longer; the last one closes the incident. If people have moved
        the task to another incident meanwhile, that is the one which it leaves. As it is now, with
        the time and these `facts` as what is to be told of it (`Incident.leaving`); None: there is
        none. On disk when this returns; twice is the same as once.
        """

        def leave(connection: Connection) -> Incident | None:
            stored = self._read_one(connection, incident_id)
            if stored is None:
                return None
            self._one_at_a_time(connection, stored.workspace)
            rows = self._run(connection, _OPEN_OF, {"task": task_id}).rows
            left_id = _read(rows)[0].id if rows else stored.into or stored.id
            if not rows:
                return self._read_one(connection, left_id)
            self._run(connection, _LEAVE, {"i": left_id, "t": task_id, "at": at_ms})
            goes_on = bool(self._run(connection, _AFFECTED, {"i": left_id}).rows)
            after = replace(_read(rows)[0], closed_ms=None if goes_on else at_ms)
            after = after.with_leaving(task_id, {**(facts or {}), "closed_ms": at_ms})
            self._run(connection, self._upsert, _row(after))
            return after

        return self._database.write(leave)

    def move(
        self, source_id: str, target: Incident, plan: Plan, at_ms: int, *, is_new: bool = False
    ) -> list[str]:
        """Move tasks that are affected from one incident to another, as people want it; their ids.
        Both incidents are stored as `plan` has them; a source in which no task is affected any more
        is closed, as a part of the target. On disk when this returns; twice is the same as once.
        Empty: there is nothing to be moved, or one of them is gone. `is_new`: make the target.
        """

        def move(connection: Connection) -> list[str]:
            self._one_at_a_time(connection, target.workspace)
            existing = self._read_one(connection, target.id) or (target if is_new else None)
            source = self._read_one(connection, source_id)
            if source is None or existing is None:
                return []
            affected = [row[0] for row in self._run(connection, _AFFECTED, {"i": source_id}).rows]
            ids, source, after = plan(source, existing, affected)
            if ids and len(ids) == len(affected):
                source = replace(source.with_details(**{INTO: target.id}), closed_ms=at_ms)
            for stored in (source, after) if ids else ():
                self._run(connection, self._upsert, _row(stored))
            for task_id in ids:
                self._run(connection, _LEAVE, {"i": source_id, "t": task_id, "at": at_ms})
                row = {"incident_id": target.id, "task_id": task_id, "joined_ms": at_ms}
                self._run(connection, self._move_in, row | {"left_ms": None})
            return [*ids]

        return self._database.write(move)

    def _read_one(self, connection: Connection, incident_id: str) -> Incident | None:
        return next(iter(_read(self._run(connection, _ONE, {"i": incident_id}).rows)), None)

    def get(self, incident_id: str) -> Incident | None:
        """The one with this id."""
        return next(iter(_read(self._database.rows(_ONE, i=incident_id))), None)

    def open_of(self, task_id: str) -> Incident | None:
        """The open incident in which the task is affected."""
        return next(iter(_read(self._database.rows(_OPEN_OF, task=task_id))), None)

    def latest_of(self, task_id: str) -> Incident | None:
        """The one that the task joined last, open or not."""
        return next(iter(_read(self._database.rows(_LATEST_OF, task=task_id))), None)

    def tasks(self, incident_id: str) -> list[IncidentTask]:
        """Its tasks, in the order in which they joined."""
        return [IncidentTask(*row) for row in self._database.rows(_TASKS, i=incident_id)]

    def of_task(self, task_id: str) -> list[Incident]:
        """Those that began with this task."""
        return _read(self._database.rows(_OF_TASK, task=task_id))

    def with_task(self, task_id: str) -> list[Incident]:
        """Those that the task has joined, the newest first."""
        return _read(self._database.rows(_ALL_OF, task=task_id))

    def open(self, workspace: str, limit: int) -> list[Incident]:
        """Those of a Workspace that are open now."""
        return _read(self._database.rows(_OPEN, w=workspace, limit=limit))

    def affected(self, workspace: str) -> frozenset[str]:
        """Ids of the tasks of those that are open now; tasks that left are not among them."""
        return frozenset(task for (task,) in self._database.rows(_ALL_AFFECTED, w=workspace))

    def between(self, workspace: str, start_ms: int, end_ms: int) -> list[Incident]:
        """Those of a Workspace that were open at some time from `start_ms` until `end_ms`, without
        those that people have joined to others.
        """
        rows = self._database.rows(_BETWEEN, w=workspace, start=start_ms, end=end_ms)
        return [incident for incident in _read(rows) if not incident.into]

    def joined_to(self, incident_id: str, task_id: str) -> list[Incident]:
        """The incidents of a task that people have joined to this one."""
        return [incident for incident in self.with_task(task_id) if incident.into == incident_id]

    def _one_at_a_time(self, connection: Connection, workspace: str) -> None:
        """Two tasks that open one at the same time, or leave it, see each other."""
        if not self._database.is_sqlite:
            self._run(connection, _LOCK, {"name": f"incident:{workspace}"})


_NAMES: Final = tuple(column.name for column in fields(Incident))


def _row(incident: Incident) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(incident, name) for name in _NAMES}
    return row | {"details": orjson.dumps(dict(incident.details)).decode()}


def _member(incident_id: str, desired: Incident, joined_ms: int | None) -> dict[str, Any]:
    row = {"incident_id": incident_id, "task_id": desired.task_id}
    joined_ms = desired.opened_ms if joined_ms is None else joined_ms
    return row | {"joined_ms": joined_ms, "left_ms": None}


def _read(rows: Sequence[Sequence[Any]]) -> list[Incident]:
    return [Incident(*[*row[:-1], orjson.loads(row[-1])]) for row in rows]


_COLUMNS: Final = tuple(incident.c[name] for name in _NAMES)
_ALL: Final = select(*_COLUMNS).order_by(incident.c.opened_ms, incident.c.id)
_ONE: Final = select(*_COLUMNS).where(incident.c.id == bindparam("i"))
_OF_TASK: Final = _ALL.where(incident.c.task_id == bindparam("task"))
_OPEN: Final = _ALL.where(
    incident.c.workspace == bindparam("w"), incident.c.closed_ms.is_(None)
).limit(bindparam("limit"))
_BETWEEN: Final = _ALL.where(
    incident.c.workspace == bindparam("w"),
    incident.c.opened_ms < bindparam("end"),
    incident.c.closed_ms.is_(None) | (incident.c.closed_ms >= bindparam("start")),
)
_SINCE: Final = (
    select(*_COLUMNS)
    .where(
        incident.c.workspace == bindparam("w"),
        incident.c.closed_ms.is_(None) | (incident.c.closed_ms >= bindparam("since")),
    )
    .order_by(incident.c.closed_ms.is_not(None), incident.c.opened_ms.desc(), incident.c.id)
)
_ALL_OF: Final = (
    select(*_COLUMNS)
    .join(incident_task, incident_task.c.incident_id == incident.c.id)
    .where(incident_task.c.task_id == bindparam("task"))
    .order_by(incident_task.c.joined_ms.desc())
)
_JOINED: Final = _ALL_OF.limit(1)
_LATEST_OF: Final = _JOINED
_OPEN_OF: Final = _JOINED.where(incident_task.c.left_ms.is_(None), incident.c.closed_ms.is_(None))
_TASKS: Final = (
    select(incident_task.c.task_id, incident_task.c.joined_ms, incident_task.c.left_ms)
    .where(incident_task.c.incident_id == bindparam("i"))
    .order_by(incident_task.c.joined_ms, incident_task.c.task_id)
)
_AFFECTED: Final = (
    select(incident_task.c.task_id)
    .where(incident_task.c.incident_id == bindparam("i"), incident_task.c.left_ms.is_(None))
    .order_by(incident_task.c.joined_ms, incident_task.c.task_id)
)
_ALL_AFFECTED: Final = (
    select(incident_task.c.task_id)
    .join(incident, incident.c.id == incident_task.c.incident_id)
    .where(
        incident.c.workspace == bindparam("w"),
        incident.c.closed_ms.is_(None),
        incident_task.c.left_ms.is_(None),
    )
)
_LEAVE: Final = (
    update(incident_task)
    .where(
        incident_task.c.incident_id == bindparam("i"),
        incident_task.c.task_id == bindparam("t"),
        incident_task.c.left_ms.is_(None),
    )
    .values(left_ms=bindparam("at"))
)
_CLOSE: Final = (
    update(incident)
    .where(incident.c.id == bindparam("i"), incident.c.closed_ms.is_(None))
    .values(closed_ms=bindparam("at"))
)
_LOCK: Final = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name"), 0)))

TABLE = store_table(
    Incidents,
    Expiry("timeline", incident, lambda before: incident.c.closed_ms < before),
    Expiry("timeline", incident_task, lambda before: incident_task.c.left_ms < before),
)
