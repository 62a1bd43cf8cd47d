"""The tables: one module each, with its schema, its repository and its retention.

To add a table, add two files and nothing else:

1. `tables/<name>.py` with the `Table` on `metadata`, a repository that is made from a `Database`,
   and `TABLE = store_table(<repository>, Expiry(...))`; `mutes.py` is a short one to copy.
2. `migrations/versions/<number>_<what>.py`, the revision that creates it. A test compares the two.

Then `store.<name>` is the repository, a backup holds the rows, and `prune` deletes those that an
`Expiry` names, after the time that `[retention]` gives for its kind. Code that mypy checks reads
`store.<name>` once `Store` declares its type: one line there. A feature's table is in
`features/<feature>/tables/<name>.py`, its revision in `features/<feature>/migrations/versions/`,
and `store.table(<repository>)` gives its repository.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, MetaData, Table

from clickup_mlops import registry
from clickup_mlops.store.audit.log import Audit
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.schema import metadata


@dataclass(frozen=True, slots=True)
class Expiry:
    """Which rows of a table are too old to keep."""

    kind: str
    """The setting of `[retention]` that says how long they are kept."""
    table: Table
    expired: Callable[[int], ColumnElement[bool]]
    """The condition that a row meets if it expired before that time (Unix ms)."""


@dataclass(frozen=True, slots=True)
class StoreTable:
    """What the store knows of a module: how its repository is made, and what of it expires."""

    repository: Callable[[Database, Audit], object]
    expiries: tuple[Expiry, ...] = ()
    created_task: Callable[[ColumnElement[str]], ColumnElement[bool]] | None = None
    """The condition that a row of this table says that the bot created the task with that id."""
    after_restore: Callable[[Any], None] = lambda _repository: None
    """Called with the repository once a backup has been restored into it."""


def store_table(repository: Callable[[Database], object], *expiries: Expiry) -> StoreTable:
    """A table whose repository needs the database alone."""
    return StoreTable(lambda database, _audit: repository(database), expiries)


def audited_table(repository: Callable[[Database, Audit], object], *expiries: Expiry) -> StoreTable:
    """A table whose repository also appends to the audit, in the same transaction."""
    return StoreTable(repository, expiries)


def find_tables() -> dict[str, StoreTable]:
    """The `TABLE` of each module in this folder and in the features' `tables/`, by file name.

    Raises:
        ConfigError: a module defines no `TABLE`.
    """
    from clickup_mlops.store import tables

    return registry.find_all("tables", "TABLE", tables)


def find_table(name: str) -> StoreTable | None:
    """The one of the module with this file name, without importing the others; None: there is none.

    Raises:
        ConfigError: the module defines no `TABLE`.
    """
    from clickup_mlops.store import tables

    table: StoreTable | None = registry.find_named("tables", name, "TABLE", tables)
    return table


def complete_schema() -> MetaData:
    """The schema with every table in it: of the modules in this folder, and of the audit."""
    find_tables()
    return metadata
