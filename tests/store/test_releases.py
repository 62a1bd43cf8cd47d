"""Stores of each released version are upgraded; all others are refused with the true reason."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from clickup_mlops import __version__
from clickup_mlops.errors import ConfigError
from clickup_mlops.store import Store, migrations
from clickup_mlops.store.audit.chain import Keyring
from clickup_mlops.store.backup import save, verify
from clickup_mlops.store.migrations import head, releases
from clickup_mlops.store.tables import complete_schema
from tests.later_revision import LATER, add_later_revision
from tests.store.store_events import event
from tests.store.test_upgrades import fill, rows

KEYS = Keyring()
UNRELEASED = ("0001_initial", "0010_services")


def statements(version: str, database: str) -> Iterator[str]:
    """The SQL of a release for one kind of database."""
    total = (releases.FOLDER / f"{version}.sql").read_text(encoding="utf-8")
    (part,) = (p for p in total.split(releases.DATABASE) if p.startswith(f" {database}\n"))
    return filter(None, (statement.strip() for statement in part.partition("\n")[2].split(";\n")))


def make(store: Store, version: str) -> None:
    """The empty tables of a release."""

    def execute(connection: Connection) -> None:
        for statement in statements(version, store.engine.dialect.name):
            connection.exec_driver_sql(statement)

    store.database.write(execute)


def schema(connection: Connection) -> list[tuple[str, ...]]:
    """Tables, columns and indexes as the database describes them itself."""
    queries = {
        "sqlite": ["select type, name, sql from sqlite_master where name not like 'sqlite%'"],
        "postgresql": [
            "select table_name, column_name, data_type, is_nullable, column_default, collation_name"
            " from information_schema.columns where table_schema = current_schema()",
            "select tablename, indexname, replace(indexdef, schemaname || '.', '') from pg_indexes"
            " where schemaname = current_schema()",
        ],
    }
    result = (connection.execute(text(q)).all() for q in queries[connection.dialect.name])
    plain = ([" ".join(str(value).split()) for value in row] for each in result for row in each)
    return sorted(map(tuple, plain))


def other_url(request: pytest.FixtureRequest, url: str) -> str:
    """Another empty database of the same kind."""
    if url.startswith("sqlite"):
        return url.replace("bot.db", "other.db")
    second: str = request.getfixturevalue("second_postgresql_url")
    return second


@pytest.mark.usefixtures("by_alembic")
def test_the_file_of_this_version_is_what_its_migrations_make(
    store: Store, store_url: str, request: pytest.FixtureRequest
) -> None:
    """A store of this version is what later ones will be tested with."""
    with closing(Store(other_url(request, store_url))) as filed:
        make(filed, __version__)
        with store.database.reading() as migrated, filed.database.reading() as connection:
            assert schema(connection) == schema(migrated)
        assert filed.revision() == head()


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("version", releases.versions())
def test_a_store_of_each_release_is_upgraded_with_every_row(store_url: str, version: str) -> None:
    """A row in each table stays, and the tables are those of this version afterwards."""
    with closing(Store(store_url)) as old:
        make(old, version)
        old.database.write(fill)
        with old.database.reading() as connection:
            before = rows(connection)

    with Store.open(store_url) as now, now.database.reading() as connection:
        assert now.revision() == head()
        assert {name: rows(connection).get(name) for name in before} == before
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, complete_schema()) == []


@pytest.mark.parametrize("version", releases.versions())
def test_a_release_meets_a_later_revision(
    store_url: str, version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only `serve` migrates; what was stored is there afterwards."""
    with closing(Store(store_url)) as old:
        make(old, version)
        migrations.upgrade(old.database)
        old.inbox.put(event("a"))
    add_later_revision(tmp_path, monkeypatch)

    with pytest.raises(ConfigError, match=f"this version wants {LATER}"):
        Store.existing(store_url)
    with Store.open(store_url) as now:
        assert now.revision() == LATER
        assert now.inbox.by_key("a") is not None


