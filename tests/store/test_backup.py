"""A backup holds everything, is proved, and goes into either kind of database."""

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from clickup_mlops.errors import ConfigError
from clickup_mlops.features.dashboard.tables.grants import Grant, Kind
from clickup_mlops.features.migration.tables.migration_records import MigrationRecords, StagedRecord
from clickup_mlops.features.migration.tables.migration_steps import JournaledStep, MigrationSteps
from clickup_mlops.store import Keyring, Store
from clickup_mlops.store.backup import load, save, verify
from clickup_mlops.store.journal_rows import DONE, Write
from clickup_mlops.store.tables import complete_schema
from tests.later_revision import add_later_revision
from tests.store.store_events import event

KEYS = Keyring("a secret key", [])


@pytest.fixture
def full(store_url: str) -> Iterator[Store]:
    """A store of each kind with something of every sort."""
    with _filled(store_url) as store:
        yield store


@pytest.fixture
def file_store(sqlite_url: str) -> Iterator[Store]:
    """The same on SQLite, for promises about the file."""
    with _filled(sqlite_url) as store:
        yield store


@contextmanager
def _filled(url: str) -> Iterator[Store]:
    with Store.open(url, keys=KEYS) as store:
        store.inbox.put_many([event(f"e{n}", body=b"\x00\xff" * n) for n in range(3)])
        store.inbox.park(store.inbox.claim("t1", "me", 2_000, 9_000, limit=9)[0].id, "poison")
        for at in range(3):
            write(store, at)
        store.decisions.put("t1", {"ünï": ["☃", None]}, "e1", 1)
        store.overrides.put("t1", None, 7, 1, 2)
        store.cursors.set("hooks:900", '[{"secret": "s3cr3t"}]')
        raw = {"id": "a", "list": {"id": "5"}, "status": {"type": "open"}, "date_updated": "1"}
        store.mirror.put_many("900", [raw], 1)
        store.table(MigrationRecords).put("m", [StagedRecord("item", "1", "b", 1, 1, "h", b"\x00")])
        store.table(MigrationSteps).put("m", [JournaledStep("task:1", "task", "done", "t1")])
        yield store


def write(store: Store, at: int) -> None:
    number = store.journal.begin(Write("t1", "priority", None, at, cause="c", automation="r"), at)
    store.journal.finish(number, DONE, at)


def content(store: Store) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with store.database.reading() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in complete_schema().sorted_tables
        }


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where to restore to: a database of its own."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'restored.db'}"
    else:
        yield request.getfixturevalue("second_postgresql_url")


def test_a_link_that_was_revoked_after_the_backup_stays_revoked(
    full: Store, tmp_path: Path, empty_url: str
) -> None:
    """So do all that were not: nobody knows which were."""
    kinds: tuple[Kind, ...] = ("embed", "session", "link")
    for kind in kinds:
        full.grants.put(Grant(kind, kind, kind, "1", "Ana", "member", "now", 1, 10**15))
    save(full, tmp_path / "b.db", KEYS)
    full.grants.end("embed", 5)

    load(tmp_path / "b.db", empty_url, KEYS)

    with Store(empty_url) as restored:
        assert restored.grants.list(6) == []


def test_what_was_saved_is_restored(full: Store, empty_url: str, tmp_path: Path) -> None:
    """Every row of every table, from each kind of database into each; new rows get new numbers."""
    saved = save(full, tmp_path / "backup.db", KEYS)
    restored = load(tmp_path / "backup.db", empty_url, KEYS)

    with Store.open(empty_url, keys=KEYS) as again:
        assert content(again) == content(full)
        again.inbox.put(event("next"))
        row = again.inbox.by_key("next")
        assert row is not None
        assert row.id == 4
        write(again, 9)
        assert again.audit.verify().problem == ""
    assert saved == restored
    assert saved.rows["inbox"] == 3
    assert saved.audit == "intact"


