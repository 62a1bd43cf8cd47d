"""The database as a reader sees it who does not see the whole Workspace; it writes nothing.

On its connections a temporary view of the same name stands in front of each table, and holds the
rows that the reader sees: SQLite and PostgreSQL both look there first. So every query is limited by
the database itself, before it counts, sorts or pages.
"""

import os
import weakref
from collections.abc import Iterable, Iterator
from typing import Any, Final, NoReturn

from sqlalchemy import Connection, Table

from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.store.access import Access
from clickup_mlops.store.database.connection_cache import ConnectionCache
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.opening import open_engine
from clickup_mlops.store.database.prepared import Prepared
from clickup_mlops.store.database.readers import condition
from clickup_mlops.store.database.schema import metadata

_LISTS: Final = ("visible_list", "visible_space")
_ACCESS: Final = "access"
_AT_ONCE: Final = 500


class RestrictedCache(ConnectionCache):
    """Connections with the views, for one reader after another. Safe from any thread.

    Their engine is their own: no other user of the database ever gets one of them.
    """

    def __init__(self, database: Database) -> None:
        self._is_sqlite = database.is_sqlite
        self._engine = open_engine(database.url, is_sqlite=self._is_sqlite)
        options = database.read_options()
        super().__init__(self._engine.execution_options(**options).connect)
        _caches.add(self)

    def take_for(self, access: Access) -> tuple[Connection, Any]:
        """A connection on which this alone is visible."""
        connection, driver = self.take()
        try:
            if connection.info.get(_ACCESS) != access:
                self._show(connection, driver, access)
        except BaseException as problem:
            self.drop(connection, driver, problem)
            raise
        return connection, driver

    def _show(self, connection: Connection, driver: Any, access: Access) -> None:
        if connection.info.pop(_ACCESS, None) is None:
            for statement in self._views(driver):
                driver.execute(statement)
        for table, ids in zip(_LISTS, (access.lists or (), access.spaces), strict=True):
            driver.execute(f"delete from {table}")  # noqa: S608
            for values in _batches(ids):
                driver.execute(f"insert into {table} (id) values {values}")  # noqa: S608
        connection.info[_ACCESS] = access

    def _views(self, driver: Any) -> Iterator[str]:
        schema = "main" if self._is_sqlite else _current_schema(driver)
        existing = None if self._is_sqlite else _existing_tables(driver)
        if not self._is_sqlite:  # a role's path may name them last: the tables would be read
            yield f"set search_path to pg_temp, {schema}"
        for name in _LISTS:
            yield f"create temporary table {name} (id text primary key)"
        for table in metadata.sorted_tables:
            if existing is None or table.name in existing:
                yield _view(table, schema)

    def forked(self) -> None:
        """Starts over: a child must not use its parent's connections."""
        self._engine.dispose(close=False)
        super().forked()

    def clear(self) -> None:
        """Closes those that are not in use."""
        super().clear()
        self._engine.dispose()


def _view(table: Table, schema: str) -> str:
    name = _quoted(table.name)
    rows = f"select r.* from {schema}.{name} r where {condition(table, schema)}"  # noqa: S608
    return f"create temporary view {name} as {rows}"


class RestrictedDatabase(Database):
    """A database's rows that `access` sees, read over the connections of `cache`."""

    def __init__(self, database: Database, cache: RestrictedCache, access: Access) -> None:
        # Not the base's: there is no engine, no writer and nothing deferred, so nothing writes.
        self.url, self.is_sqlite = database.url, database.is_sqlite
        self._explained, self._cache = database.explained, cache
        self._readers = _ConnectionsOfReader(cache, access)
        self.prepared = Prepared(database.engine.dialect)

    def _forget_connections(self) -> None:
        self._cache.clear()

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise ClickUpMlopsError("what a reader sees cannot be written")

    write = commit = batch = put = defer = defer_newest = defer_last = submit = _refuse

    def flush(self) -> None:
        """Nothing is ever deferred."""

    def close(self) -> None:
        """The connections are the cache's."""


class _ConnectionsOfReader(ConnectionCache):
    """The cache, for one reader."""

    def __init__(self, cache: RestrictedCache, access: Access) -> None:
        self._cache, self._access = cache, access

    def take(self) -> tuple[Connection, Any]:
        return self._cache.take_for(self._access)

    def give_back(self, connection: Connection, driver: Any) -> None:
        self._cache.give_back(connection, driver)

    def drop(self, connection: Connection, driver: Any, problem: BaseException) -> None:
        self._cache.drop(connection, driver, problem)

    def clear(self) -> None:
        self._cache.clear()


def _batches(ids: Iterable[str]) -> Iterator[str]:
    """Rows to insert. Ids are letters, digits, `-` and `_`; whatever else is no id."""
    safe = [name for name in ids if name.replace("-", "").replace("_", "").isalnum()]
    for start in range(0, len(safe), _AT_ONCE):
        yield ", ".join(f"('{name}')" for name in safe[start : start + _AT_ONCE])


def _current_schema(driver: Any) -> str:
    ((name,),) = driver.execute("select current_schema()").fetchall()
    return _quoted(str(name))


def _existing_tables(driver: Any) -> frozenset[str]:
    query = "select tablename from pg_tables where schemaname = current_schema()"
    return frozenset(name for (name,) in driver.execute(query).fetchall())


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


_caches: weakref.WeakSet[RestrictedCache] = weakref.WeakSet()


def _after_fork() -> None:
    for cache in list(_caches):
        cache.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
