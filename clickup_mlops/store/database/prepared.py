"""Statements that are compiled once and run on the driver's own connection.

SQLAlchemy compiles the SQL for the database at hand. What it does around each execution (types,
events, result objects) costs five times the execution itself and is not needed here: our values
are numbers, text and bytes, which both drivers take and give as they are.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import ClauseElement, Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError

_SELECTS: Final = ("select", "with", "values", "(select")
Values = Mapping[str, object]
Statement = tuple[ClauseElement, Values]


class Result(NamedTuple):
    """The rows that a statement returned, if any, and how many rows it changed."""

    rows: list[tuple[Any, ...]]
    changed: int


class _Text(NamedTuple):
    """A statement as the driver gets it: the names of its parameters on PostgreSQL, which numbers
    them, values that never change, and whether it returns rows.
    """

    sql: str
    encoded: bytes
    names: Sequence[str]
    constants: dict[str, object]
    has_rows: bool


_BEGIN: Final = b"begin", ()
_COMMIT: Final = b"commit", ()


_compiled: Final = defaultdict[str, WeakKeyDictionary[ClauseElement, _Text]](WeakKeyDictionary)
"""By the kind of database: most statements are constants of modules, the same for each Workspace,
each reader and each of a thousand tests. To compile one takes far longer than to run it.
"""


class Prepared:
    """Runs statements of one database. Their parameters are named `bindparam`s or columns.

    Lists (`in_` with `expanding`) are not supported: their SQL depends on the values.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect, self._is_sqlite = dialect, dialect.name == "sqlite"
        numbering: Any = type(dialect)
        self._language = dialect if self._is_sqlite else numbering(paramstyle="numeric_dollar")
        self._known: dict[ClauseElement, _Text] = {}

    def run(self, driver: Any, statement: ClauseElement, values: Values) -> Result:
        """Run it on a connection of the driver.

        Raises:
            DBAPIError: SQLAlchemy's, of the same kind as the driver's, which is its cause.
        """
        if not self._is_sqlite:
            return self.run_all(driver, [(statement, values)])[0]
        known = self._known.get(statement) or self._write(statement, values)
        if known.constants:
            values = {**known.constants, **values}
        try:
            cursor = driver.execute(known.sql, values)
            return Result(cursor.fetchall() if known.has_rows else [], cursor.rowcount)
        except self._dialect.loaded_dbapi.Error as problem:
            raise as_sqlalchemy_error(problem, known.sql, self._dialect) from problem

    def run_all(
        self,
        driver: Any,
        statements: Sequence[Statement],
        *,
        begins: bool = False,
        commits: bool = False,
    ) -> list[Result]:
        """Run them in this order; PostgreSQL gets them in one message, with the beginning of a
        transaction before them if they are its first ones, and its end after the last ones. Raises
        like `run`.
        """
        if self._is_sqlite:
            return [self.run(driver, *statement) for statement in statements]
        texts = [
            self._known.get(statement) or self._write(statement, values)
            for statement, values in statements
        ]
        numbered = [
            (text.encoded, _place(text, values))
            for text, (_statement, values) in zip(texts, statements, strict=True)
        ]
        try:
            ran = driver.run_together(
                [*[_BEGIN] * begins, *numbered, *[_COMMIT] * commits],
            )
        except self._dialect.loaded_dbapi.Error as problem:
            script = "; ".join(text.sql for text in texts)
            raise as_sqlalchemy_error(problem, script, self._dialect) from problem
        return [Result(*result) for result in ran[begins : begins + len(texts)]]

    def all_on(
        self,
        connection: Connection,
        statements: Sequence[Statement],
        *,
        begins: bool = False,
        commits: bool = False,
    ) -> list[Result]:
        """Run them in the transaction of a SQLAlchemy connection, as `run_all` does."""
        return self.run_all(driver_of(connection), statements, begins=begins, commits=commits)

    def on(self, connection: Connection, statement: ClauseElement, values: Values) -> Result:
        """Run it in the transaction of a SQLAlchemy connection."""
        return self.run(driver_of(connection), statement, values)

    def _write(self, statement: ClauseElement, values: Values) -> _Text:
        shared = _compiled[self._dialect.name]
        text = shared.get(statement) or _compile(statement, values, self._language)
        self._known[statement] = shared[statement] = text
        return text


def _compile(statement: ClauseElement, values: Values, language: Dialect) -> _Text:
    compiled = statement.compile(dialect=language, column_keys=[*values])
    constants = {n: value for n, value in compiled.params.items() if n not in values}
    sql = str(compiled)
    has_rows = sql.lstrip().lower().startswith(_SELECTS) or "returning" in sql.lower()
    names = getattr(compiled, "positiontup", None) or ()
    return _Text(sql, sql.encode(), names, constants, has_rows)


def _place(text: _Text, values: Values) -> list[object]:
    """The values of its numbered parameters, in order."""
    constants = text.constants
    return [values[name] if name in values else constants[name] for name in text.names]


def driver_of(connection: Connection) -> Any:
    """The driver's own connection: for both drivers what SQLAlchemy calls the DBAPI's. Asking for
    the driver's goes through four properties, for each statement.
    """
    return connection.connection.dbapi_connection


def as_sqlalchemy_error(problem: Exception, text: str, dialect: Dialect) -> BaseException:
    """SQLAlchemy's error for one of the driver's, met while `text` was run."""
    base = dialect.loaded_dbapi.Error
    return DBAPIError.instance(text, None, problem, base, hide_parameters=True, dialect=dialect)
