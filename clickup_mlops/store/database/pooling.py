"""Whether what is between the bot and PostgreSQL, such as PgBouncer, gives out whole sessions.

The store needs them. Temporary views hide rows from readers, commits that need not wait say so for
their session, and one provisioning at a time holds a lock of its session. With single transactions
another connection would get all of that: readers the hidden rows, and the bot a reader's view.
"""

from typing import Final

from sqlalchemy import Connection, Engine

from clickup_mlops.errors import ConfigError
from clickup_mlops.store.database.prepared import driver_of

_TRIES: Final = 3
"""Others use the pool meanwhile."""


def must_keep_sessions(engine: Engine) -> None:
    """Nothing, if each connection has a session of its own. One select where nothing is between.

    Raises:
        ConfigError: each transaction is given any session.
    """
    connect = engine.execution_options(isolation_level="AUTOCOMMIT").connect
    with connect() as first:
        # A pooler gives its clients a number of its own.
        if _session(first) == driver_of(first).info.backend_pid:
            return
        with connect() as second:
            if any(_is_shared(first, second) for _ in range(_TRIES)):
                raise ConfigError(
                    "the pooler before PostgreSQL gives out single transactions",
                    hint="Set pool_mode = session for this database (PgBouncer), "
                    "or have store.url name PostgreSQL itself.",
                )


def _is_shared(mine: Connection, other: Connection) -> bool:
    """Whether one connection gets a session that the other one had, or loses its own meanwhile."""
    before = _session(mine)
    if _session(mine) != before:  # servers in turn
        return True
    other.exec_driver_sql("begin")
    try:
        return _session(other) == before or _session(mine) != before
    finally:
        other.exec_driver_sql("rollback")


def _session(connection: Connection) -> int:
    return int(connection.exec_driver_sql("select pg_backend_pid()").scalar_one())
