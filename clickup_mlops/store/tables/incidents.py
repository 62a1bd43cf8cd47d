"""Incidents: since when users were affected, until when, and the room where people met.

Their timeline is that of their tasks. A task has at most one open incident; further tasks, and
alerts that flap, join it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Index, Table, Text, bindparam, select, update

from clickup_mlops.store.database.engine import Database
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
    Index(None, "workspace", "opened_ms"),
    Index(None, "task_id"),
    partial("ix_incident_open", "workspace", "opened_ms", where="closed_ms is null"),
)


@dataclass(frozen=True, slots=True)
class Incident:
    """`id` is made of the first task and when it opened. Times in Unix ms; `closed_ms` None: open.

    `room` names the chat channel or thread; `lead` who leads.
    """

    id: str
    workspace: str
    task_id: str
    title: str
    opened_ms: int
    closed_ms: int | None = None
    lead: str = ""
    room: str = ""


class Incidents:
    """By id, oldest first."""

    def __init__(self, database: Database) -> None:
        self._database = database
        statement = database.insert(incident)
        self._upsert = statement.on_conflict_do_update(
            index_elements=["id"],
            set_={name: statement.excluded[name] for name in _NAMES if name != "id"},
        )

    def put(self, one: Incident, *, wait: bool = True) -> None:
        """Stores it, in place of what was known. `wait` False: with this thread's next write."""
        row: dict[str, Any] = {name: getattr(one, name) for name in _NAMES}
        self._database.put([(self._upsert, row)], wait=wait)

    def close(self, incident_id: str, at_ms: int, *, wait: bool = True) -> None:
        """It is over, unless that was known."""
        self._database.put([(_CLOSE, {"i": incident_id, "at": at_ms})], wait=wait)

    def of_task(self, task_id: str) -> list[Incident]:
        """Those that began with this task."""
        return _read(self._database.rows(_OF_TASK, task=task_id))

    def open(self, workspace: str, limit: int) -> list[Incident]:
        """Those of a Workspace that are open now."""
        return _read(self._database.rows(_OPEN, w=workspace, limit=limit))

    def between(self, workspace: str, start_ms: int, end_ms: int) -> list[Incident]:
        """Those of a Workspace that were open at some time from `start_ms` until `end_ms`."""
        return _read(self._database.rows(_BETWEEN, w=workspace, start=start_ms, end=end_ms))


_NAMES: Final = tuple(one.name for one in fields(Incident))


def _read(rows: Sequence[Sequence[Any]]) -> list[Incident]:
    return [Incident(*row) for row in rows]


_ALL: Final = select(*(incident.c[name] for name in _NAMES)).order_by(
    incident.c.opened_ms, incident.c.id
)
_OF_TASK: Final = _ALL.where(incident.c.task_id == bindparam("task"))
_OPEN: Final = _ALL.where(
    incident.c.workspace == bindparam("w"), incident.c.closed_ms.is_(None)
).limit(bindparam("limit"))
_BETWEEN: Final = _ALL.where(
    incident.c.workspace == bindparam("w"),
    incident.c.opened_ms < bindparam("end"),
    incident.c.closed_ms.is_(None) | (incident.c.closed_ms >= bindparam("start")),
)
_CLOSE: Final = (
    update(incident)
    .where(incident.c.id == bindparam("i"), incident.c.closed_ms.is_(None))
    .values(closed_ms=bindparam("at"))
)

TABLE = store_table(
    Incidents, Expiry("timeline", incident, lambda before: incident.c.closed_ms < before)
)
