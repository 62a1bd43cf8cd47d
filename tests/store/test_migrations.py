"""Opening a store: tables come up to date, and every trouble is explained."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from clickup_mlops.errors import ConfigError, StoreUnavailable
from clickup_mlops.store import Store, migrations
from clickup_mlops.store.database.missing_database import NoStore
from clickup_mlops.store.database.opening import parse_url
from clickup_mlops.store.migrations import head, revisions
from clickup_mlops.store.tables import complete_schema
from tests.later_revision import LATER, add_later_revision, later_folder
from tests.store.store_events import event

pytestmark = pytest.mark.usefixtures("by_alembic")

ROOT = Path(__file__).parents[2]
OLD_JOURNAL = """
insert into journal (task_id, kind, before, after, cause, automation, run, begun_ms,
outcome, receipt, chain, lane, actor)
values ('t1', 'priority', 'null', '2', 'c', 'r', '', 1, 'done', 'null', '[]', 't1', '')
"""
OPEN = """
import pathlib, sys
from clickup_mlops.store import Store, migrations
from store_events import event
migrations.LOCATIONS.append(pathlib.Path(sys.argv[3]))
with Store.open(sys.argv[1]) as store:
    store.inbox.put(event(sys.argv[2]))
"""


def test_the_migrations_make_exactly_the_schema(store: Store) -> None:
    """No table, column or index differs between the revisions and the tables."""
    with store.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, complete_schema()) == []


def test_numbers_are_never_given_out_again(sqlite_url: str) -> None:
    """SQLite's AUTOINCREMENT, which a comparison of schemas does not see, outlives revisions."""
    with Store.open(sqlite_url) as store, store.database.reading() as connection:
        created = dict(connection.execute(text("select name, sql from sqlite_master")).all())

    names = [
        table.name
        for table in complete_schema().sorted_tables
        if table.dialect_options["sqlite"]["autoincrement"]
    ]
    assert "journal" in names
    assert [name for name in names if "AUTOINCREMENT" not in created[name]] == []


def test_the_head_is_found_without_alembic() -> None:
    """File names, revision ids and Alembic's own order agree."""
    script = ScriptDirectory.from_config(migrations.config())

    assert set(script.get_heads()) == migrations.heads()
    assert head() in migrations.heads()
    assert {walk_revision.revision for walk_revision in script.walk_revisions()} == revisions()


def test_what_only_looks_makes_no_tables(store_url: str) -> None:
    """Neither in an empty database nor, on SQLite, as a file: an empty store would look like the
    bot's.
    """
    with pytest.raises(NoStore, match=r"there (is no database|are no tables)"):
        Store.existing(store_url)

    if (file := parse_url(store_url).database) and store_url.startswith("sqlite"):
        assert not Path(file).exists()
    with closing(Store(store_url)) as store:
        assert store.revision() is None


def test_opening_again_keeps_everything(store: Store, store_url: str) -> None:
    """A second start finds the tables up to date and the events where they were."""
    store.inbox.put(event("a"))

    with Store.open(store_url) as again:
        assert again.inbox.by_key("a") is not None


def test_an_older_store_is_brought_up_to_date(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was stored stays. Of each release: `test_releases`."""
    with Store.open(store_url) as old:
        before = head()
        old.database.write(lambda connection: connection.execute(text(OLD_JOURNAL)))
        old.inbox.put(event("a"))

    add_later_revision(tmp_path, monkeypatch)
    with pytest.raises(ConfigError, match=before), closing(Store(store_url)) as old:
        old.must_be_current()
    with Store.open(store_url) as now:
        assert now.revision() == LATER
        assert now.inbox.by_key("a") is not None
        (row,) = now.journal.list()
        assert (row.task_id, row.after, row.outcome) == ("t1", 2, "done")


@pytest.mark.slow
@pytest.mark.parametrize("older", [False, True], ids=["empty", "older"])
def test_several_processes_may_start_at_once(store_url: str, older: bool, tmp_path: Path) -> None:
    """Four of them open an empty or older database together; all succeed, it is migrated once."""
    if older:
        Store.open(store_url).close()
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests' / 'store'}"}
    command = [sys.executable, "-c", OPEN, store_url]
    folder = f"{later_folder(tmp_path)}"
    starts = [
        subprocess.Popen([*command, f"{n}", folder], env=environment, cwd=ROOT) for n in range(4)
    ]

    assert [start.wait(90) for start in starts] == [0] * 4
    with closing(Store(store_url)) as store:
        assert store.inbox.depth(0).ready == 4


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("not a url", "cannot be read"),
        ("mysql://user@host/db", "mysql"),
        ("sqlite+aiosqlite:///bot.db", "aiosqlite"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
    ],
)
def test_an_address_that_cannot_work_is_refused(url: str, says: str) -> None:
    """At once, with an example of one that does."""
    with pytest.raises(ConfigError, match=says) as refused:
        Store(url)
    assert "sqlite:///bot.db" in refused.value.hint


@pytest.mark.parametrize("name", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_common_spelling_of_postgresql_works(name: str) -> None:
    """Hosting services give `postgres://…`; the driver is always psycopg."""
    assert parse_url(f"{name}://me@host/db").drivername == "postgresql+psycopg"


def test_a_missing_driver_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL is an extra."""
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(ConfigError) as refused:
        Store("postgresql://me@host/db")
    assert "clickup-mlops[postgres]" in refused.value.hint


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """The file is made, folders are not."""
    with pytest.raises(ConfigError, match=f"{tmp_path}/nowhere does not exist"):
        Store.open(f"sqlite:///{tmp_path}/nowhere/bot.db")


def test_a_read_only_file_is_explained(sqlite_url: str, tmp_path: Path) -> None:
    """Noticed when the store is opened, not when the first event comes in."""
    Store.open(sqlite_url).close()

    with pytest.raises(ConfigError, match="readonly") as refused:
        Store.open(f"sqlite:///file:{tmp_path}/bot.db?mode=ro&uri=true")
    assert "write access" in refused.value.hint


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    """A typing mistake must not destroy a document."""
    document = tmp_path / "notes.txt"
    document.write_text("shopping list " * 200)

    with pytest.raises(ConfigError, match="not a database"):
        Store.open(f"sqlite:///{document}")
    assert document.read_text() == "shopping list " * 200


@pytest.mark.services
def test_an_unreachable_server_is_explained_without_the_password() -> None:
    """Host and port are shown, the password never."""
    with pytest.raises(StoreUnavailable) as refused:
        Store.open("postgresql://me:hunter22@127.0.0.1:1/bot")

    assert "127.0.0.1:1" in str(refused.value)
    assert "PostgreSQL running" in refused.value.hint
    assert "hunter22" not in str(refused.value) + refused.value.hint


@pytest.mark.services
def test_a_database_that_does_not_exist_is_explained(postgresql_url: str) -> None:
    """The hint says how to make it."""
    missing = parse_url(postgresql_url).set(database="no_such_database")

    with pytest.raises(ConfigError, match="no_such_database") as refused:
        Store.open(missing.render_as_string(hide_password=False))
    assert "createdb" in refused.value.hint
