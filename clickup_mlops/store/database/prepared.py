"""Statements that are compiled once and run on the driver's own connection.

SQLAlchemy compiles the SQL for the database at hand. What it does around each execution (types,
events, result objects) costs five times the execution itself and is not needed here: our values
are numbers, text and bytes, which both drivers take and give as they are.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

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
    """A statement as the driver gets it: values that never change, and whether it returns rows."""

    sql: str
    constants: dict[str, object]
    has_rows: bool


class Prepared:
    """Runs statements of one database. Their parameters are named `bindparam`s or columns.

    Lists (`in_` with `expanding`) are not supported: their SQL depends on the values.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect, self._has_pipeline = dialect, dialect.name != "sqlite"
        self._known: dict[ClauseElement, _Text] = {}

    def run(self, driver: Any, statement: ClauseElement, values: Values) -> Result:
        """Run it on a connection of the driver.

        Raises:
            DBAPIError: SQLAlchemy's, of the same kind as the driver's, which is its cause.
        """
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
        if not self._has_pipeline or (len(statements) == 1 and not begins and not commits):
            return [self.run(driver, *statement) for statement in statements]
        texts = [
            (known, {**known.constants, **values})
            for statement, values in statements
            for known in (self._known.get(statement) or self._write(statement, values),)
        ]
        try:
            with driver.pipeline():
                if begins:
                    driver.execute("begin")
                cursors = [driver.execute(known.sql, values) for known, values in texts]
                if commits:
                    driver.execute("commit")
            return [
                Result(cursor.fetchall() if known.has_rows else [], cursor.rowcount)
                for cursor, (known, _values) in zip(cursors, texts, strict=True)
            ]
        except self._dialect.loaded_dbapi.Error as problem:
            script = "; ".join(known.sql for known, _values in texts)
            raise as_sqlalchemy_error(problem, script, self._dialect) from problem

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
        compiled = statement.compile(dialect=self._dialect, column_keys=[*values])
        constants = {n: value for n, value in compiled.params.items() if n not in values}
        sql = str(compiled)
        has_rows = sql.lstrip().lower().startswith(_SELECTS) or "returning" in sql.lower()
        self._known[statement] = known = _Text(sql, constants, has_rows)
        return known


def driver_of(connection: Connection) -> Any:
    """The driver's own connection: for both drivers what SQLAlchemy calls the DBAPI's. Asking for
    the driver's goes through four properties, for each statement.
    """
    return connection.connection.dbapi_connection


def as_sqlalchemy_error(problem: Exception, text: str, dialect: Dialect) -> BaseException:
    """SQLAlchemy's error for one of the driver's, met while `text` was run."""
    base = dialect.loaded_dbapi.Error
    return DBAPIError.instance(text, None, problem, base, hide_parameters=True, dialect=dialect)
