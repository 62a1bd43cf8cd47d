"""Group commit: many threads submit writes, one thread commits them together.

One `fsync` then serves every write that waited for it, so durability costs next to nothing under
load and one short wait when quiet.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine

from clickup_mlops.errors import StoreBusy
from clickup_mlops.store.database.errors import ERRORS, is_database_error

A = TypeVar("A")
R = TypeVar("R")

Operation = Callable[[Connection, Sequence[A]], Sequence[R]]
"""Processes many arguments at once and returns one result for each, in the same order."""

BATCH: Final = 256
"""Most writes in one transaction."""


class _Job:
    """One write that a thread waits for."""

    __slots__ = ("argument", "durable", "error", "finished", "operation", "result")

    def __init__(self, operation: Operation[Any, Any], argument: object, durable: bool) -> None:
        self.operation, self.argument, self.durable = operation, argument, durable
        self.result: Any = None
        self.error: Exception | None = None
        # A bare lock as a one-time signal: a third of the cost of an Event.
        self.finished = threading.Lock()
        self.finished.acquire()


class GroupWriter:
    """Accepts writes from any thread; each returns when its transaction is on disk.

    `queue_limit` bounds how many may wait; `wait_s` is the longest that one of them waits.
    """

    def __init__(self, engine: Engine, *, queue_limit: int, wait_s: float) -> None:
        self._engine, self._limit, self._wait_s = engine, queue_limit, wait_s
        self.forked()

    def forked(self) -> None:
        """Starts over: threads do not survive a fork."""
        self._connection: Connection | None = None
        self._driver: Any = None
        self._committing = False
        self._durable = True
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    @property
    def waiting(self) -> int:
        """How many writes are queued."""
        return self._queue.qsize()

    def submit(self, operation: Operation[A, R], argument: A, *, durable: bool = True) -> R:
        """The operation's result for this argument, once it is on disk.

        Writes with the same operation are handed to it together. `durable` False: a power cut, but
        no crash of the program, may undo it and what came after it.

        Raises:
            StoreBusy: too many are waiting, or this one waited too long; it may still happen.
        """
        if self._queue.qsize() >= self._limit:
            raise StoreBusy(
                f"{self._limit} writes are waiting for the store", hint="Deliver it again later."
            )
        job = _Job(operation, argument, durable)
        self._queue.put(job)
        if self._thread is None:
            self._start()
        if not job.finished.acquire(timeout=self._wait_s):
            raise StoreBusy(f"the store took longer than {self._wait_s:g} s")
        if job.error is not None:
            raise job.error
        result: R = job.result
        return result

    def close(self) -> None:
        """Writes what is queued, then stops the thread. A later write starts a new one."""
        with self._starting:
            if self._thread is not None:
                self._queue.put(None)
                self._thread.join()
                self._thread = None
        if not self._queue.empty():
            self._start()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while (batch := self._next()) is not None:
            self._perform(batch)
            for job in batch:
                job.finished.release()
        self._disconnect()

    def _next(self) -> list[_Job] | None:
        job = self._queue.get()
        if job is None:
            return None
        batch = [job]
        while len(batch) < BATCH:
            try:
                job = self._queue.get_nowait()
            except Empty:
                break
            if job is None:
                self._queue.put(None)
                break
            batch.append(job)
        return batch

    def _perform(self, batch: list[_Job]) -> None:
        try:
            self._commit_or_reconnect(batch)
        except Exception as problem:
            self._disconnect()
            # The database itself failed: so would every job alone. Else find the one that failed.
            if len(batch) == 1 or is_database_error(problem):
                for job in batch:
                    job.error = problem
            else:
                for job in batch:
                    self._perform([job])

    def _commit_or_reconnect(self, batch: list[_Job]) -> None:
        try:
            self._commit(batch)
        except ERRORS:
            # After a restart of PostgreSQL. Once the commit was sent, it may have happened.
            if self._committing or not getattr(self._driver, "closed", False):
                raise
            self._disconnect()
            self._engine.dispose()
            self._commit(batch)

    def _commit(self, batch: list[_Job]) -> None:
        # Kept open: taking it from the pool costs as much as a small transaction.
        self._connection = connection = self._connection or self._engine.connect()
        self._driver, self._committing = connection.connection.driver_connection, False
        self._sync(connection, any(job.durable for job in batch))
        with connection.begin():
            for operation, jobs in _by_operation(batch).items():
                results = operation(connection, [job.argument for job in jobs])
                for job, result in zip(jobs, results, strict=True):
                    job.result = result
            self._committing = True

    def _sync(self, connection: Connection, durable: bool) -> None:
        if durable != self._durable:
            level = "full" if durable else "normal"
            connection.connection.cursor().execute(f"pragma synchronous = {level}")
            self._durable = durable

    def _disconnect(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            # A broken connection must not take the writer thread with it.
            with suppress(Exception), connection:
                self._sync(connection, True)
            self._durable = True  # as every new connection is


def run_each(connection: Connection, runs: Sequence[Callable[[Connection], R]]) -> list[R]:
    """The operation for writes that have nothing in common: one after the other."""
    return [run(connection) for run in runs]


def _by_operation(batch: list[_Job]) -> dict[Operation[Any, Any], list[_Job]]:
    groups: dict[Operation[Any, Any], list[_Job]] = {}
    for job in batch:
        groups.setdefault(job.operation, []).append(job)
    return groups