def test_numbers_of_rows_that_are_gone_do_not_come_back(
    full: Store, empty_url: str, tmp_path: Path
) -> None:
    """Whoever remembers how far the inbox was read would take a new event for an old one."""
    rows = full.inbox.claim("t1", "me", 10_000, 99_000, limit=9)
    full.inbox.finish("t1", "me", [row.id for row in rows], 10_000, 99_000, limit=1)
    full.retention.prune({"events": 20_000}, 20_000)
    save(full, tmp_path / "backup.db", KEYS)
    load(tmp_path / "backup.db", empty_url, KEYS)

    with Store.open(empty_url, keys=KEYS) as again:
        again.inbox.put(event("next"))
        row = again.inbox.by_key("next")
        assert row is not None
        assert row.id > max(row.id for row in rows)


def test_a_restored_file_works_as_the_first_one_did(tmp_path: Path) -> None:
    """Readers do not wait for the writer; one private file."""
    with Store.open(f"sqlite:///{tmp_path / 'bot.db'}", keys=KEYS) as store:
        save(store, tmp_path / "backup.db", KEYS)

    load(tmp_path / "backup.db", f"sqlite:///{tmp_path / 'new.db'}", KEYS)

    assert [file.name for file in tmp_path.glob("*new.db*")] == ["new.db"]
    assert stat.S_IMODE((tmp_path / "new.db").stat().st_mode) == 0o600
    with closing(sqlite3.connect(tmp_path / "new.db")) as raw:
        assert raw.execute("pragma journal_mode").fetchone() == ("wal",)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_what_root_restores_belongs_to_the_bots_user(file_store: Store, tmp_path: Path) -> None:
    """Commands by hand run as root beside a service of its own user, which must open the file."""
    save(file_store, tmp_path / "backup.db", KEYS)
    folder = tmp_path / "state"
    folder.mkdir()
    os.chown(folder, 12_345, 12_346)

    load(tmp_path / "backup.db", f"sqlite:///{folder / 'bot.db'}", KEYS)

    (created,) = folder.iterdir()
    assert (created.stat().st_uid, created.stat().st_gid) == (12_345, 12_346)
    assert stat.S_IMODE(created.stat().st_mode) == 0o600


def test_only_its_owner_can_read_a_backup(file_store: Store, tmp_path: Path) -> None:
    """It holds webhook secrets. One file, without companions."""
    save(file_store, tmp_path / "out.db", KEYS)

    assert stat.S_IMODE((tmp_path / "out.db").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.glob("*out.db*")] == ["out.db"]


def test_nothing_is_overwritten(full: Store, empty_url: str, tmp_path: Path) -> None:
    """No earlier backup, and no database that holds something."""
    file = tmp_path / "backup.db"
    save(full, file, KEYS)
    before = file.read_bytes()
    load(file, empty_url, KEYS)

    with pytest.raises(ConfigError, match="exists"):
        save(full, file, KEYS)
    with pytest.raises(ConfigError, match=r"exists|not empty"):
        load(file, empty_url, KEYS)
    assert file.read_bytes() == before


def test_a_backup_is_consistent_while_the_bot_works(full: Store, tmp_path: Path) -> None:
    """All that was acknowledged before is in it; the audit fits the journal."""
    stop = threading.Event()

    def work() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            full.inbox.put(event(f"during {number}"))
            write(full, number)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    try:
        for number in range(3):
            full.inbox.put(event(f"before {number}"))
            save(full, tmp_path / f"{number}.db", KEYS)
    finally:
        stop.set()
        for worker in workers:
            worker.join()

    for number in range(3):
        with Store(f"sqlite:///{tmp_path / f'{number}.db'}", keys=KEYS) as copy:
            assert copy.inbox.by_key(f"before {number}")
            ended = [row for row in copy.journal.list(limit=10_000) if row.outcome]
            assert len(ended) == copy.audit.head().seq


