"""The timeline: what happened to tasks, for charts, reports, forecasts and incidents.

Entries are small and outlive the events that they were made of. An entry's key keeps it from being
there twice, however often its event is handled.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any, Final

import orjson
from sqlalchemy import BigInteger, Column, Index, Table, Text, bindparam, or_, select

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import OF_LIST, of_task, readers
from clickup_mlops.store.database.schema import BigId, metadata
from clickup_mlops.store.tables import Expiry, store_table
from clickup_mlops.store.timeline_rows import Entry, Kind

_OF_TASK_OR_NO_LIST: Final = f"{of_task()} or (r.task_id = '' and (r.list_id = '' or {OF_LIST}))"
"""Entries of no task are about machines and sources, unless they name a List."""

timeline = Table(
    "timeline",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("task_id", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("list_id", Text, nullable=False),
    Index(None, "key", unique=True),
    # With what tasks are counted by: then no rows are read for it.
    Index(None, "task_id", "at_ms", "kind", "state"),
    Index(None, "workspace", "kind", "at_ms", "state", "task_id", "list_id"),
    sqlite_autoincrement=True,
    info=readers(_OF_TASK_OR_NO_LIST),
)


class Timeline:
    """Entries, oldest first. Times in Unix ms; a range begins with `start_ms` and ends before
    `end_ms`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = database.insert(timeline).on_conflict_do_nothing(index_elements=["key"])

    def put(self, entries: Iterable[Entry], *, wait: bool = True) -> None:
        """Adds those that are not there yet. `wait` False: with this thread's next write."""
        rows = [(self._insert, _row(entry)) for entry in entries]
        if rows:
            self._database.put(rows, wait=wait)

    def of_task(self, task_id: str, start_ms: int, end_ms: int) -> list[Entry]:
        """What happened to a task."""
        return _read(self._database.rows(_OF_TASK, task=task_id, start=start_ms, end=end_ms))

    def marks(self, task_id: str, start_ms: int, end_ms: int, limit: int) -> list[Entry]:
        """The newest things that happened to a task and are marked in charts: all but its own
        changes and comments.
        """
        values = {"task": task_id, "start": start_ms, "end": end_ms, "limit": limit}
        return _read(reversed(self._database.rows(_MARKS, **values)))

    def newest_of_kind(
        self, workspace: str, kind: Kind, start_ms: int, end_ms: int, *, limit: int
    ) -> list[Entry]:
        """The newest of this kind in a Workspace."""
        values = {"w": workspace, "kind": kind, "start": start_ms, "end": end_ms, "limit": limit}
        return _read(reversed(self._database.rows(_NEWEST_OF_KIND, **values)))

    def of_kind(self, workspace: str, kind: Kind, start_ms: int, end_ms: int) -> list[Entry]:
        """What of this kind happened in a Workspace."""
        values = {"w": workspace, "kind": kind, "start": start_ms, "end": end_ms}
        return _read(self._database.rows(_OF_KIND, **values))


def _row(entry: Entry) -> dict[str, Any]:
    row = {name: getattr(entry, name) for name in _FIELDS}  # `asdict` would copy the value
    row["value"] = orjson.dumps(dict(entry.value)).decode()
    return row | {name: _part(entry, key) for name, key in _PARTS.items()}


def _part(entry: Entry, key: str) -> str:
    return str(entry.value.get(key) or "") if entry.kind in ("created", "status") else ""


_FIELDS: Final = tuple(column.name for column in fields(Entry))
_PARTS: Final = {"state": "type", "list_id": "list"}
"""Columns with a part of the value, by which tasks are counted without reading it."""


def _read(rows: Iterable[Sequence[Any]]) -> list[Entry]:
    return [Entry(*[*row[:-1], orjson.loads(row[-1])]) for row in rows]


_ENTRIES: Final = select(*(timeline.c[column.name] for column in fields(Entry))).where(
    timeline.c.at_ms >= bindparam("start"), timeline.c.at_ms < bindparam("end")
)
_OF_TASK: Final = _ENTRIES.where(timeline.c.task_id == bindparam("task")).order_by(
    timeline.c.at_ms, timeline.c.id
)
_MARKED: Final = ("alert", "deployment", "version", "pipeline", "advice", "incident")
_MARKS: Final = (
    _ENTRIES.where(
        timeline.c.task_id == bindparam("task"),
        or_(*(timeline.c.kind == column for column in _MARKED)),
    )
    .order_by(timeline.c.at_ms.desc(), timeline.c.id.desc())
    .limit(bindparam("limit"))
)
_NEWEST_OF_KIND: Final = (
    _ENTRIES.where(timeline.c.workspace == bindparam("w"), timeline.c.kind == bindparam("kind"))
    .order_by(timeline.c.at_ms.desc(), timeline.c.id.desc())
    .limit(bindparam("limit"))
)
_OF_KIND: Final = _ENTRIES.where(
    timeline.c.workspace == bindparam("w"), timeline.c.kind == bindparam("kind")
).order_by(timeline.c.at_ms, timeline.c.id)

TABLE = store_table(
    Timeline, Expiry("timeline", timeline, lambda before: timeline.c.at_ms < before)
)
