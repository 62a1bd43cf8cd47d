"""Backups: one SQLite file, whatever database the store is in, restored into either kind.

A SQLite store is copied by SQLite's online backup; PostgreSQL's rows are read in one snapshot. So
a backup is consistent while the bot runs. It appears under its name only when it is complete and
verified: by SQLite's own check of every page, and along the audit's chain.
"""

import os
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, cast

from sqlalchemy import Connection, MetaData, Table, delete, func, insert, select, text

from clickup_mlops.errors import ConfigError, hint_about_file
from clickup_mlops.store.audit.chain import Keyring
from clickup_mlops.store.audit.rows import audit_head
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.opening import parse_url
from clickup_mlops.store.migrations import check, current, describe, head, run, stored
from clickup_mlops.store.store import Store
from clickup_mlops.store.tables import complete_schema

INTACT: Final = "intact"
_ROWS: Final = 1_000
"""Rows that are in memory at once."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is in a backup or was restored: the tables' revision, and rows by table."""

    revision: str
    rows: dict[str, int]
    audit: str
    """Result of checking the audit's chain: `intact`, what is broken, or why it was not checked."""


def save(store: Store, file: Path, keys: Keyring) -> Report:
    """Writes a backup of the store to a file that must not exist yet; readable by its owner alone.

    Raises:
        ConfigError: there is such a file, it cannot be written, or the copy is not intact.
    """
    if file.exists():
        raise _exists(file)
    with _beside(file) as part:
        if store.database.is_sqlite:
            with closing(store.engine.raw_connection()) as source:
                _copy_pages(cast(sqlite3.Connection, source.driver_connection), part)
            _leave_out_foreign(part)
        else:
            with Store(f"sqlite:///{part}") as target:
                with target.engine.begin() as connection:
                    run(connection, *stored(store.database))
                _copy_rows(store.database, target.database)
            _one_file(part)
        report = verify(part, keys)
        _publish(part, file)
    return report


def load(file: Path, url: str, keys: Keyring) -> Report:
    """Restores a backup into a database that holds nothing yet, and brings it up to date. Sessions
    and links of the dashboard end: nobody knows which were ended since the backup.

    Raises:
        ConfigError: the backup is not intact, the database is not empty or cannot be written.
    """
    verify(file, keys)
    target = parse_url(url)
    if target.get_backend_name() == "sqlite":
        return _load_file(file, Path(target.database or ""), keys)
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "backup.db"
        _copy_file(file, copy)
        with Store.open(f"sqlite:///{copy}") as source, Store.open(url, keys=keys) as new:
            _must_be_empty(new.database)
            _copy_rows(source.database, new.database)
            new.after_restore()
            return _report(new)


def verify(file: Path, keys: Keyring) -> Report:
    """Reads all of a backup, changing nothing.

    Raises:
        ConfigError: it is no backup, is damaged, or is of a version that cannot be upgraded.
    """
    if not file.is_file():
        raise ConfigError(f"{file}: there is no such file", hint="Name the file of a backup.")
    revision = _checked_pages(file)
    # Its companions, if any, are left alone: it may be the database of a running bot.
    with Store(f"sqlite:///{file}", keys=keys) as store:
        return _report(store, revision)


def _checked_pages(file: Path) -> str:
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as raw:
            (verdict,) = raw.execute("pragma integrity_check").fetchone()
            revisions, tables = _stored_revisions(raw), _table_names(raw)
            foreign = _foreign(raw, every=_is_current(revisions))
    except sqlite3.Error as problem:
        raise ConfigError(f"{file}: not a usable backup: {problem}") from problem
    if verdict != "ok":
        raise ConfigError(f"{file}: damaged: {verdict}", hint="Use an earlier backup.")
    if foreign:
        names = ", ".join(f"{kind} {name!r}" for kind, name in foreign)
        raise ConfigError(
            f"{file}: holds what is not part of a backup: {names:.300}",
            hint="`backup` writes none of it: somebody changed this file. Use another one.",
        )
    check(f"{file}", revisions, tables)
    return describe(revisions) if revisions else head()


