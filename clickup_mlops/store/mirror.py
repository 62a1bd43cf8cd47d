"""The mirror: each task as it was last read, so that one read serves many decisions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.engine import Row

from clickup_mlops.store.database import Database
from clickup_mlops.store.schema import mirror

_CLOSED: Final = ("closed", "done")


@dataclass(frozen=True, slots=True)
class MirrorRow:
    """A task as ClickUp sent it, when we read it and when it had last changed (ms)."""

    task_id: str
    raw: dict[str, Any]
    fetched_ms: int
    updated_ms: int


class Mirror:
    """Tasks by id. A task that was read earlier never replaces one that was read later."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._upsert = _upsert_statement(database)

    def get(self, task_id: str) -> MirrorRow | None:
        """The task as last read, or None."""
        with self._database.reading() as connection:
            found = connection.execute(_SELECT.where(mirror.c.task_id == task_id)).first()
        return None if found is None else _row(found)

    def get_many(self, task_ids: Sequence[str]) -> dict[str, MirrorRow]:
        """The tasks that are known, by id."""
        with self._database.reading() as connection:
            found = connection.execute(_SELECT.where(mirror.c.task_id.in_(task_ids)))
            return {one.task_id: _row(one) for one in found}

    def put_many(self, workspace: str, raws: Iterable[Mapping[str, Any]], fetched_ms: int) -> None:
        """Keeps what was just read; `raws` are task objects of the API."""
        rows = [_as_row(workspace, raw, fetched_ms) for raw in raws]
        if rows:
            self._database.write(lambda connection: _execute(connection, self._upsert, rows))

    def remove(self, task_id: str) -> None:
        """Forgets a task that was deleted."""
        gone = delete(mirror).where(mirror.c.task_id == task_id)
        self._database.write(lambda connection: connection.execute(gone))

    def all_open(self, list_id: str | None = None) -> list[MirrorRow]:
        """The open tasks of one list or of all (None), by id."""
        statement = _SELECT.where(mirror.c.is_open).order_by(mirror.c.task_id)
        if list_id is not None:
            statement = statement.where(mirror.c.list_id == list_id)
        with self._database.reading() as connection:
            return [_row(one) for one in connection.execute(statement)]

    def open_lists(self) -> list[str]:
        """The lists that have open tasks, by id."""
        statement = select(mirror.c.list_id).where(mirror.c.is_open).distinct()
        with self._database.reading() as connection:
            return sorted(connection.execute(statement).scalars())

    def open_by_priority(self, list_id: str) -> dict[int | None, int]:
        """How many open tasks of the list have each priority (1 urgent … 4 low, None unset)."""
        statement = (
            select(mirror.c.priority, func.count())
            .where(mirror.c.list_id == list_id, mirror.c.is_open)
            .group_by(mirror.c.priority)
        )
        with self._database.reading() as connection:
            return dict(connection.execute(statement).all())


def _execute(connection: Connection, statement: Any, rows: list[dict[str, Any]]) -> None:
    connection.execute(statement, rows)


def _as_row(workspace: str, raw: Mapping[str, Any], fetched_ms: int) -> dict[str, Any]:
    priority = (raw.get("priority") or {}).get("id")
    return {
        "task_id": raw["id"],
        "workspace": workspace,
        "list_id": str((raw.get("list") or {}).get("id", "")),
        "is_open": (raw.get("status") or {}).get("type") not in _CLOSED,
        "priority": None if priority is None else int(priority),
        "updated_ms": int(raw.get("date_updated") or raw.get("date_created") or 0),
        "fetched_ms": fetched_ms,
        "raw": orjson.dumps(raw),
    }


def _row(found: Row[*tuple[Any, ...]]) -> MirrorRow:
    task_id, raw, fetched_ms, updated_ms = found
    return MirrorRow(task_id, orjson.loads(raw), fetched_ms, updated_ms)


def _upsert_statement(database: Database) -> Any:
    insert = database.insert(mirror)
    new = insert.excluded
    names = [column.name for column in mirror.columns if not column.primary_key]
    return insert.on_conflict_do_update(
        index_elements=["task_id"],
        set_={name: new[name] for name in names},
        where=(new.updated_ms > mirror.c.updated_ms)
        | ((new.updated_ms == mirror.c.updated_ms) & (new.fetched_ms >= mirror.c.fetched_ms)),
    )


_SELECT = select(mirror.c.task_id, mirror.c.raw, mirror.c.fetched_ms, mirror.c.updated_ms)
