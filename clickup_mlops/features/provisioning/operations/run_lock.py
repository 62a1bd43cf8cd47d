"""One run at a time, of provisioning and of migrations each: a second one would take the first
one's open step for an interrupted one, and create its objects again.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final, Literal

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import InputError
from clickup_mlops.store.database.engine import Database

What = Literal["provision", "migrate"]
_LOCKS: Final[dict[What, int]] = {"provision": 7_316_880_215, "migrate": 7_316_880_216}
"""Any numbers; PostgreSQL's advisory locks are known by them."""
_NAMES: Final[dict[What, str]] = {"provision": "provisioning", "migrate": "migration"}


@contextmanager
def exclusive(bot: Bot, lock_kind: What = "provision") -> Iterator[None]:
    """Hold a lock of the store; the lock of a process that dies is released.

    Raises:
        InputError: another run holds it.
    """
    database = bot.store.database
    with (_file if database.is_sqlite else _session)(database, lock_kind):
        yield


@contextmanager
def _file(database: Database, lock_kind: What) -> Iterator[None]:
    # A file of its own: closing SQLite's own would drop SQLite's locks.
    lock = os.open(f"{database.url.database}-{lock_kind}", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        _take(lock, lock_kind)
        yield
    finally:
        os.close(lock)


def _take(lock: int, lock_kind: What) -> None:
    try:
        _lock(lock)
    except (BlockingIOError, PermissionError):
        raise _busy(lock_kind) from None


def _lock(file: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def _session(database: Database, lock_kind: What) -> Iterator[None]:
    with database.engine.connect() as connection:
        connection.detach()  # the lock ends with the connection, which the pool would keep
        ours = connection.execute(
            text("select pg_try_advisory_lock(:key)"), {"key": _LOCKS[lock_kind]}
        )
        if not ours.scalar():
            raise _busy(lock_kind)
        connection.commit()
        try:
            yield
        finally:
            # PostgreSQL notices only later that a connection was closed: the next command would be
            # refused. One that broke is closed already.
            with suppress(SQLAlchemyError):
                connection.execute(
                    text("select pg_advisory_unlock(:key)"), {"key": _LOCKS[lock_kind]}
                )
                connection.commit()


def _busy(lock_kind: What) -> InputError:
    return InputError(
        f"another {_NAMES[lock_kind]} command is running", hint="Wait until it has ended."
    )
