"""One engine for SQLite or PostgreSQL: how it is opened, read and written.

Reads and writes run on the caller's thread. On SQLite one thread at a time writes, for all who wait
(`group_commit`), because SQLite has one writer at a time and polls for its turn; PostgreSQL takes
writes on the caller's connection.
"""

import os
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar

from sqlalchemy import ClauseElement, Connection, event, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL
from sqlalchemy.sql.schema import Table

from clickup_mlops.errors import StoreUnavailable
from clickup_mlops.store.database.connection_cache import ConnectionCache, LostConnection
from clickup_mlops.store.database.errors import ERRORS, explain, is_database_error, is_victim
from clickup_mlops.store.database.group_commit import GroupWriter, Operation, run_each
from clickup_mlops.store.database.opening import open_engine, parse_url
from clickup_mlops.store.database.pooling import must_keep_sessions
from clickup_mlops.store.database.prepared import Prepared, Result, Statement, Values
from clickup_mlops.store.database.transaction import OWN_BEGIN, Transaction

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

A = TypeVar("A")
T = TypeVar("T")

Insert: TypeAlias = "sqlite.Insert | postgresql.Insert"

_PING: Final = text("select 1")
_LAZY: Final = "set synchronous_commit to off"
"""Commits do not wait for the disk."""
_AUTOCOMMIT: Final[dict[str, Any]] = {"isolation_level": "AUTOCOMMIT"}


@dataclass(frozen=True, slots=True)
class Last:
    """Comes last in a transaction: statements, and those that follow from their results."""

    statements: Sequence[Statement]
    follow: Callable[[Connection, Sequence[Result]], Sequence[Statement]]
    """It may also ask more in the transaction."""

    def run(self, prepared: Prepared, connection: Connection) -> None:
        """All of it."""
        results = prepared.all_on(connection, self.statements)
        prepared.all_on(connection, self.follow(connection, results))


