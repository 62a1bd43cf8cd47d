"""One engine for SQLite or PostgreSQL: how it is opened, read and written.

Reads and writes run on the caller's thread. On SQLite one thread at a time writes, for all who wait
(`group_commit`), because SQLite has one writer at a time and polls for its turn; PostgreSQL takes
writes on the caller's connection.
"""

import os
import sqlite3
import sys
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from sqlalchemy import (
    ClauseElement,
    Connection,
    Engine,
    create_engine,
    event,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.schema import Table

from clickup_mlops.errors import ConfigError, StoreUnavailable
from clickup_mlops.store.database.connection_cache import ConnectionCache, LostConnection
from clickup_mlops.store.database.errors import ERRORS, explain, is_database_error, is_victim
from clickup_mlops.store.database.group_commit import GroupWriter, Operation, run_each
from clickup_mlops.store.database.prepared import Prepared, Statement
from clickup_mlops.store.database.transaction import OWN_BEGIN, Transaction

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

A = TypeVar("A")
T = TypeVar("T")

BUSY_MS = 5_000
"""How long SQLite waits for another process's write before it gives up."""

CACHE_KIB = 512
"""Pages that each SQLite connection keeps; the operating system caches the file as well."""

CONNECT_S = 5
"""How long to wait for a new connection to PostgreSQL, or for a free one."""

CONNECT_OPTIONS: Final[dict[str, Any]] = {
    "connect_timeout": CONNECT_S,
    # A server whose machine is gone says nothing: else the wait would be 15 minutes.
    "tcp_user_timeout": 15_000,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
"""Time-outs of a connection to PostgreSQL: libpq's parameters."""

_POSTGRES = "postgresql+psycopg"
Insert: TypeAlias = "sqlite.Insert | postgresql.Insert"

_PING: Final = text("select 1")
_LAZY: Final = "set synchronous_commit to off"
"""Commits do not wait for the disk."""
_QUIET: Final[dict[str, Any]] = {"hide_parameters": True}  # they would be part of error messages
_EXAMPLES = "Use sqlite:///bot.db or postgresql://user@host/database."


class _Deferred(threading.local):
    """What a thread's next write takes along, in the order in which it was given."""

    def __init__(self) -> None:
        self.before: list[Statement] = []
        self.after: list[Callable[[Connection], object]] = []


class _Explained:
    """Turns errors of the database into the bot's own. A class, because a generator would cost as
    much as a short select.
    """

    def __init__(self, url: URL) -> None:
        self._url = url

    def __enter__(self) -> None: ...

    def __exit__(self, _type: object, problem: BaseException | None, _trace: object) -> None:
        if isinstance(problem, LostConnection) and isinstance(problem.__cause__, Exception):
            raise explain(problem.__cause__, self._url) from problem.__cause__
        if isinstance(problem, ERRORS) and is_database_error(problem):
            raise explain(problem, self._url) from problem


class Database:
    """The engine plus the two ways to use it: `reading()` and `write(operation)`.

    Safe to create before a fork: connections are made when first needed, and a child makes its own.

    Raises:
        ConfigError: the URL cannot be used, or its driver is not installed.
    """

    def __init__(self, url: str, *, queue_limit: int, wait_s: float) -> None:
        self.url = parse_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _engine(self.url, self.is_sqlite)
        self._file: tuple[int, int] | None = None
        if self.is_sqlite:
            event.listen(self.engine, "connect", self._opened)
        self._readers = ConnectionCache(
            self.engine.execution_options(**self._read_options()).connect
        )
        self._writers = {
            True: ConnectionCache(self.engine.connect),
            False: ConnectionCache(self.engine.connect, _LAZY),
        }
        self.prepared = Prepared(self.engine.dialect)
        plain = self.engine.execution_options(**OWN_BEGIN)
        self.writer = GroupWriter(plain, queue_limit=queue_limit, wait_s=wait_s)
        self._deferred, self._explained = _Deferred(), _Explained(self.url)
        _open.add(self)

    def _opened(self, *_: object) -> None:
        if self._file is None:
            self._file = _identity(self.url.database or "")

    def must_be_in_place(self) -> None:
        """Nothing, if the file at the URL is the one that was opened. On PostgreSQL always.

        Raises:
            StoreUnavailable: SQLite goes on with a file that was moved, deleted or replaced.
        """
        if self._file is not None and self._file != _identity(self.url.database or ""):
            raise StoreUnavailable(
                f"the file {self.url.database} was moved, deleted or replaced while it is open",
                hint="Stop the bot before you touch its file. Put it back, or restart the bot.",
            )

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for selects; it never takes the write lock.

        Raises:
            StoreUnavailable: the database cannot be reached now.
            ConfigError: it cannot be read until the settings are fixed.
        """
        with self._explained:
            if not self.is_sqlite:
                self.rows(_PING)  # what follows cannot be tried again
            with self._readers.checkout() as connection:
                yield connection
                connection.rollback()

    def rows(self, select: ClauseElement, **values: object) -> list[tuple[Any, ...]]:
        """All rows of a prepared select. Raises like `reading`."""
        with self._explained:
            return self._twice(lambda: self._rows(select, values))

    def _rows(self, select: ClauseElement, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
        with self._readers.checkout() as connection:
            return self.prepared.on(connection, select, values).rows

    def _twice(self, attempt: Callable[[], T]) -> T:
        """Once more after a deadlock, or if the connection was lost: after a restart of the server
        all of them are.
        """
        try:
            return attempt()
        except LostConnection:
            self._forget_connections()
        except ERRORS as problem:
            if not is_victim(problem):
                raise
        return attempt()

    def _forget_connections(self) -> None:
        for cache in (self._readers, *self._writers.values()):
            cache.clear()
        self.engine.dispose()

    def write(
        self, operation: Callable[[Connection], T], *, durable: bool = True, linger: bool = False
    ) -> T:
        """Runs the operation in a transaction; it is on disk when this returns.

        `durable` False, for what is found out again: no wait for the disk. A power cut may then
        undo it and what came after it; a crash of the bot does not.

        After a deadlock, or if the server closed the connection, the operation runs again.
        `linger`: see `submit`.

        Raises:
            StoreUnavailable: no connection, no disk space, or locked; as StoreBusy: too many
                writes are waiting, or the wait was too long.
            ConfigError: it cannot be written until the settings are fixed.
        """
        run = self.with_deferred(operation)
        if self.is_sqlite:
            return self.submit(run_each, run, durable=durable, linger=linger)
        with self._explained:
            return self._twice(lambda: self._transact(run, durable))

    def _transact(self, run: Callable[[Connection], T], durable: bool) -> T:
        committing = False
        try:
            with self._writers[durable].checkout() as connection, Transaction(connection):
                result = run(connection)
                committing = True
            return result
        except LostConnection as disconnect:
            if committing and disconnect.__cause__ is not None:
                raise disconnect.__cause__ from None  # it may have happened
            raise

    def put(self, statements: Sequence[Statement], *, wait: bool) -> None:
        """Runs prepared statements, now or (`wait` False) like `defer`."""
        if wait:
            self.write(lambda connection: self.prepared.all_on(connection, statements))
        else:
            self.defer(*statements)

    def defer(self, *statements: Statement) -> None:
        """Runs prepared statements in the transaction of this thread's next `write`, before it.

        Saves a transaction, for what may be lost in a crash and is not read until then.
        """
        self._deferred.before += statements

    def defer_last(self, operation: Callable[[Connection], object]) -> None:
        """The same for an operation after that write: for what locks a row that all writers lock.

        Locked last by all, it cannot be part of a deadlock.
        """
        self._deferred.after.append(operation)

    def flush(self) -> None:
        """Writes everything that this thread has deferred. Raises like `write`."""
        if self._deferred.before or self._deferred.after:
            self.write(lambda _connection: None)

    def with_deferred(self, operation: Callable[[Connection], T]) -> Callable[[Connection], T]:
        """The operation, and in its transaction all that this thread has deferred until now."""
        before, after = self._deferred.before, self._deferred.after
        if not before and not after:
            return operation
        self._deferred.before, self._deferred.after = [], []

        def run(connection: Connection) -> T:
            if before:
                self.prepared.all_on(connection, before)
            result = operation(connection)
            for deferred in after:
                deferred(connection)
            return result

        return run

    def submit(
        self, operation: Operation[A, T], argument: A, *, durable: bool = True, linger: bool = False
    ) -> T:
        """The same, together with what others submit meanwhile. `linger`: it gives them a moment,
        if none has yet (on PostgreSQL only those who submit).
        """
        self.must_be_in_place()  # what is written into a deleted file is lost
        with self._explained:
            return self.writer.submit(operation, argument, durable=durable, linger=linger)

    def insert(self, table: Table) -> Insert:
        """An insert that can say what to do on conflict; both databases share that syntax."""
        if self.is_sqlite:
            return sqlite.insert(table)
        from sqlalchemy.dialects import postgresql  # 3 MiB that SQLite does not need

        return postgresql.insert(table)

    def close(self) -> None:
        """Finishes what is queued and closes all connections."""
        self.writer.close()
        self._forget_connections()

    def forked(self) -> None:
        """Called in a child process, which must not use its parent's connections."""
        self.engine.dispose(close=False)
        for cache in (self._readers, *self._writers.values()):
            cache.forked()
        self.writer.forked()

    def _read_options(self) -> dict[str, Any]:
        return OWN_BEGIN if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}


def parse_url(url: str) -> URL:
    """The checked address of the database.

    Raises:
        ConfigError: it is no URL, or names a database that we do not support.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as problem:
        raise ConfigError("the store's URL cannot be read", hint=_EXAMPLES) from problem
    name = parsed.drivername
    if name in ("postgres", "postgresql", _POSTGRES):
        return parsed.set(drivername=_POSTGRES)
    if name not in ("sqlite", "sqlite+pysqlite"):
        raise ConfigError(f"the store cannot use {name}", hint=_EXAMPLES)
    if parsed.database in (None, "", ":memory:"):
        raise ConfigError(
            "the store needs a file: events in memory would be lost", hint="Use sqlite:///bot.db."
        )
    return parsed


def _engine(url: URL, is_sqlite: bool) -> Engine:
    try:
        if not is_sqlite:
            return create_engine(
                url,
                pool_size=8,
                max_overflow=24,
                pool_timeout=CONNECT_S,
                connect_args=CONNECT_OPTIONS
                | {key: url.query[key] for key in CONNECT_OPTIONS.keys() & url.query},
                **_QUIET,
            )
        _folder_must_exist(url.database or "")
        _keep_private(url.database or "")
        engine = create_engine(
            url,
            pool_size=8,
            max_overflow=-1,
            paramstyle="named",
            **_QUIET,
            connect_args={"timeout": BUSY_MS / 1000},
        )
    except (ModuleNotFoundError, NoSuchModuleError) as problem:
        raise ConfigError(
            "the PostgreSQL driver is not installed",
            hint="Install it with: pip install 'clickup-mlops[postgres]'",
        ) from problem
    event.listen(engine, "connect", _connected)
    event.listen(engine, "begin", _begin)
    return engine


def _folder_must_exist(file: str) -> None:
    folder = Path(file).absolute().parent
    if not file.startswith("file:") and not folder.is_dir():
        raise ConfigError(f"store: folder {folder} does not exist", hint="Create it first.")


def _identity(file: str) -> tuple[int, int] | None:
    """What stays the same when a file is moved; None: it is not there, or cannot be known."""
    with suppress(OSError):
        status = Path(file).stat()
        return status.st_dev, status.st_ino
    return None


def _keep_private(file: str) -> None:
    # It holds webhook secrets and task texts; SQLite's other files get the mode of this one.
    if not file.startswith("file:"):
        with suppress(OSError):
            os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))


def _connected(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions by itself: `_begin` decides which kind.
    connection.isolation_level = None
    connection.execute("pragma synchronous = full")
    connection.execute("pragma foreign_keys = on")
    connection.execute(f"pragma cache_size = -{CACHE_KIB}")
    # One plan for all values: newer versions compile a statement anew for each value of LIMIT.
    if sys.version_info >= (3, 12):
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_QPSG, True)


def _begin(connection: Connection) -> None:
    # A write lock taken late can fail half-way through; a lone select needs no transaction.
    if not OWN_BEGIN.keys() <= connection.get_execution_options().keys():
        try:
            connection.connection.cursor().execute("begin immediate")
        except sqlite3.OperationalError as problem:
            raise OperationalError("begin immediate", None, problem) from problem


_open: weakref.WeakSet[Database] = weakref.WeakSet()


def _after_fork() -> None:
    for database in list(_open):
        database.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
