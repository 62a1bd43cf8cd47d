"""Transactions on the driver's own connection: SQLAlchemy's cost more than a short write does."""

from contextlib import suppress
from typing import Any, Final

from sqlalchemy import Connection

from clickup_mlops.store.database.prepared import as_sqlalchemy_error, driver_of

OWN_BEGIN: Final[dict[str, Any]] = {"clickup_mlops_own_begin": True}
"""Execution option of connections on which SQLAlchemy begins nothing."""


class Transaction:
    """Committed at the end of the block, rolled back if that fails. A class, because a generator
    would cost as much as the transaction.

    Raises:
        DBAPIError: SQLAlchemy's, of the same kind as the driver's, which is its cause.
    """

    __slots__ = ("_begin", "_dialect", "_driver")

    def __init__(self, connection: Connection, *, begins: bool = True) -> None:
        """`begins` False: on PostgreSQL the first statements bring the beginning with them."""
        self._driver, self._dialect = driver_of(connection), connection.dialect
        self._begin = "begin immediate" if self._dialect.name == "sqlite" else "begin" * begins

    def __enter__(self) -> None:
        # A write lock taken late can fail half-way through.
        try:
            if self._begin:
                self._driver.execute(self._begin)
        except self._dialect.loaded_dbapi.Error as problem:
            raise self._failed(problem, "begin") from problem

    def __exit__(self, _type: object, problem: BaseException | None, _trace: object) -> None:
        if problem is not None:
            self._roll_back()
            return
        try:
            self._driver.commit()
        except self._dialect.loaded_dbapi.Error as failure:
            raise self._failed(failure, "commit") from failure

    def _failed(self, problem: Exception, name: str) -> BaseException:
        self._roll_back()
        return as_sqlalchemy_error(problem, name, self._dialect)

    def _roll_back(self) -> None:
        with suppress(self._dialect.loaded_dbapi.Error):  # on a lost connection nothing is left
            self._driver.rollback()
