"""Statements that are compiled once and run on the driver's own connection.

SQLAlchemy compiles the SQL for the database at hand. What it does around each execution (types,
events, result objects) costs five times the execution itself and is not needed here: our values
are numbers, text and bytes, which both drivers take and give as they are.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ClauseElement, Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError

Values = Mapping[str, object]
Statement = tuple[ClauseElement, Values]


class Result(NamedTuple):
    """The rows that a statement returned, if any, and how many rows it changed."""

    rows: list[tuple[Any, ...]]
    changed: int


class Prepared:
    """Runs statements of one database. Their parameters are named `bindparam`s or columns.

    Lists (`in_` with `expanding`) are not supported: their SQL depends on the values.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._known: dict[ClauseElement, tuple[str, Values]] = {}

    def run(self, driver: Any, statement: ClauseElement, values: Values) -> Result:
        """Run it on a connection of the driver.

        Raises:
            DBAPIError: SQLAlchemy's, of the same kind as the driver's, which is its cause.
        """
        text, all_values = self._text(statement, values)
        try:
            return _result(driver.execute(text, all_values))
        except self._dialect.loaded_dbapi.Error as problem:
            raise as_sqlalchemy_error(problem, text, self._dialect) from problem

    def run_all(self, driver: Any, statements: Sequence[Statement]) -> list[Result]:
        """Run them in this order; PostgreSQL gets them in one message. Raises like `run`."""
        if self._dialect.name == "sqlite" or len(statements) == 1:
            return [self.run(driver, *statement) for statement in statements]
        texts = [self._text(*statement) for statement in statements]
        try:
            with driver.pipeline():
                cursors = [driver.execute(*statement) for statement in texts]
            return [_result(cursor) for cursor in cursors]
        except self._dialect.loaded_dbapi.Error as problem:
            script = "; ".join(text for text, _values in texts)
            raise as_sqlalchemy_error(problem, script, self._dialect) from problem

    def all_on(self, connection: Connection, statements: Sequence[Statement]) -> list[Result]:
        """Run them in the transaction of a SQLAlchemy connection, as `run_all` does."""
        return self.run_all(driver_of(connection), statements)

    def on(self, connection: Connection, statement: ClauseElement, values: Values) -> Result:
        """Run it in the transaction of a SQLAlchemy connection."""
        return self.run(driver_of(connection), statement, values)

    def _text(self, statement: ClauseElement, values: Values) -> tuple[str, dict[str, object]]:
        text, constants = self._known.get(statement) or self._write(statement, values)
        return text, {**constants, **values}

    def _write(self, statement: ClauseElement, values: Values) -> tuple[str, Values]:
        compiled = statement.compile(dialect=self._dialect, column_keys=[*values])
        constants = {n: value for n, value in compiled.params.items() if n not in values}
        self._known[statement] = str(compiled), constants
        return self._known[statement]


def driver_of(connection: Connection) -> Any:
    """The driver's own connection: for both drivers what SQLAlchemy calls the DBAPI's. Asking for
    the driver's goes through four properties, for each statement.
    """
    return connection.connection.dbapi_connection


def _result(cursor: Any) -> Result:
    return Result(cursor.fetchall() if cursor.description else [], cursor.rowcount)


def as_sqlalchemy_error(problem: Exception, text: str, dialect: Dialect) -> BaseException:
    """SQLAlchemy's error for one of the driver's, met while `text` was run."""
    base = dialect.loaded_dbapi.Error
    return DBAPIError.instance(text, None, problem, base, hide_parameters=True, dialect=dialect)
