"""One provisioning run at a time: a second one would take the first one's open step for an
interrupted one, and create its objects again.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import text

from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import InputError
from clickup_mlops.store.database.engine import Database

_LOCK: Final = 7_316_880_215
"""Any number; PostgreSQL's advisory lock is known by it."""


@contextmanager
def exclusive(bot: Bot) -> Iterator[None]:
    """Hold a lock of the store; the lock of a process that dies is released.

    Raises:
        InputError: another run holds it.
    """
    database = bot.store.database
    with (_file if database.is_sqlite else _session)(database):
        yield


@contextmanager
def _file(database: Database) -> Iterator[None]:
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
def _session(database: Database) -> Iterator[None]:
    with database.engine.connect() as connection:
        connection.detach()  # the lock ends with the connection, which the pool would keep
        ours = connection.execute(text("select pg_try_advisory_lock(:key)"), {"key": _LOCK})
        if not ours.scalar():
            raise _busy()
        connection.commit()
        yield


def _busy() -> InputError:
    return InputError("another provisioning command is running", hint="Wait until it has ended.")
