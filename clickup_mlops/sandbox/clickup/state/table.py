"""Records of one kind by id, and the optional SQLite file that keeps them over a restart."""

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, Generic, Protocol, TypeVar

import orjson

from clickup_mlops.errors import ConfigError, hint_about_file


class Record(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> Any:
        """Unique within its table."""


R = TypeVar("R", bound=Record)


class Table(Generic[R]):
    """A mapping from id to record that remembers what changed since the last save.

    `revision` grows with every change and `stamps` holds each record's own, so that caches know
    when they are stale.
    """

    def __init__(self, kind: type[R]) -> None:
        self.kind = kind
        self.rows: dict[str, R] = {}
        self.changed: set[str] = set()
        self.stamps: dict[str, int] = {}
        self.revision = 0

    def put(self, record: R) -> R:
        """Add a record, or say that it was changed in place."""
        key = str(record.id)
        self.rows[key] = record
        self._mark(key)
        return record

    def drop(self, key: str | int) -> None:
        """Remove a record; nothing happens if it is not there."""
        if self.rows.pop(str(key), None) is not None:
            self._mark(str(key))
            del self.stamps[str(key)]

    def get(self, key: str | int | None) -> R | None:
        """The record, or None."""
        return self.rows.get(str(key))

    def __getitem__(self, key: str | int) -> R:
        return self.rows[str(key)]

    def __contains__(self, key: object) -> bool:
        return str(key) in self.rows

    def __iter__(self) -> Iterator[R]:
        return iter(list(self.rows.values()))

    def __len__(self) -> int:
        return len(self.rows)

    def _mark(self, key: str) -> None:
        self.changed.add(key)
        self.revision += 1
        self.stamps[key] = self.revision


_NO_SPACE: Final = "Free some disk space, or name another place."
_OTHER_FILE: Final = "Name a file that does not exist yet, or one that a sandbox has made."
_UNWRITTEN: Final = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
"""A damaged file is a "malformed disk image": the text says nothing about the disk."""


class StateFile:
    """Every record as JSON in one SQLite table. One process at a time.

    Raises:
        ConfigError: the file cannot be written, or is none of these.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._db = _open_database(path)
        except (OSError, sqlite3.Error) as problem:
            message = f"{path}: the sandbox cannot keep its state there: {problem}"
            raise ConfigError(message, hint=_hint(problem)) from problem

    def load(self, tables: Iterable[Table[Any]]) -> bool:
        """Fill the tables from the file; False if the file is new."""
        has_rows = False
        for table in tables:
            rows = self._db.execute(
                "select id, body from record where kind = ?", (table.kind.__name__,)
            )
            for key, body in rows:
                table.rows[key] = table.kind(**orjson.loads(body))
                table.stamps[key] = 0
                has_rows = True
        return has_rows

    def save(self, tables: Iterable[Table[Any]]) -> None:
        """Write what changed since the last save, in one transaction."""
        dirty = [table for table in tables if table.changed]
        if not dirty:
            return
        # All is serialised first: a record that cannot be leaves no transaction open.
        batches = [_collect_rows(table) for table in dirty]
        self._db.execute("begin immediate")
        for upserts, deletes in batches:
            self._db.executemany("insert or replace into record values (?, ?, ?)", upserts)
            self._db.executemany("delete from record where kind = ? and id = ?", deletes)
        self._db.execute("commit")

    def close(self) -> None:
        """Close the file; what was not saved is lost."""
        self._db.close()


def _collect_rows(table: Table[Any]) -> tuple[list[tuple[str, str, bytes]], list[tuple[str, str]]]:
    """What to insert and what to delete."""
    kind = table.kind.__name__
    upserts = [(kind, k, orjson.dumps(table.rows[k])) for k in table.changed if k in table.rows]
    return upserts, [(kind, k) for k in table.changed if k not in table.rows]


def _hint(problem: OSError | sqlite3.Error) -> str:
    if isinstance(problem, OSError):
        return hint_about_file(problem) or _OTHER_FILE
    code = getattr(problem, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF  # above: what it was
    return _NO_SPACE if code in _UNWRITTEN else _OTHER_FILE


def _open_database(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    connection.execute("pragma journal_mode=wal")
    connection.execute("pragma synchronous=normal")
    connection.execute(
        "create table if not exists record"
        " (kind text, id text, body blob, primary key (kind, id)) without rowid"
    )
    return connection
