"""Connections that stay open between uses: checking one out of the pool costs as much as a select.

They are not tested before each use either. One that its server has closed meanwhile fails, which
its user sees as `LostConnection`, and may try again: nothing was committed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from sqlalchemy import Connection

from clickup_mlops.store.database.errors import ERRORS
from clickup_mlops.store.database.prepared import driver_of

IDLE: Final = 8
"""Connections of one kind that are kept at most; more are closed after use."""


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
        self._idle: list[Connection] = []

    @contextmanager
    def checkout(self) -> Iterator[Connection]:
        """A connection that nobody else uses meanwhile. It is closed if the block fails.

        Raises:
            LostConnection: it had been closed by the server.
        """
        connection, new = self._take()
        driver = driver_of(connection)
        try:
            if new and self._first:
                connection.exec_driver_sql(self._first)
                connection.commit()
            yield connection
        except ERRORS as problem:
            is_lost = getattr(driver, "closed", False)  # the driver of SQLite knows no such thing
            _discard(connection)
            if is_lost:
                raise LostConnection from problem
            raise
        except BaseException:
            _discard(connection)
            raise
        if len(self._idle) < IDLE:
            self._idle.append(connection)
        else:
            _discard(connection)

    def clear(self) -> None:
        """Closes those that are not in use."""
        with suppress(IndexError):
            while True:
                _discard(self._idle.pop())

    def _take(self) -> tuple[Connection, bool]:
        try:
            return self._idle.pop(), False
        except IndexError:
            return self._connect(), True


def _discard(connection: Connection) -> None:
    """Closes it for good: its state is its own, so it must not go back to the pool."""
    with suppress(Exception):
        connection.invalidate()
    with suppress(Exception):
        connection.close()
