"""Group commit: many threads submit writes, one of them commits them together.

One `fsync` then serves every write that waited for it, so durability costs next to nothing under
load and one short wait when quiet.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine

from clickup_mlops.errors import StoreBusy, StoreUnavailable
from clickup_mlops.store.database.errors import ERRORS, is_database_error, is_victim
from clickup_mlops.store.database.prepared import driver_of
from clickup_mlops.store.database.transaction import Transaction

A = TypeVar("A")
R = TypeVar("R")

Operation = Callable[[Connection, Sequence[A]], Sequence[R]]
"""Processes many arguments at once and returns one result for each, in the same order."""

BATCH: Final = 256
"""Most writes in one transaction."""
LINGER_S: Final = 0.001
"""ClickUp reports one change in two events at the same time. A transaction costs more than waiting
so long for the second one.
"""


class _Job:
    """One write that a thread waits for."""

    __slots__ = (
        "again",
        "argument",
        "done",
        "durable",
        "error",
        "leads",
        "left",
        "operation",
        "result",
        "turn",
    )

    def __init__(
        self,
        operation: Operation[Any, Any],
        argument: object,
        *,
        durable: bool,
        again: Operation[Any, Any] | None = None,
    ) -> None:
        self.operation, self.argument = operation, argument
        self.durable, self.again = durable, again
        self.result: Any = None
        self.error: Exception | None = None
        self.done = self.leads = self.left = False
        # A bare lock as a one-time signal: a third of the cost of an Event.
        self.turn = threading.Lock()
        self.turn.acquire()


class GroupWriter:
    """Accepts writes from any thread; each returns when its transaction is on disk.

    There is no thread for it: a write that finds nobody writing is made where it was submitted,
    which costs no hand-over. What is submitted meanwhile waits; then the first of those who wait
    writes for all of them.

    `queue_limit` bounds how many may wait; `wait_s` is the longest that one of them waits for its
    turn.
    """

    def __init__(self, engine: Engine, *, queue_limit: int, wait_s: float) -> None:
        self._engine, self._limit, self._wait_s = engine, queue_limit, wait_s
        self.forked()

    def forked(self) -> None:
        """Starts over: whoever was writing did not survive a fork."""
        self._connection: Connection | None = None
        self._driver: Any = None
        self._committing = False
        self._durable = True
        self._lock, self._writing = threading.Lock(), False  # they guard each other and the queue
        self._queue: deque[_Job] = deque()

    @property
    def waiting(self) -> int:
        """How many writes are queued."""
        return len(self._queue)

    def submit(
        self,
        operation: Operation[A, R],
        argument: A,
        *,
        durable: bool = True,
        linger: bool = False,
        again: Operation[A, R] | None = None,
    ) -> R:
        """The operation's result for this argument, once it is on disk.

        Writes with the same operation are handed to it together. `durable` False: a power cut, but
        no crash of the program, may undo it and what came after it. `linger`: others are about to
        write, too; if none waits yet, it gives them a moment. `again`: the operation is one
        statement for any number of such arguments, so that it needs no transaction around it; if
        the connection breaks before its answer, it may have happened, and `again` runs.

        Raises:
            StoreBusy: too many are waiting, or this one waited too long; it may still happen.
        """
        job = _Job(operation, argument, durable=durable, again=again)
        if not self._begins(job):
            self._wait(job)
        if job.leads:
            self._lead(job, linger=linger)
        if job.error is not None:
            raise job.error
        result: R = job.result
        return result

    def close(self) -> None:
        """Writes what is queued, then disconnects. A later write connects again."""
        job = _Job(_close, None, durable=False)
        if not self._begins(job, always=True):
            job.turn.acquire()
        if job.leads:
            self._lead(job)

    def _begins(self, job: _Job, *, always: bool = False) -> bool:
        """Whether nobody writes, so that this thread does."""
        with self._lock:
            if len(self._queue) >= self._limit and not always:
                raise StoreBusy(
                    f"{self._limit} writes are waiting for the store",
                    hint="Deliver it again later.",
                )
            self._queue.append(job)
            if not self._writing:
                self._writing = job.leads = True
            return job.leads

    def _wait(self, job: _Job) -> None:
        if job.turn.acquire(timeout=self._wait_s):
            return
        with self._lock:
            job.left = not job.turn.acquire(blocking=False)
        if job.left:
            raise StoreBusy(f"the store took longer than {self._wait_s:g} s")

    def _lead(self, job: _Job, *, linger: bool = False) -> None:
        """Write what waits, this job with it; then it is the next one's turn."""
        try:
            if linger and len(self._queue) == 1:
                time.sleep(LINGER_S)
            while not job.done:
                self._write(self._next())
        except BaseException:
            job.left = True  # the program is stopped: this thread takes no turn any more
            raise
        finally:
            while not self._pass_lead():
                self._write(self._next())  # nobody waits for these any more

    def _pass_lead(self) -> bool:
        """Whether somebody else writes what is queued, if anything is."""
        with self._lock:
            if not self._queue:
                self._writing = False
                return True
            following = next((entry for entry in self._queue if not entry.left), None)
            if following is not None:
                following.leads = True
                following.turn.release()
            self._writing = bool(self._queue)
            return following is not None or not self._queue

    def _next(self) -> list[_Job]:
        with self._lock:
            if len(self._queue) == 1:
                return [self._queue.popleft()]
            return [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]

    def _write(self, batch: list[_Job]) -> None:
        closing = [job for job in batch if job.operation is _close]
        try:
            if len(closing) < len(batch):
                self._perform([job for job in batch if job not in closing] if closing else batch)
            if closing:
                self._disconnect()
        except BaseException:  # the program is stopped while this thread writes
            self._disconnect()
            for job in batch:
                job.error = job.error or StoreUnavailable("the write was interrupted")
            raise
        finally:
            for job in batch:
                job.done = True
                if not job.leads:
                    job.turn.release()

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
        except ERRORS as problem:
            if not is_victim(problem):
                # After a restart of PostgreSQL. Once the commit was sent, it may have happened.
                if self._committing or not getattr(self._driver, "closed", False):
                    raise
                self._disconnect()
                self._engine.dispose()
            self._commit(batch, is_first=is_victim(problem))

    def _commit(self, batch: list[_Job], *, is_first: bool = True) -> None:
        # Kept open: taking it from the pool costs as much as a small transaction.
        self._connection = connection = self._connection or self._engine.connect()
        self._driver, self._committing = driver_of(connection), False
        self._sync(connection, any(job.durable for job in batch))
        groups = {batch[0].operation: batch} if len(batch) == 1 else _by_operation(batch)
        is_atomic = len(groups) == 1 and all(job.again for job in batch)
        with nullcontext() if is_atomic else Transaction(connection):
            for operation, jobs in groups.items():
                run = operation if is_first or not is_atomic else jobs[0].again or operation
                results = run(connection, [job.argument for job in jobs])
                for job, result in zip(jobs, results, strict=True):
                    job.result = result
            self._committing = True

    def _sync(self, connection: Connection, durable: bool) -> None:
        if durable != self._durable:
            level = "full" if durable else "normal"
            driver_of(connection).execute(f"pragma synchronous = {level}")
            self._durable = durable

    def _disconnect(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            # A broken connection must not take the thread with it that notices.
            with suppress(Exception), connection:
                if getattr(self._driver, "closed", False):
                    connection.invalidate()  # the pool would report it by a traceback
                self._sync(connection, True)
            self._durable = True  # as every new connection is


def run_each(connection: Connection, runs: Sequence[Callable[[Connection], R]]) -> list[R]:
    """The operation for writes that have nothing in common: one after the other."""
    return [run(connection) for run in runs]


def _close(_connection: Connection, _arguments: Sequence[object]) -> Sequence[object]:
    """Stands in the queue for the end of the connection."""
    return ()


def _by_operation(batch: list[_Job]) -> dict[Operation[Any, Any], list[_Job]]:
    groups: dict[Operation[Any, Any], list[_Job]] = {}
    for job in batch:
        groups.setdefault(job.operation, []).append(job)
    return groups