class _Deferred(threading.local):
    """What a thread's next write takes along, in the order in which it was given."""

    def __init__(self) -> None:
        self.before: list[Statement] = []
        self.after: list[Last] = []
        self.is_urgent = False


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
        self.engine = open_engine(self.url, is_sqlite=self.is_sqlite)
        self._file: tuple[int, int] | None = None
        self._keeps_sessions = False
        if self.is_sqlite:
            event.listen(self.engine, "connect", self._opened)
        connect = self.engine.execution_options(**self._write_options()).connect
        self._writers = {True: ConnectionCache(connect), False: ConnectionCache(connect, _LAZY)}
        # On PostgreSQL a connection is a process of the server: fewer do more of the work.
        self._readers = self._open_readers() if self.is_sqlite else self._writers[False]
        self.prepared = Prepared(self.engine.dialect)
        plain = self.engine.execution_options(**OWN_BEGIN, **self._write_options())
        self.writer = GroupWriter(plain, queue_limit=queue_limit, wait_s=wait_s)
        self._deferred, self._explained = _Deferred(), _Explained(self.url)
        _open.add(self)

    def _open_readers(self) -> ConnectionCache:
        return ConnectionCache(self.engine.execution_options(**self.read_options()).connect)

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

    def must_keep_sessions(self) -> None:
        """Nothing, if each connection has a session of its own, as on SQLite; it is looked once.

        Raises:
            ConfigError: a pooler gives out single transactions.
            StoreUnavailable: the database cannot be reached now.
        """
        if not self.is_sqlite and not self._keeps_sessions:
            with self._explained:
                must_keep_sessions(self.engine)
            self._keeps_sessions = True

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
        return self.read([(select, values)])[0]

    def read(self, statements: Sequence[Statement]) -> list[list[tuple[Any, ...]]]:
        """The rows of several prepared selects; PostgreSQL gets them in one message. Raises like
        `reading`.
        """
        try:
            return self._read(statements)
        except (LostConnection, *ERRORS) as problem:
            with self._explained:
                return self._again(lambda: self._read(statements), problem)

    def _read(self, statements: Sequence[Statement]) -> list[list[tuple[Any, ...]]]:
        connection, driver = self._readers.take()
        try:
            if len(statements) == 1:  # the common case
                rows = [self.prepared.run(driver, *statements[0]).rows]
            else:
                rows = [result.rows for result in self.prepared.run_all(driver, statements)]
        except BaseException as problem:
            self._readers.drop(connection, driver, problem)
            raise
        self._readers.give_back(connection, driver)
        return rows

    def _twice(self, attempt: Callable[[], T]) -> T:
        try:
            return attempt()
        except (LostConnection, *ERRORS) as problem:
            return self._again(attempt, problem)

    def _again(self, attempt: Callable[[], T], problem: Exception) -> T:
        """Once more after a deadlock, or if the connection was lost: after a restart of the server
        all of them are.
        """
        if isinstance(problem, LostConnection):
            self._forget_connections()
        elif not is_victim(problem):
            raise problem
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

    def commit(
        self,
        statements: Sequence[Statement],
        decide: Callable[[Connection, list[Result]], T],
        *,
        durable: bool = True,
        linger: bool = False,
        early: bool = False,
        asks_no_more: bool = False,
    ) -> T:
        """What this thread has deferred, then the statements, then `decide` with their results, in
        one transaction. PostgreSQL gets all that comes before `decide` in one message. `early`:
        what is deferred waits on, unless it was hastened or something is to come last.
        `asks_no_more`: `decide` writes nothing, and raises only where the statements have written
        nothing either: PostgreSQL commits with them, if what is deferred waits on.

        If `decide` raises, nothing of it is written. Raises like `write`.
        """
        waits = early and not (self._deferred.after or self._deferred.is_urgent)
        if waits and asks_no_more and not self.is_sqlite:
            return self._commit_with(statements, decide, durable)
        before, after = ([], []) if waits else self._take_deferred()
        together = _Together([*before, *statements], decide, len(before), after, self.prepared)
        if self.is_sqlite:
            return self.submit(run_each, together.run, durable=durable, linger=linger)
        with self._explained:
            return self._twice(lambda: self._commit_once(together, durable))

    def _commit_with(
        self,
        statements: Sequence[Statement],
        decide: Callable[[Connection, list[Result]], T],
        durable: bool,
    ) -> T:
        def attempt() -> T:
            with self._writers[durable].checkout() as connection:
                return decide(connection, self.prepared.all_on(connection, statements))

        with self._explained:
            try:
                return attempt()
            except LostConnection:  # it may have happened
                self._forget_connections()
                raise
            except ERRORS as problem:
                return self._again(attempt, problem)

    def _commit_once(self, together: "_Together[T]", durable: bool) -> T:
        is_sent = False
        try:
            with (
                self._writers[durable].checkout() as connection,
                Transaction(connection, begins=False),
            ):
                result, ends = together.begin(connection)
                is_sent = True
                if ends:
                    self.prepared.all_on(connection, ends, commits=True)
            return result
        except LostConnection as disconnect:
            if is_sent and disconnect.__cause__ is not None:
                raise disconnect.__cause__ from None  # it may have happened
            raise

    def batch(
        self, statements: Sequence[Statement], *, durable: bool = True, linger: bool = False
    ) -> list[Result]:
        """What this thread has deferred, and the statements, in one transaction; PostgreSQL gets
        it all in one message. May run twice if the connection is lost. Raises like `write`.
        """
        if self.is_sqlite or self._deferred.after:
            return self.commit(
                statements, lambda _on, results: results, durable=durable, linger=linger
            )
        before, _ = self._take_deferred()
        together = [*before, *statements]
        with self._explained:
            return self._twice(lambda: self._run_batch(together, durable))[len(before) :]

    def _run_batch(self, statements: Sequence[Statement], durable: bool) -> list[Result]:
        # Without a beginning of its own, what is sent together is one transaction.
        with self._writers[durable].checkout() as connection:
            return self.prepared.all_on(connection, statements)

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

    def defer_newest(self, statement: ClauseElement, row: Values, *key: str) -> Values | None:
        """The same, in place of what the statement would do for an earlier row with the same key,
        which is returned.
        """
        before, earlier = self._deferred.before, None
        for place, (other, values) in enumerate(before):
            if other is statement and all(values[name] == row[name] for name in key):
                earlier = values
                del before[place]
                break
        before.append((statement, row))
        return earlier

    def hasten(self) -> None:
        """What is deferred does not wait on when an `early` transaction comes."""
        self._deferred.is_urgent = True

    def forget_deferred(self) -> None:
        """Drops it: somebody else has taken over what this thread did."""
        self._take_deferred()

    def defer_last(self, last: Last) -> None:
        """The same after that write: for what locks a row that all writers lock.

        Locked last by all, it cannot be part of a deadlock.
        """
        self._deferred.after.append(last)

    def flush(self) -> None:
        """Writes everything that this thread has deferred. Raises like `write`."""
        if self._deferred.before or self._deferred.after:
            self.write(lambda _connection: None)

    def with_deferred(self, operation: Callable[[Connection], T]) -> Callable[[Connection], T]:
        """The operation, and in its transaction all that this thread has deferred until now."""
        before, after = self._take_deferred()
        if not before and not after:
            return operation

        def run(connection: Connection) -> T:
            if before:
                self.prepared.all_on(connection, before)
            result = operation(connection)
            for last in after:
                last.run(self.prepared, connection)
            return result

        return run

    def _take_deferred(self) -> tuple[list[Statement], list[Last]]:
        deferred = self._deferred
        before, after, deferred.is_urgent = deferred.before, deferred.after, False
        if before:
            deferred.before = []
        if after:
            deferred.after = []
        return before, after

    def submit(
        self,
        operation: Operation[A, T],
        argument: A,
        *,
        durable: bool = True,
        linger: bool = False,
        again: Operation[A, T] | None = None,
    ) -> T:
        """The same, together with what others submit meanwhile. `linger`: it gives them a moment,
        if none has yet (on PostgreSQL only those who submit). `again`: on PostgreSQL it is one
        statement, which saves two of three waits for an answer; see `GroupWriter.submit`.
        """
        self.must_be_in_place()  # what is written into a deleted file is lost
        again = None if self.is_sqlite else again
        with self._explained:
            return self.writer.submit(
                operation, argument, durable=durable, linger=linger, again=again
            )

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

    @property
    def explained(self) -> _Explained:
        """Within it errors of the database are the bot's own."""
        return self._explained

    def read_options(self) -> dict[str, Any]:
        """Execution options of connections for selects."""
        return OWN_BEGIN if self.is_sqlite else _AUTOCOMMIT

    def _write_options(self) -> dict[str, Any]:
        """PostgreSQL's driver would begin transactions with a message of its own."""
        return {} if self.is_sqlite else _AUTOCOMMIT