def _is_current(revisions: Sequence[str]) -> bool:
    return bool(revisions) and describe(revisions) == head()


def _stored_revisions(raw: sqlite3.Connection) -> list[str]:
    return [str(name) for (name,) in raw.execute("select version_num from alembic_version")]


def _table_names(raw: sqlite3.Connection) -> list[str]:
    return [name for (name,) in raw.execute("select name from sqlite_master where type = 'table'")]


def _foreign(raw: sqlite3.Connection, *, every: bool) -> list[tuple[str, str]]:
    """Kind and name of what the schema does not name: it could change rows, or hide them. Of an
    earlier revision only what no revision has: views and triggers.
    """
    tables = complete_schema().sorted_tables
    expected = {("table", table.name) for table in tables} | {("table", "alembic_version")}
    expected |= {("index", str(index.name)) for table in tables for index in table.indexes}
    rows = raw.execute(
        "select type, name from sqlite_master where name not like 'sqlite!_%' escape '!'"
    )
    present = {(str(kind), str(name)) for kind, name in rows}
    return sorted(entry for entry in present - expected if every or entry[0] in ("view", "trigger"))


def _leave_out_foreign(part: Path) -> None:
    """A person's own views, say, are not part of a backup; neither are they on PostgreSQL."""
    with closing(sqlite3.connect(part)) as raw:
        foreign = _foreign(raw, every=_is_current(_stored_revisions(raw)))
        for kind, name in sorted(foreign, key=lambda entry: entry[0] == "table"):
            quoted = name.replace('"', '""')
            raw.execute(f'drop {kind} if exists "{quoted}"')
        raw.commit()


def _report(store: Store, revision: str = "") -> Report:
    stored, tables = revision or head(), _tables(store.database)
    with store.database.reading() as connection:
        counts = {table.name: _count(connection, table) for table in tables}
    if stored != head():
        return Report(stored, counts, f"not checked: tables of revision {stored}")
    problem = store.audit.verify().problem
    # A broken chain must prevent neither a backup nor the restore of the only one.
    return Report(stored, counts, f"broken: {problem}" if problem else INTACT)


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar() or 0


# -- files


