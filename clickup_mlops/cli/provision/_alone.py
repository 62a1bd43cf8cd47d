"""One provisioning command at a time: a second one would take the first one's open step for one
that was cut off, and make its objects once more.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from clickup_mlops.errors import InputError

if TYPE_CHECKING:
    from clickup_mlops.bot.wiring import Bot


@contextmanager
def alone(bot: "Bot") -> "Iterator[None]":
    """Hold a lock beside the SQLite file; a process that dies lets go of it.

    With PostgreSQL nothing is locked: there the pipeline has to see to it.

    Raises:
        InputError: another command is at it.
    """
    url = bot.store.database.url
    if url.get_backend_name() != "sqlite":
        yield
        return
    # A file of its own: closing SQLite's own would drop SQLite's locks.
    lock = os.open(f"{url.database}-provision", os.O_CREAT | os.O_RDWR, 0o600)
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
        raise InputError(
            "another provisioning command is at work here", hint="Wait until it has ended."
        ) from None
