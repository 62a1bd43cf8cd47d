"""How databases are opened: addresses, drivers, settings of connections."""

import os
import sqlite3
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from clickup_mlops.errors import ConfigError
from clickup_mlops.store.database.transaction import OWN_BEGIN

BUSY_MS = 5_000
"""How long SQLite waits for another process's write before it gives up."""

CACHE_KIB = 512
"""Pages that each SQLite connection keeps; the operating system caches the file as well."""

CONNECT_S = 5
"""How long to wait for a new connection to PostgreSQL, or for a free one."""

CONNECT_OPTIONS: Final[dict[str, Any]] = {
    "connect_timeout": CONNECT_S,
    # A server whose machine is gone says nothing: else the wait would be 15 minutes.
    "tcp_user_timeout": 15_000,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
"""Time-outs of a connection to PostgreSQL: libpq's parameters."""

_POSTGRES = "postgresql+psycopg"
_QUIET: Final[dict[str, Any]] = {"hide_parameters": True}  # they would be part of error messages
_EXAMPLES = "Use sqlite:///bot.db or postgresql://user@host/database."


def parse_url(url: str) -> URL:
    """The checked address of the database.

    Raises:
        ConfigError: it is no URL, or names a database that we do not support.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as problem:
        raise ConfigError("store.url: it cannot be read", hint=_EXAMPLES) from problem
    name = parsed.drivername
    if name in ("postgres", "postgresql", _POSTGRES):
        return parsed.set(drivername=_POSTGRES)
    if name not in ("sqlite", "sqlite+pysqlite"):
        raise ConfigError(f"store.url: {name} cannot be used", hint=_EXAMPLES)
    if parsed.database in (None, "", ":memory:"):
        raise ConfigError(
            "store.url: it needs a file: events in memory would be lost",
            hint="Use sqlite:///bot.db.",
        )
    return parsed


def open_engine(url: URL, *, is_sqlite: bool) -> Engine:
    """The engine of SQLAlchemy; its connections are made when first needed.

    Raises:
        ConfigError: the folder does not exist, or the driver is not installed.
    """
    try:
        if not is_sqlite:
            return _open_postgres(url)
        _folder_must_exist(url.database or "")
        _keep_private(url.database or "")
        engine = create_engine(
            url,
            pool_size=8,
            max_overflow=-1,
            paramstyle="named",
            **_QUIET,
            connect_args={"timeout": BUSY_MS / 1000},
        )
    except (ModuleNotFoundError, NoSuchModuleError) as problem:
        raise ConfigError(
            "the PostgreSQL driver is not installed",
            hint="Install it with: pip install 'clickup-mlops[postgres]'",
        ) from problem
    event.listen(engine, "connect", _connected)
    event.listen(engine, "begin", _begin)
    return engine


def _open_postgres(url: URL) -> Engine:
    # SQLite needs neither it nor its driver.
    from clickup_mlops.store.database.postgres import OPTIONS, PostgresConnection

    engine = create_engine(
        url,
        pool_size=8,
        # Two kinds of idle ones, and a thread must not wait for one while others lie idle.
        max_overflow=64,
        pool_timeout=CONNECT_S,
        connect_args=CONNECT_OPTIONS
        | {key: url.query[key] for key in CONNECT_OPTIONS.keys() & url.query}
        | OPTIONS,
        **_QUIET,
    )

    def connect(_dialect: object, _record: object, *call: Any) -> PostgresConnection:
        arguments, options = call
        return PostgresConnection.connect(*arguments, **options)

    event.listen(engine, "do_connect", connect)
    return engine


def _folder_must_exist(file: str) -> None:
    folder = Path(file).absolute().parent
    if not file.startswith("file:") and not folder.is_dir():
        raise ConfigError(f"store.url: folder {folder} does not exist", hint="Create it first.")


def _keep_private(file: str) -> None:
    # It holds webhook secrets and task texts; SQLite's other files get the mode of this one.
    if not file.startswith("file:"):
        with suppress(OSError):
            os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))


def _connected(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions by itself: `_begin` decides which kind.
    connection.isolation_level = None
    connection.execute("pragma synchronous = full")
    connection.execute("pragma foreign_keys = on")
    connection.execute(f"pragma cache_size = -{CACHE_KIB}")
    # One plan for all values: newer versions compile a statement anew for each value of LIMIT.
    if sys.version_info >= (3, 12):
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_QPSG, True)


def _begin(connection: Connection) -> None:
    # A write lock taken late can fail half-way through; a lone select needs no transaction.
    if not OWN_BEGIN.keys() <= connection.get_execution_options().keys():
        try:
            connection.connection.cursor().execute("begin immediate")
        except sqlite3.OperationalError as problem:
            raise OperationalError("begin immediate", None, problem) from problem
