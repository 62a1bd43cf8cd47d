"""A new table is one module and one revision: found, migrated, backed up and pruned unasked."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops import store as store_names
from clickup_mlops.bot.receive.retention import RetentionSettings
from clickup_mlops.errors import ConfigError
from clickup_mlops.store import Keyring, Store, migrations, tables
from clickup_mlops.store.backup import load, save
from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.retention import kinds
from clickup_mlops.store.tables import complete_schema, find_tables

MODULE = '''
"""Sightings: where a GPU was seen last."""

from sqlalchemy import BigInteger, Column, Table, Text, bindparam, insert, select

from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.tables import Expiry, store_table

sighting = Table(
    "sighting",
    metadata,
    Column("gpu", Text, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
)


class Sightings:
    def __init__(self, database):
        self._database = database

    def put(self, gpu, at_ms):
        row = {"gpu": gpu, "at_ms": at_ms}
        self._database.write(lambda connection: connection.execute(insert(sighting), row))

    def since(self, at_ms):
        seen = select(sighting.c.gpu).where(sighting.c.at_ms >= bindparam("since"))
        return [gpu for (gpu,) in self._database.rows(seen, since=at_ms)]


TABLE = store_table(
    Sightings, Expiry("recordings", sighting, lambda before: sighting.c.at_ms < before)
)
'''
REVISION = f'''
"""Where GPUs were seen."""

import sqlalchemy as sa
from alembic import op

revision = "9998_sighting"
down_revision = "{migrations.head()}"


def upgrade():
    op.create_table(
        "sighting",
        sa.Column("gpu", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("gpu", name="pk_sighting"),
    )
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a new table's module; it and its revision are found beside the shipped ones."""
    modules, revisions = tmp_path / "tables", tmp_path / "versions"
    for local in (modules, revisions):
        local.mkdir()
    (modules / "sightings.py").write_text(MODULE, encoding="utf-8")
    (revisions / "9998_sighting.py").write_text(REVISION, encoding="utf-8")
    monkeypatch.setattr(tables, "__path__", [*tables.__path__, str(modules)])
    monkeypatch.setattr(migrations, "LOCATIONS", [*migrations.LOCATIONS, revisions])
    yield modules
    sys.modules.pop(f"{tables.__name__}.sightings", None)
    vars(tables).pop("sightings", None)
    if "sighting" in metadata.tables:
        metadata.remove(metadata.tables["sighting"])


@pytest.fixture
def grown(folder: Path, store_url: str) -> Iterator[Any]:
    """A store that has the new table, with an old and a new row in it."""
    with Store.open(store_url) as store:
        store_of_any: Any = store
        store_of_any.sightings.put("old", 500)
        store_of_any.sightings.put("new", 5_000)
        yield store_of_any


def test_its_repository_is_a_member_of_the_store(grown: Any) -> None:
    """By the name of its file."""
    assert grown.sightings.since(0) == ["old", "new"]


def test_what_is_old_in_it_is_counted_and_pruned(grown: Any) -> None:
    """With whatever else the same setting speaks of."""
    assert grown.retention.count({"recordings": 1_000}) == {"recordings": 1}
    assert grown.retention.prune({"recordings": 1_000}, 9_000) == {"recordings": 1}
    assert grown.sightings.since(0) == ["new"]


def test_it_is_in_a_backup(grown: Any, tmp_path: Path) -> None:
    """And comes back from there."""
    assert save(grown, tmp_path / "backup.db", Keyring()).rows["sighting"] == 2

    url = f"sqlite:///{tmp_path / 'restored.db'}"
    load(tmp_path / "backup.db", url, Keyring())

    with Store(url) as restored:
        again: Any = restored
        assert again.sightings.since(0) == ["old", "new"]


def test_a_module_without_its_definition_is_named(folder: Path) -> None:
    """When the store is opened, not when somebody misses the table."""
    (folder / "sightings.py").write_text("", encoding="utf-8")

    with pytest.raises(ConfigError, match=r"tables\.sightings defines no TABLE"):
        find_tables()


def test_every_table_of_the_pipeline_is_declared_with_its_type(sqlite_url: str) -> None:
    """So that mypy knows what `store.<name>` is; a feature asks `store.table` for its own."""
    store = Store(sqlite_url)
    repositories = {name: type(getattr(store, name)) for name in find_tables()}
    declared = {name: type(getattr(store, name)) for name in Store.__annotations__}
    in_folder = {
        name
        for name, repository in repositories.items()
        if repository.__module__.startswith(f"{tables.__name__}.")
    }

    assert {name: kind.__name__ for name, kind in declared.items()} == Store.__annotations__
    assert repositories.keys() > in_folder
    assert declared.keys() > in_folder
    assert all(store.table(repository) for repository in repositories.values())


def test_a_store_imports_a_table_when_it_is_first_used(sqlite_url: str) -> None:
    """A command that reads one table waits for no other; each is built once."""
    store = Store(sqlite_url)

    assert not {*vars(store)} & {*Store.__annotations__}
    assert store.mutes is store.mutes
    assert {*vars(store)} & {*Store.__annotations__} == {"mutes"}
    with pytest.raises(AttributeError, match="has no table nonsense"):
        _ = store.nonsense  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", store_names.__all__)
def test_each_name_of_the_store_is_imported_from_its_module(name: str) -> None:
    """It is what type checkers see."""
    assert getattr(store_names, name) is getattr(
        importlib.import_module(f"{store_names.__name__}.{store_names._MODULES[name]}"), name
    )


def test_the_tables_of_the_revisions_are_those_of_the_schema() -> None:
    """Commands compare a database with the names in the revisions, and import no table for it."""
    assert migrations.table_names() == complete_schema().tables.keys()


def test_every_kind_that_expires_has_a_setting() -> None:
    """And each setting of `[retention]` is about some table."""
    assert set(kinds()) == set(RetentionSettings.model_fields)


def test_only_tables_of_repositories_and_the_audits_are_in_the_schema(sqlite_url: str) -> None:
    """Each belongs to the module that keeps it."""
    store = Store(sqlite_url)
    modules = {type(getattr(store, name)).__module__ for name in find_tables()}
    ids = {id(value) for name in modules for value in vars(sys.modules[name]).values()}
    unkept = [table.name for table in complete_schema().sorted_tables if id(table) not in ids]

    assert sorted(unkept) == ["audit", "audit_head", "audit_link"]
