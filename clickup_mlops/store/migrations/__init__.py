"""Brings the tables up to date with Alembic, once, however many processes start together.

A new revision is a file in `versions/` whose name is its revision id: `0002_<what>.py`. What it
must create is what `tables/` declares.
"""

import contextlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from clickup_mlops.errors import ConfigError
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.errors import explain
from clickup_mlops.store.database.missing_database import without_tables
from clickup_mlops.store.migrations import lineage
from clickup_mlops.store.tables import complete_schema

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER: Final = Path(__file__).parent
LOCATIONS: Final = [FOLDER / "versions"]
"""Where revisions are. A test that needs an older or newer schema adds a folder."""
_LOCK: Final = 7_316_880_214
"""Any number; PostgreSQL's advisory lock is known by it."""


def head() -> str:
    """The newest revision that this version knows: files sort by number."""
    return max(revisions())


def revisions() -> set[str]:
    """Every revision that this version knows."""
    return {file.stem for folder in LOCATIONS for file in folder.glob("[0-9]*.py")}


def must_be_current(database: Database) -> None:
    """Nothing, if the tables are as this version wants them.

    Raises:
        NoStore: there are none yet.
        ConfigError: they are older or newer, or the database cannot be read.
    """
    stored = current(database)
    if stored is None:
        raise without_tables(database.url)
    if stored != head():
        raise ConfigError(
            f"the store's tables are at revision {stored}, this version wants {head()}",
            hint="Start `clickup-mlops serve` of this version once: it brings them up to date. "
            "See `clickup-mlops help upgrade`.",
        )


def upgrade(database: Database) -> None:
    """Runs the missing revisions in one transaction.

    Raises:
        ConfigError: the database cannot be opened or written, or its tables cannot be upgraded.
    """
    try:
        if current(database) != head():
            _upgrade_alone(database)
        _must_be_writable(database)
    except SQLAlchemyError as problem:
        raise explain(problem, database.url) from problem
    finally:
        # What ran here must not leak into worker processes that are forked next.
        database.engine.dispose()


def _upgrade_alone(database: Database) -> None:
    if database.is_sqlite:
        _use_wal(database)
    with _locked(database) as connection:
        # Another process may have done it while this one waited.
        if _revision(connection) != head():
            run(connection)


@contextlib.contextmanager
def _locked(database: Database) -> Iterator[Connection]:
    with database.engine.begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        yield connection


def run(connection: Connection, revision: str = "head") -> None:
    """Brings the tables up to a revision; an older one only makes sense for trying an upgrade."""
    from alembic import command

    alembic = config()
    alembic.attributes["connection"] = connection
    command.upgrade(alembic, revision)


def config() -> "Config":
    """Alembic's configuration: there is no `alembic.ini`."""
    from alembic.config import Config

    alembic_config = Config()
    alembic_config.set_main_option("script_location", _escaped(str(FOLDER)))
    alembic_config.set_main_option("path_separator", "newline")
    alembic_config.set_main_option("version_locations", _escaped("\n".join(map(str, LOCATIONS))))
    return alembic_config


def _escaped(option: str) -> str:
    return option.replace("%", "%%")


def current(database: Database) -> str | None:
    """The revision that the tables are at; None: there are none.

    Raises:
        ConfigError: it cannot be read, or this version can neither use nor upgrade the tables.
    """
    with database.reading() as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    tables = inspect(connection).get_table_names()
    stored: list[str] = []
    if "alembic_version" in tables:
        stored = list(connection.execute(text("select version_num from alembic_version")).scalars())
    return check(f"the database {_address(connection)}", stored, tables)


def check(source: str, stored: Sequence[str], tables: Collection[str]) -> str | None:
    """The revision of these tables, if this version can use or upgrade them; None: there are none.

    Raises:
        ConfigError: it cannot; with the reason and a way out.
    """
    table_names = {table.name for table in complete_schema().sorted_tables}
    return lineage.usable(
        source, stored, tables, known_revisions=revisions(), table_names=table_names
    )


def _address(connection: Connection) -> str:
    return connection.engine.url.render_as_string(hide_password=True)


def _use_wal(database: Database) -> None:
    # Two processes that switch at once may get "locked" without waiting: the other one does the
    # same for both.
    with database.reading() as connection, contextlib.suppress(OperationalError):
        connection.exec_driver_sql("pragma journal_mode = wal")


def _must_be_writable(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = version_num"))
