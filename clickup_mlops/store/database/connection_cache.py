"""Connections that stay open between uses: checking one out of the pool costs as much as a select.

One that its server has closed while it was idle is replaced. One that it closes in use fails, which
its user sees as `LostConnection`: what was sent may have been committed, or not.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from sqlalchemy import Connection

from clickup_mlops.store.database.errors import ERRORS
from clickup_mlops.store.database.prepared import driver_of

IDLE: Final = 16
"""Connections of one kind that are kept at most; more are closed after use. Fewer than threads use
at the same time would mean a new one for every other use, which PostgreSQL pays with a process.
"""


class LostConnection(Exception):
    """The server closed the connection; the error that this was noticed by is the cause."""


class ConnectionCache:
    """Connections of one kind: as `connect` makes them, and after the statement `first`, if any.

    Safe from any thread.
    """

    def __init__(self, connect: Callable[[], Connection], first: str = "") -> None:
        self._connect, self._first = connect, first
        self.forked()

    def forked(self) -> None:
        """Starts over: a child must not use its parent's connections."""
        self._idle: list[tuple[Connection, Any]] = []

    @contextmanager
    def checkout(self) -> Iterator[Connection]:
        """A connection that nobody else uses meanwhile. It is closed if the block fails.

        Raises:
            LostConnection: it had been closed by the server.
        """
        connection, driver = self.take()
        try:
            yield connection
        except BaseException as problem:
            self.drop(connection, driver, problem)
            raise
        self.give_back(connection, driver)

    def take(self) -> tuple[Connection, Any]:
        """A connection and the driver's own, which nobody else uses until `give_back` or `drop`."""
        with suppress(IndexError):
            while True:
                connection, driver = self._idle.pop()
                if _is_open(driver):
                    return connection, driver
                _discard(connection)
        return self._open()

    def _open(self) -> tuple[Connection, Any]:
        connection = self._connect()
        driver = driver_of(connection)
        if self._first:
            try:
                driver.execute(self._first)
            except BaseException:
                _discard(connection)
                raise
        return connection, driver

    def give_back(self, connection: Connection, driver: Any) -> None:
        """It can be used again."""
        if len(self._idle) < IDLE:
            self._idle.append((connection, driver))
        else:
            _discard(connection)

    def drop(self, connection: Connection, driver: Any, problem: BaseException) -> None:
        """It failed, and its state is not known.

        Raises:
            LostConnection: that was because the server had closed it.
        """
        # The driver of SQLite knows no such thing.
        is_lost = isinstance(problem, ERRORS) and getattr(driver, "closed", False)
        _discard(connection)
        if is_lost:
            raise LostConnection from problem

    def clear(self) -> None:
        """Closes those that are not in use."""
        with suppress(IndexError):
            while True:
                _discard(self._idle.pop()[0])


def _is_open(driver: Any) -> bool:
    """Whether no server has closed it; SQLite has none."""
    is_quiet = getattr(driver, "is_quiet", None)
    return is_quiet is None or is_quiet()


def _discard(connection: Connection) -> None:
    """Closes it for good: its state is its own, so it must not go back to the pool."""
    with suppress(Exception):
        connection.invalidate()
    with suppress(Exception):
        connection.close()
