"""Looking at the inbox, and replaying what was parked."""

import json
from pathlib import Path

import pytest

from clickup_mlops.store import Incoming, Store
from tests.interfaces.cli.conftest import Cli

NOW_MS = 1_790_000_000_000


@pytest.fixture
def store(tmp_path: Path):
    """The bot's database where the command line looks for it, with one parked event."""
    with Store.open(f"sqlite:///{tmp_path / 'clickup-mlops.db'}") as store:
        store.inbox.put(_event("one"))
        store.inbox.put(_event("two"))
        store.inbox.park(1, "Traceback\nForbidden: no access")
        yield store


def _event(key: str) -> Incoming:
    return Incoming(
        key=key,
        source="hook:1",
        workspace="90",
        kind="taskCreated",
        lane=key,
        list_id="9",
        body=b'{"task_id": "86abc"}',
        event_ms=NOW_MS,
        received_ms=NOW_MS,
    )


def test_list_shows_the_newest_first(cli: Cli, store: Store) -> None:
    """Rows for people have times to read and the error's last line."""
    lines = cli("events", "list").out.splitlines()

    assert [line.split()[0] for line in lines] == ["id", "2", "1"]
    assert "2026-09-21 14:13:20+00:00" in lines[1]
    assert lines[2].rstrip().endswith("Forbidden: no access")
    assert [line.split()[7] for line in lines[1:]] == ["two", "one"]  # the key that `undo` takes


def test_list_can_be_narrowed_and_read_by_programs(cli: Cli, store: Store) -> None:
    """`--state` filters; `--json` is one document with decoded bodies."""
    events = json.loads(cli("events", "list", "--state", "parked", "--json").out)["events"]

    assert [event["id"] for event in events] == [1]
    assert events[0]["body"] == {"task_id": "86abc"}


def test_show_tells_everything_about_one(cli: Cli, store: Store) -> None:
    """Body and whole error included."""
    out = cli("events", "show", "1").out

    assert '"task_id": "86abc"' in out
    assert "Traceback\nForbidden: no access" in out


def test_replay_makes_a_parked_event_ready_again(cli: Cli, store: Store) -> None:
    """By id, or all of them."""
    ran = cli("events", "replay", "--all", "--json")

    assert json.loads(ran.out) == {"replayed": [1], "unknown": []}
    assert store.inbox.get(1).state == "ready"


def test_replay_names_the_events_that_do_not_exist(cli: Cli, store: Store) -> None:
    """The others are replayed all the same; the exit code is 1."""
    ran = cli("events", "replay", "1", "77")

    assert ran.code == 1
    assert "Replayed 1 event." in ran.out
    assert "No such event: 77" in ran.err


def test_a_wrong_folder_is_noticed(cli: Cli) -> None:
    """Where no bot ever ran, no empty database is made."""
    ran = cli("events", "list")

    assert ran.code == 1
    assert "clickup-mlops.db yet" in ran.err
    assert list(Path.cwd().iterdir()) == []


def test_discard_ends_a_parked_event_with_a_reason(cli: Cli, store: Store) -> None:
    """By id or all, of one kind or lane; the reason and the error stay; others are untouched."""
    assert cli("events", "discard", "2", "--reason", "x").code == 1
    assert json.loads(cli(*DISCARD, "--kind", "other").out) == {"discarded": [], "not_parked": []}
    ran = cli(*DISCARD, "--kind", "taskCreated", "--lane", "one")

    assert json.loads(ran.out) == {"discarded": [1], "not_parked": []}
    row = store.inbox.get(1)
    assert (row.state, store.inbox.get(2).state) == ("done", "ready")
    assert row.error == "Discarded: the list is gone\nTraceback\nForbidden: no access"
    assert cli("events", "list").out.splitlines()[2].rstrip().endswith("the list is gone")
    assert store.retention.count({"events": 2 * NOW_MS}) == {"events": 1}


def test_discard_wants_a_reason_and_events(cli: Cli, store: Store) -> None:
    """Nothing is discarded by accident."""
    assert cli("events", "discard", "1", "--reason", " ").code == 1
    assert cli("events", "discard", "--reason", "x").code == 1
    assert cli("events", "discard", "1", "--lane", "one", "--reason", "x").code == 1
    assert store.inbox.get(1).state == "parked"


DISCARD = ("events", "discard", "--all", "--json", "--reason", "the list is gone")
