"""Brings the tables up to date with Alembic, once, however many processes start together.

Each package that owns tables has its revisions: the store in `versions/`, a feature in its
`migrations/versions/`. A revision is a file whose name is its id: `0001_<package>.py` creates the
tables that the package declares, `<number>_<what>.py` follows the package's one before it. A number
is greater than those of all packages.
"""

import contextlib
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from clickup_mlops import registry
from clickup_mlops.errors import ConfigError
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.errors import explain
from clickup_mlops.store.database.missing_database import without_tables
from clickup_mlops.store.migrations import lineage

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER: Final = Path(__file__).parent
LOCATIONS: Final = [
    FOLDER / "versions",
    *(registry.FEATURES / feature / "migrations" / "versions" for feature in registry.features()),
]
"""Where revisions are, if the folder exists. A test that needs a newer schema adds one."""
_DOWN_REVISION: Final = re.compile(r'^down_revision = "(.+)"$', re.MULTILINE)
_CREATED: Final = re.compile(r'\bop\.create_table\(\s*"(\w+)"')
_DROPPED: Final = re.compile(r'\bop\.drop_table\(\s*"(\w+)"')
_LOCK: Final = 7_316_880_214
"""Any number; PostgreSQL's advisory lock is known by it."""


def head() -> str:
    """The newest revision that this version knows, of all packages."""
    return lineage.newest(heads())


def heads() -> frozenset[str]:
    """The newest revision of each package."""
    predecessors = {_read_predecessor(file) for file in _files()}
    return frozenset(revisions() - predecessors)


def revisions() -> set[str]:
    """Every revision that this version knows."""
    return {file.stem for file in _files()}


def _files() -> Iterator[Path]:
    return (file for folder in LOCATIONS for file in folder.glob("[0-9]*.py"))


def _read_predecessor(file: Path) -> str:
    match = _DOWN_REVISION.search(_read(file))
    return match[1] if match else ""


@cache
def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def table_names() -> set[str]:
    """The tables that a store has after all revisions.

    Read from the revisions' text: importing every table takes longer than a command that reads one.
    """
    names: set[str] = set()
    for file in sorted(_files(), key=lambda file: file.stem):
        names -= {*_DROPPED.findall(_read(file))}
        names |= {*_CREATED.findall(_read(file))}
    return names


def describe(stored: Iterable[str]) -> str:
    """The newest of the revisions; `head()` if, and only if, all are those of this version."""
    newest, missing = lineage.newest(stored), heads().difference(stored)
    if newest == head() and missing:
        return f"{newest} without {', '.join(sorted(missing))}"
    return newest


def must_be_current(database: Database) -> None:
    """Nothing, if the tables are as this version wants them.

    Raises:
        NoStore: there are none yet.
        ConfigError: they are older or newer, or the database cannot be read, or not in sessions.
    """
    database.must_keep_sessions()
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
        database.must_keep_sessions()
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
        if heads().difference(_read_stored(connection)):
            run(connection)


@contextlib.contextmanager
def _locked(database: Database) -> Iterator[Connection]:
    with database.engine.begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        yield connection


def run(connection: Connection, *older: str) -> None:
    """Brings the tables up to date; or up to `older` revisions, to copy or try an older store."""
    from alembic import command

    alembic = config()
    alembic.attributes["connection"] = connection
    for revision in older or ("heads",):
        command.upgrade(alembic, revision)


def config() -> "Config":
    """Alembic's configuration: there is no `alembic.ini`."""
    from alembic.config import Config

    alembic_config = Config()
    alembic_config.set_main_option("script_location", _escaped(str(FOLDER)))
    alembic_config.set_main_option("path_separator", "newline")
    folders = "\n".join(str(folder) for folder in LOCATIONS if folder.is_dir())
    alembic_config.set_main_option("version_locations", _escaped(folders))
    return alembic_config


def _escaped(option: str) -> str:
    return option.replace("%", "%%")


def current(database: Database) -> str | None:
    """The revision that the tables are at; None: there are none.

    Raises:
        ConfigError: it cannot be read, or this version can neither use nor upgrade the tables.
    """
    revisions = stored(database)
    return describe(revisions) if revisions else None


def stored(database: Database) -> Sequence[str]:
    """The revisions that the tables are at, one for each package; none: there are no tables.

    Raises:
        ConfigError: as `current`.
    """
    with database.reading() as connection:
        return _read_stored(connection)


def _read_stored(connection: Connection) -> Sequence[str]:
    tables = inspect(connection).get_table_names()
    stored: list[str] = []
    if "alembic_version" in tables:
        stored = list(connection.execute(text("select version_num from alembic_version")).scalars())
    return check(f"the database {_address(connection)}", stored, tables)


def check(source: str, stored: Sequence[str], tables: Collection[str]) -> Sequence[str]:
    """The revisions of these tables, if this version can use or upgrade them; none: there are none.

    Raises:
        ConfigError: it cannot; with the reason and a way out.
    """
    return lineage.usable(
        source,
        stored,
        tables,
        heads=heads(),
        known_revisions=revisions(),
        table_names=table_names(),
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