def test_a_damaged_backup_is_refused(file_store: Store, sqlite_url: str, tmp_path: Path) -> None:
    """Before anything is restored from it."""
    file = tmp_path / "damaged.db"
    save(file_store, file, KEYS)
    total = file.read_bytes()
    file.write_bytes(total[: len(total) // 2])

    with pytest.raises(ConfigError, match=r"damaged|usable"):
        load(file, sqlite_url.replace("bot.db", "new.db"), KEYS)
    assert not (tmp_path / "new.db").exists()


def test_a_changed_audit_is_told(file_store: Store, tmp_path: Path) -> None:
    """The chain names the entry; the backup can still be used, for it may be the only one."""
    file = tmp_path / "changed.db"
    save(file_store, file, KEYS)
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("update audit set after = '4' where seq = 2")

    assert verify(file, KEYS).audit.startswith("broken: ")
    assert verify(file, Keyring()).audit.startswith("broken: ")


def test_a_wal_that_was_left_behind_is_in_the_way(file_store: Store, tmp_path: Path) -> None:
    """SQLite would take it for part of the restored database."""
    save(file_store, tmp_path / "backup.db", KEYS)
    (tmp_path / "new.db-wal").write_bytes(b"of another database")

    with pytest.raises(ConfigError, match=r"new\.db-wal exists"):
        load(tmp_path / "backup.db", f"sqlite:///{tmp_path / 'new.db'}", KEYS)


def test_looking_at_a_live_database_does_it_no_harm(file_store: Store) -> None:
    """What is not in the file itself yet stays beside it."""
    file = Path(file_store.database.url.database or "")
    file_store.inbox.put(event("just now"))

    verify(file, KEYS)

    assert file.with_name(f"{file.name}-wal").stat().st_size
    with Store(f"sqlite:///{file}", keys=KEYS) as store:
        assert store.inbox.by_key("just now")


def test_something_else_is_no_backup(tmp_path: Path) -> None:
    """Nor is a file that is not there."""
    (tmp_path / "letter.txt").write_text("Dear team, " * 200)

    for name in ("letter.txt", "nowhere.db"):
        with pytest.raises(ConfigError, match=name):
            verify(tmp_path / name, KEYS)


def test_an_older_backup_is_brought_up_to_date(
    full: Store, empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The backup itself stays as it is."""
    save(full, tmp_path / "old.db", KEYS)
    before = (tmp_path / "old.db").read_bytes()

    add_later_revision(tmp_path, monkeypatch)
    load(tmp_path / "old.db", empty_url, KEYS)

    with Store(empty_url) as store:
        store.must_be_current()
        assert content(store) == content(full)
    assert (tmp_path / "old.db").read_bytes() == before


def test_tables_of_an_older_version_are_saved_as_they_are(
    store_url: str, empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last moment before an upgrade, when the new version is installed already."""
    with closing(Store(store_url)) as old:
        old.migrate()
        revision = old.revision()
        add_later_revision(tmp_path, monkeypatch)
        old.inbox.put(event("a"))
        saved = save(old, tmp_path / "old.db", KEYS)
        assert old.revision() == saved.revision == revision
        assert saved.rows["inbox"] == 1

    load(tmp_path / "old.db", empty_url, KEYS)

    with Store.existing(empty_url, keys=KEYS) as restored:
        assert restored.inbox.by_key("a") is not None
        restored.inbox.put(event("b"))
        assert restored.audit.verify().problem == ""


FOREIGN = {
    "trigger": "create trigger evil after insert on inbox begin delete from audit; end",
    "view": "create view evil as select * from inbox",
    "table": "create table evil (a)",
    "index": "create index evil on inbox (kind)",
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_what_the_schema_does_not_name_is_not_restored(
    file_store: Store, tmp_path: Path, kind: str
) -> None:
    """A backup that somebody added to would act in the restored bot. Its own are without it."""
    tampered, clean = tmp_path / "tampered", tmp_path / "clean"
    save(file_store, tampered, KEYS)
    with closing(sqlite3.connect(tampered)) as raw:
        raw.execute(FOREIGN[kind])
    target = f"sqlite:///{tmp_path / 'new.db'}"
    with pytest.raises(ConfigError, match=f"{kind} 'evil'"):
        load(tampered, target, KEYS)
    assert not (tmp_path / "new.db").exists()

    with file_store.engine.begin() as connection:
        connection.exec_driver_sql(FOREIGN[kind])
    save(file_store, clean, KEYS)
    assert load(clean, target, KEYS).audit == "intact"
