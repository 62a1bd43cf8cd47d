"""From a bot's database to a file and back, by command."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from clickup_mlops.store import Store
from tests.interfaces.cli.conftest import Cli
from tests.store.store_events import event

DATABASE = "sqlite:///clickup-mlops.db"


@pytest.fixture
def saved(connected: Cli) -> Cli:
    with Store.open(DATABASE) as store:
        store.inbox.put(event("a"))
    ran = connected("backup", "monday.db")
    assert ran.code == 0
    assert "1 inbox" in ran.out
    return connected


def test_a_lost_database_is_restored(saved: Cli) -> None:
    """The events are there again."""
    for file in Path().glob("clickup-mlops.db*"):
        file.unlink()

    assert saved("restore", "monday.db").code == 0

    assert "taskUpdated" in saved("events", "list").out


def test_a_database_that_is_there_is_not_overwritten(saved: Cli) -> None:
    """With the way out."""
    ran = saved("restore", "monday.db")

    assert ran.code == 1
    assert "exists" in ran.err
    assert "move its database away" in ran.err


def test_a_backup_can_be_checked_alone(saved: Cli) -> None:
    """Nothing is restored."""
    ran = saved("restore", "--check", "monday.db", "--json")

    assert ran.code == 0
    assert json.loads(ran.out)["rows"]["inbox"] == 1


def test_there_must_be_something_to_save(connected: Cli) -> None:
    """A typing mistake in the settings must not make an empty backup."""
    Path(DATABASE.removeprefix("sqlite:///")).unlink()
    ran = connected("backup", "empty.db")

    assert ran.code == 1
    assert not Path("empty.db").exists()


def test_a_backup_that_does_not_fit_is_a_message(connected: Cli, tmp_path: Path) -> None:
    """And leaves nothing behind."""
    line = f"ulimit -f 64; {sys.executable} -B -m clickup_mlops backup saved.db"
    outcome = subprocess.run(["bash", "-c", line], capture_output=True, text=True, cwd=tmp_path)

    assert outcome.returncode == 1
    assert outcome.stderr.startswith("Error: saved.db: ")
    assert "room on the disk" in outcome.stderr
    assert not [path for path in tmp_path.iterdir() if "saved" in path.name]
