"""One provisioning command at a time: a second one would take the first one's open step for one
that was cut off, and make its objects once more.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from clickup_mlops.errors import InputError

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.store.database.engine import Database

_LOCK: Final = 7_316_880_215
"""Any number; PostgreSQL's advisory lock is known by it."""


@contextmanager
def alone(bot: "Bot") -> "Iterator[None]":
    """Hold a lock of the store; a process that dies lets go of it.

    Raises:
        InputError: another command is at it.
    """
    database = bot.store.database
    with (_file if database.is_sqlite else _session)(database):
        yield


@contextmanager
def _file(database: "Database") -> "Iterator[None]":
    # A file of its own: closing SQLite's own would drop SQLite's locks.
    lock = os.open(f"{database.url.database}-provision", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        _take(lock)
        yield
    finally:
        os.close(lock)


def _take(lock: int) -> None:
    import fcntl  # not on every system, and only needed here

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _busy() from None


@contextmanager
def _session(database: "Database") -> "Iterator[None]":
    from sqlalchemy import text

    with database.engine.connect() as connection:
        connection.detach()  # the lock ends with the connection, which the pool would keep
        ours = connection.execute(text("select pg_try_advisory_lock(:key)"), {"key": _LOCK})
        if not ours.scalar():
            raise _busy()
        connection.commit()
        yield


def _busy() -> InputError:
    return InputError(
        "another provisioning command is at work here", hint="Wait until it has ended."
    )
