"""Statements that are compiled once and run on the driver's own connection.

SQLAlchemy compiles the SQL for the database at hand. What it does around each execution (types,
events, result objects) costs five times the execution itself and is not needed here: our values
are numbers, text and bytes, which both drivers take and give as they are.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import ClauseElement, Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError

Values = Mapping[str, object]


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
        known = self._known.get(statement)
        text, constants = known or self._write(statement, values)
        try:
            cursor = driver.execute(text, {**constants, **values})
            rows = cursor.fetchall() if cursor.description else []
        except self._dialect.loaded_dbapi.Error as problem:
            raise as_sqlalchemy_error(problem, text, self._dialect) from problem
        return Result(rows, cursor.rowcount)

    def on(self, connection: Connection, statement: ClauseElement, values: Values) -> Result:
        """Run it in the transaction of a SQLAlchemy connection."""
        return self.run(connection.connection.driver_connection, statement, values)

    def _write(self, statement: ClauseElement, values: Values) -> tuple[str, Values]:
        compiled = statement.compile(dialect=self._dialect, column_keys=[*values])
        constants = {n: value for n, value in compiled.params.items() if n not in values}
        self._known[statement] = str(compiled), constants
        return self._known[statement]


def as_sqlalchemy_error(problem: Exception, text: str, dialect: Dialect) -> BaseException:
    """SQLAlchemy's error for one of the driver's, met while `text` was run."""
    base = dialect.loaded_dbapi.Error
    return DBAPIError.instance(text, None, problem, base, hide_parameters=True, dialect=dialect)