@contextmanager
def _beside(file: Path, *, for_folder: bool = False) -> Iterator[Path]:
    """A new private file in the same folder, gone afterwards. `for_folder`: if root makes it, it
    belongs to whom the folder belongs: to the bot's user.
    """
    part = file.with_name(f".{file.name}.part")
    try:
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        if sys.platform != "win32" and for_folder and os.geteuid() == 0:
            folder = file.absolute().parent.stat()
            os.fchown(descriptor, folder.st_uid, folder.st_gid)
        os.close(descriptor)
        yield part
    except OSError as problem:
        why = f"{file}: {problem.strerror or problem}"
        raise ConfigError(why, hint=hint_about_file(problem)) from problem
    except sqlite3.Error as problem:
        raise ConfigError(f"{file}: {problem}", hint="Is there room on the disk?") from problem
    finally:
        _drop_companions(part)
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _copy_file(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as old:
        _copy_pages(old, target)


def _copy_pages(source: sqlite3.Connection, target: Path) -> None:
    # All pages in one step: a copy in several would begin anew with each write of the bot.
    with closing(sqlite3.connect(target)) as new:
        source.backup(new)
    _one_file(target)


def _one_file(file: Path, mode: str = "delete") -> None:
    """Moves everything into the file itself; without WAL it has no companions, even when read."""
    with closing(sqlite3.connect(file)) as raw:
        raw.execute(f"pragma journal_mode = {mode}")


def _companions(file: Path) -> list[Path]:
    return [file.with_name(file.name + suffix) for suffix in ("-wal", "-shm", "-journal")]


def _drop_companions(file: Path) -> None:
    for companion in _companions(file):
        with suppress(OSError):
            companion.unlink(missing_ok=True)


def _publish(part: Path, file: Path) -> None:
    """Moves the part to its name, on disk, and never overwrites anything."""
    with part.open("rb") as content:
        os.fsync(content.fileno())
    try:
        os.link(part, file)
    except FileExistsError as problem:
        raise _exists(file) from problem
    except OSError:
        part.rename(file)  # a file system without hard links


def _exists(file: Path) -> ConfigError:
    return ConfigError(f"{file} exists", hint="Nothing is overwritten: choose another name.")


def _load_file(file: Path, target: Path, keys: Keyring) -> Report:
    # SQLite would take a WAL that was left behind for part of the restored database.
    existing = [path for path in (target, *_companions(target)) if path.exists()]
    if existing:
        raise ConfigError(
            f"{existing[0]} exists", hint="Stop the bot and move its database away; then restore."
        )
    with _beside(target, for_folder=True) as part:
        _copy_file(file, part)
        with Store.open(f"sqlite:///{part}", keys=keys) as store:
            store.after_restore()
            report = _report(store)
        _one_file(part, "wal")  # as every store is: readers do not wait for the writer
        _publish(part, target)
    return report


# -- rows


def _must_be_empty(database: Database) -> None:
    with database.reading() as connection:
        full = [
            table.name
            for table in complete_schema().sorted_tables
            if table is not audit_head and _count(connection, table)
        ]
    if full:
        raise ConfigError(
            f"the database is not empty: {', '.join(full)}",
            hint="Restore into a new one: `createdb`, then set store.url to it.",
        )


def _copy_rows(source: Database, target: Database) -> None:
    """Every row of every table, as of one moment, in one transaction."""
    tables = _tables(target)
    with _snapshot(source) as old, target.engine.begin() as new:
        for table in tables:
            new.execute(delete(table))  # the audit's head is made with its table
            result = old.execution_options(yield_per=_ROWS).execute(select(table))
            for rows in result.mappings().partitions():
                new.execute(insert(table), [dict(row) for row in rows])
            if _is_numbered(table):
                _count_on(new, table, _counted(old, table))


def _tables(database: Database) -> list[Table]:
    """Those of this version; of an older revision, as they are there: with other columns."""
    if current(database) == head():
        return complete_schema().sorted_tables
    reflected = MetaData()
    with database.reading() as connection:
        reflected.reflect(connection)
    return [table for table in reflected.sorted_tables if table.name != "alembic_version"]


@contextmanager
def _snapshot(database: Database) -> Iterator[Connection]:
    with database.engine.connect() as connection:
        level = {} if database.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        alone = connection.execution_options(**level)
        with alone.begin():
            yield alone


def _is_numbered(table: Table) -> bool:
    # A table as it is there does not say who numbers its rows.
    declared = complete_schema().tables.get(table.name, table)
    return declared.autoincrement_column is not None


def _counted(connection: Connection, table: Table) -> int:
    """The highest number that was ever assigned, though its row may be deleted."""
    if connection.dialect.name == "sqlite":
        statement = text("select seq from sqlite_sequence where name = :name")
        assigned = connection.execute(statement, {"name": table.name}).scalar() or 0
        highest = connection.execute(select(func.max(table.autoincrement_column))).scalar() or 0
        return max(int(assigned), int(highest))
    last = text(f"select last_value from {_sequence(connection, table)}")  # noqa: S608 - our names
    return int(connection.execute(last).scalar() or 0)


def _count_on(connection: Connection, table: Table, counted: int) -> None:
    """Continues above the numbers that were assigned: readers remember how far they have read."""
    if connection.dialect.name == "sqlite":
        for statement in _COUNT_ON:
            connection.execute(text(statement), {"name": table.name, "seq": counted})
    else:
        name = _sequence(connection, table)
        connection.execute(select(func.setval(name, max(counted, 1))))


def _sequence(connection: Connection, table: Table) -> str:
    column = table.autoincrement_column
    assert column is not None  # noqa: S101 - asked only of tables that have one
    sequence = func.pg_get_serial_sequence(table.name, column.name)
    return str(connection.execute(select(sequence)).scalar())


_COUNT_ON: Final = (
    "delete from sqlite_sequence where name = :name",
    "insert into sqlite_sequence (name, seq) values (:name, :seq)",
)
