"""A store of an older version: an older bot may run on it, so only `serve` of this one migrates."""

from pathlib import Path

import pytest

from clickup_mlops.store import Store
from clickup_mlops.store.migrations import head
from tests.interfaces.cli.conftest import Cli
from tests.later_revision import add_later_revision
from tests.store.store_events import event

DATABASE = "sqlite:///clickup-mlops.db"

NEED_A_STORE = [
    ("why", "t1"),
    ("events", "list"),
    ("events", "replay", "--all"),
    ("audit", "list"),
    ("audit", "verify"),
    ("mutes", "list"),
    ("corrections", "list"),
    ("undo", "inference_first", "--since", "2h"),
    ("undo", "inference_first", "--since", "2h", "--yes"),
    ("what-if", "--set", "routing.min_confidence=0.5"),
    ("automations", "lint"),
    ("automations", "runs"),
    ("automations", "simulate"),
    ("automations", "recording"),
    ("provision", "plan", "llm_serving"),
    ("provision", "state", "list"),
    ("routing", "learn"),
    ("hooks", "list"),
    ("hooks", "register"),
    ("backfill", "--all"),
    ("report", "build", "daily"),
    ("prune",),
]


@pytest.fixture
def older(connected: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """A database that the version before made."""
    with Store.open(DATABASE) as store:
        store.inbox.put(event("a"))
    add_later_revision(tmp_path, monkeypatch)
    return connected


def revision() -> str | None:
    with Store(DATABASE) as store:
        return store.revision()


@pytest.mark.parametrize("command", NEED_A_STORE, ids=" ".join)
def test_commands_leave_older_tables_alone(older: Cli, command: tuple[str, ...]) -> None:
    """They say what brings them up to date."""
    before = revision()

    ran = older(*command)

    assert revision() == before != head()
    assert (ran.code, ran.out) == (1, "")
    assert f"at revision {before}, this version wants {head()}" in ran.err
    assert "clickup-mlops serve" in ran.err


def test_what_needs_no_store_works_before_an_upgrade(older: Cli) -> None:
    """Files can be looked at while the older version runs on."""
    for command in (("automations", "list"), ("provision", "list")):
        assert older(*command).code == 0, command


def test_older_tables_can_still_be_saved(older: Cli) -> None:
    """For who has installed the new version before the backup."""
    before = revision()

    ran = older("backup", "before-upgrade.db")

    assert (ran.code, revision()) == (0, before)
    assert f"Tables of revision {before}" in ran.out
    assert older("restore", "--check", "before-upgrade.db").code == 0
