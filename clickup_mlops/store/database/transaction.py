"""Transactions on the driver's own connection: SQLAlchemy's cost more than a short write does."""

from collections.abc import Callable
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

    __slots__ = ("_dialect", "_driver")

    def __init__(self, connection: Connection) -> None:
        self._driver, self._dialect = driver_of(connection), connection.dialect

    def __enter__(self) -> None:
        # A write lock taken late can fail half-way through. The driver of PostgreSQL begins itself.
        if self._dialect.name == "sqlite":
            self._try(lambda: self._driver.execute("begin immediate"), "begin")

    def __exit__(self, _type: object, problem: BaseException | None, _trace: object) -> None:
        if problem is None:
            self._try(self._driver.commit, "commit")
        else:
            self._roll_back()

    def _try(self, call: Callable[[], object], name: str) -> None:
        try:
            call()
        except self._dialect.loaded_dbapi.Error as problem:
            self._roll_back()
            raise as_sqlalchemy_error(problem, name, self._dialect) from problem

    def _roll_back(self) -> None:
        with suppress(self._dialect.loaded_dbapi.Error):  # on a lost connection nothing is left
            self._driver.rollback()
