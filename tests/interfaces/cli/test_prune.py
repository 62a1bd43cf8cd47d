"""`prune` deletes what the settings do not keep, and can say beforehand what that would be."""

import json

import pytest

from clickup_mlops.store import Store
from tests.interfaces.cli.conftest import Cli
from tests.store.store_events import event

DATABASE = "sqlite:///clickup-mlops.db"


@pytest.fixture
def one_old_event(connected: Cli) -> Cli:
    with Store.open(DATABASE) as store:
        store.inbox.put(event("old"))
        (row,) = store.inbox.claim("t1", "me", 2_000, 99_000, limit=1)
        store.inbox.finish("t1", "me", [row.id], 2_000, 99_000, limit=1)
    return connected


def test_a_dry_run_only_counts(one_old_event: Cli) -> None:
    """Exit code 2: there is something to do."""
    ran = one_old_event("prune", "--dry-run", "--json")

    assert (ran.code, json.loads(ran.out)["counted"]["events"]) == (2, 1)
    assert "taskUpdated" in one_old_event("events", "list").out


def test_what_is_old_is_deleted_and_counted(one_old_event: Cli) -> None:
    """A second time there is nothing."""
    assert json.loads(one_old_event("prune", "--json").out)["deleted"]["events"] == 1

    assert one_old_event("prune", "--dry-run").code == 0


def test_what_is_kept_for_ever_is_not_looked_at(
    one_old_event: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """0 in the settings."""
    monkeypatch.setenv("CLICKUP_MLOPS_RETENTION__EVENTS", "0")

    deleted = json.loads(one_old_event("prune", "--json").out)["deleted"]

    assert "events" not in deleted
