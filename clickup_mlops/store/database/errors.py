"""What the database's errors mean: transient, or for a person to fix.

SQLAlchemy's and the drivers' errors are converted here. Callers of the store get `StoreUnavailable`
(transient: the same call may succeed in a moment) or `ConfigError` (permanent: it fails until the
settings or the server are fixed).
"""

from typing import Final

from sqlalchemy import exc
from sqlalchemy.engine import URL

from clickup_mlops.errors import ConfigError, StoreUnavailable

ERRORS: Final = (exc.DBAPIError, exc.TimeoutError, exc.PendingRollbackError)
"""What SQLAlchemy may raise when a statement does not succeed."""

_DATABASE_ERRORS: Final = (
    exc.OperationalError,  # locked, full, unreachable, restarted, deadlock
    exc.InterfaceError,  # the connection is gone
    exc.InternalError,  # a fail-over made the server read-only
    exc.TimeoutError,  # no connection of the pool became free
    exc.PendingRollbackError,  # the connection broke in the middle of a transaction
)

_VICTIM: Final = ("40P01", "40001")
"""PostgreSQL's codes for a deadlock and for a serialization failure."""

_EXAMPLES = "Use sqlite:///bot.db or postgresql://user@host/database."

_NO_TABLES = "Its tables are missing: start `clickup-mlops serve` once (again), it makes them."
_NO_RELATION: Final = 'relation "'
"""How PostgreSQL's message about a missing table begins."""
_NO_RIGHT: Final = "permission denied"

# A refused connection has no code in the driver, only the server's words; more special ones first.
_PERMANENT = {
    "readonly": "Give this user write access to the file and its folder.",
    "invalid port": "Use a port from 1 to 65535.",
    "unable to open": "Create the folder, and give this user write access to it.",
    "not a database": "The file is something else: choose another name.",
    "malformed": "The file is damaged: restore a backup, or start with a new one.",
    "no such table": _NO_TABLES,
    _NO_RELATION: _NO_TABLES,
    'fatal:  role "': "Create the user first, for example with `createuser`, and let it log in.",
    "certificate": "Check sslmode and sslrootcert in store.url, and the certificate.",
    "does not support ssl": "Check sslmode in store.url.",
    "does not exist": "Create the database first, for example with `createdb`.",
    "password": "Check user and password in store.url.",
    _NO_RIGHT: "Let this user use the database and make tables in it, for example as its owner.",
    "pg_hba": "PostgreSQL does not let this user in from here: see its pg_hba.conf.",
}
_TRANSIENT = {
    "is full": "Free some disk space; ClickUp delivers refused events again.",
    "locked": "Another process is writing: run one bot per SQLite file, or use PostgreSQL.",
    "too many": "Raise max_connections of PostgreSQL, or run fewer processes.",
    "connection": "Is PostgreSQL running, and are host and port right?",
    "resolve host": "Is the name right, and does the name service know it?",
    "queuepool": "All connections are in use: the database is slow, or there are many threads.",
}


def is_database_error(problem: BaseException) -> bool:
    """Whether the database failed, rather than the statement being wrong."""
    if isinstance(problem, exc.ProgrammingError):
        return str(problem.orig).startswith((_NO_RELATION, _NO_RIGHT))
    # A damaged file has no class of its own.
    return isinstance(problem, _DATABASE_ERRORS) or type(problem) is exc.DatabaseError


def is_victim(problem: BaseException) -> bool:
    """Whether PostgreSQL ended this transaction for the sake of another one, with which it had
    locked the same rows in another order. Nothing was committed; again, it would succeed.
    """
    return getattr(getattr(problem, "orig", None), "sqlstate", "") in _VICTIM


def explain(problem: Exception, url: URL) -> ConfigError | StoreUnavailable:
    """The error for whoever set the store up, with a hint. Never shows the password."""
    where = url.render_as_string(hide_password=True)
    cause = getattr(problem, "orig", None) or problem
    text = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
    message, lowered = f"store {where}: {text}", text.lower()
    for part, hint in _PERMANENT.items():
        if part in lowered:
            return ConfigError(message, hint=hint)
    if not is_database_error(problem):
        return ConfigError(message, hint=_EXAMPLES)
    hints = (hint for part, hint in _TRANSIENT.items() if part in lowered)
    return StoreUnavailable(message, hint=next(hints, "Try again in a moment."))