@dataclass(frozen=True, slots=True)
class _Together(Generic[T]):
    """A transaction: statements of which the first `skipped` were deferred, what is decided by
    the results of the others, and what comes last.
    """

    statements: list[Statement]
    decide: Callable[[Connection, list[Result]], T]
    skipped: int
    after: Sequence[Last]
    prepared: Prepared

    def run(self, connection: Connection) -> T:
        """All of it."""
        result, ends = self.begin(connection)
        self.prepared.all_on(connection, ends)
        return result

    def begin(self, connection: Connection) -> tuple[T, Sequence[Statement]]:
        """All but the statements that end it."""
        # Two would read what comes last before the first one has changed it.
        last = self.after[0] if len(self.after) == 1 else None
        sent = [*self.statements, *last.statements] if last else self.statements
        results = self.prepared.all_on(connection, sent, begins=True)
        end = len(self.statements)
        result = self.decide(connection, results[self.skipped : end])
        if last:
            return result, last.follow(connection, results[end:])
        for next_last in self.after:
            next_last.run(self.prepared, connection)
        return result, ()


def _identity(file: str) -> tuple[int, int] | None:
    """What stays the same when a file is moved; None: it is not there, or cannot be known."""
    try:
        status = os.stat(file)  # noqa: PTH116 - with each write: a Path costs as much as the call
    except OSError:
        return None
    return status.st_dev, status.st_ino


_open: weakref.WeakSet[Database] = weakref.WeakSet()


def _after_fork() -> None:
    for database in list(_open):
        database.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