def at(revision: str) -> str:
    """The statement that puts the store's own tables at a revision."""
    return f"update alembic_version set version_num = '{revision}' where version_num = '{head()}'"


STRANGE: dict[str, tuple[str, str, str]] = {
    "newer": (at("9999_future"), "a newer", "a later one"),
    "withdrawn": (
        at("0014_space_policy"),
        f"a development version before {releases.versions()[0]}",
        "audit export",
    ),
    "of a branch": (at("0003_other"), "a newer", "a later one"),
    "no revision of ours": (
        at("ae1027a6acf"),
        "no revision of clickup-mlops",
        "restore",
    ),
    "no revision": ("delete from alembic_version", "names no revision", "restore"),
    "another revision": (
        "insert into alembic_version values ('9999_future')",
        "a newer",
        "a later one",
    ),
    "a feature that is not there": (
        "insert into alembic_version values ('0001_weather')",
        "the feature `weather`, which is not installed",
        "another database",
    ),
    "no table of revisions": ("drop table alembic_version", "names no revision", "restore"),
    "a table is missing": ("drop table inbox", "without the table inbox", "restore"),
}


@pytest.mark.parametrize("case", STRANGE)
def test_what_cannot_be_used_is_refused_with_the_reason(store_url: str, case: str) -> None:
    """And a way out; nothing is written."""
    change, reason, hint = STRANGE[case]
    Store.open(store_url).close()
    with closing(Store(store_url)) as store:
        store.database.write(lambda connection: connection.execute(text(change)))
        with store.database.reading() as connection:
            before = schema(connection)

    for opened in (Store.open, Store.existing):
        with pytest.raises(ConfigError, match=reason) as refused:
            opened(store_url)
        assert hint in refused.value.hint

    with closing(Store(store_url)) as store, store.database.reading() as connection:
        assert schema(connection) == before


@pytest.mark.parametrize("revision", UNRELEASED)
def test_a_store_of_a_development_version_is_refused(
    store_url: str, revision: str, tmp_path: Path
) -> None:
    """Its revisions were edited after they had been used; so is a backup of it."""
    _be_at(store_url, revision)

    with pytest.raises(ConfigError, match=f"{revision}, of a development version") as refused:
        Store.open(store_url)

    assert "clickup-mlops help upgrade" in refused.value.hint
    _be_at(f"sqlite:///{tmp_path}/old.db", revision)
    with pytest.raises(ConfigError, match=f"{revision}, of a development version"):
        verify(tmp_path / "old.db", KEYS)


def _be_at(url: str, revision: str) -> None:
    with Store.open(url) as store, store.engine.begin() as connection:
        connection.execute(text("delete from alembic_version"))
        row = {"revision": revision}
        connection.execute(text("insert into alembic_version values (:revision)"), row)


def test_the_database_of_another_program_is_named_as_such(store_url: str) -> None:
    """Whatever the name of its revision is."""
    with closing(Store(store_url)) as store:
        for revision in ("ae1027a6acf", head()):
            store.database.write(lambda connection: _be_foreign(connection, revision))  # noqa: B023
            with pytest.raises(ConfigError, match=f"another program: .* revision {revision}"):
                Store.open(store_url)


def _be_foreign(connection: Connection, revision: str) -> None:
    connection.execute(text("create table if not exists alembic_version (version_num text)"))
    connection.execute(text("create table if not exists customer (id integer)"))
    connection.execute(text("delete from alembic_version"))
    connection.execute(
        text("insert into alembic_version values (:revision)"), {"revision": revision}
    )


def test_a_backup_of_a_newer_version_is_refused_likewise(store: Store, tmp_path: Path) -> None:
    """With the file's name."""
    save(store, tmp_path / "backup.db", KEYS)
    with closing(Store(f"sqlite:///{tmp_path}/backup.db")) as backup:
        change = text(at("9999_future"))
        backup.database.write(lambda connection: connection.execute(change))

    with pytest.raises(ConfigError, match=r"backup.db is at revision 9999_future; .* a newer"):
        verify(tmp_path / "backup.db", KEYS)
