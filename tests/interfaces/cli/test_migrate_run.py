"""`migrate run` and `migrate undo` from the command line, with a CSV file as the source."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clickup_mlops.features.migration.cli.migrate import _progress
from clickup_mlops.features.migration.run.model import Progress
from clickup_mlops.sandbox import Sandbox
from tests.interfaces.cli.conftest import Cli

ROWS = """\
Id,Name,Status,Hours,Parent
1,Train,Working,4,
2,Evaluate,Done,2.5,1
3,Serve,Working,,
"""
COLUMNS = """\
id = "Id"
parent = "Parent"
[columns."Status"]
type = "status"
[columns."Hours"]
type = "numbers"
"""
MAPPING = """\
name = "backlog"
[source]
kind = "csv_file"
files = ["rows.csv"]
columns_file = "columns.toml"
[boards.rows]
name = "rows"
groups = "none"
place = { space = "Team", folder = "Work", list = "Tasks" }
[boards.rows.columns.status]
title = "Status"
type = "status"
to = "status"
options = { Working = "in progress", Done = "complete" }
[boards.rows.columns.hours]
title = "Hours"
type = "numbers"
to = "field"
field = "GPU hours"
field_type = "number"
"""


@pytest.fixture
def prepared(connected: Cli, clickup_sandbox: Sandbox) -> Cli:
    """A mapping, its file, and the fields that it needs."""
    Path("rows.csv").write_text(ROWS)
    Path("columns.toml").write_text(COLUMNS)
    Path("mapping.toml").write_text(MAPPING)
    for name, kind in (("Source ID", "short_text"), ("GPU hours", "number")):
        clickup_sandbox.control.create_field(name, kind, list_name="Tasks")
    return connected


def test_a_file_is_moved_once_and_undone(prepared: Cli, clickup_sandbox: Sandbox) -> None:
    """Two commands; the second run has nothing to do, and undo asks before it acts."""
    ran = prepared("migrate", "run", "mapping.toml")
    assert (ran.code, ran.out) == (0, "3 × task: 8 calls.\n")
    task = clickup_sandbox.control.task("Evaluate")
    assert task["status"]["status"] == "complete"
    assert task["parent"] == clickup_sandbox.control.find("Train").id

    again = prepared("migrate", "run", "mapping.toml", "--json")
    assert again.code == 0
    assert json.loads(again.out)["skipped"] == {"task": 3}
    assert json.loads(again.out)["done"] == {}

    looked = prepared("migrate", "undo", "mapping.toml")
    assert looked.code == 2
    assert looked.out.startswith("3 tasks and 0 time entries would be removed, 0 tasks stay")
    assert len(clickup_sandbox.control.tasks) == 3
    undone = prepared("migrate", "undo", "mapping.toml", "--yes")
    assert (undone.code, undone.out) == (
        0,
        "3 tasks and 0 time entries removed, 0 tasks stay.\n3 undone.\n",
    )
    assert not clickup_sandbox.control.tasks


def test_a_signed_migration_is_forgotten(prepared: Cli, clickup_sandbox: Sandbox) -> None:
    """Records, also those kept aside for a delta, and the journal; ClickUp stays as it is."""
    prepared("migrate", "run", "mapping.toml")
    prepared("migrate", "run", "mapping.toml", "--read-again")
    prepared("migrate", "verify", "mapping.toml")

    requests = prepared("migrate", "forget", "mapping.toml")
    assert requests.code == 2
    assert requests.out.endswith("records and 3 steps would be deleted. Use --yes to do it.\n")
    forgotten = prepared("migrate", "forget", "mapping.toml", "--yes", "--json")

    assert json.loads(forgotten.out)["steps"] == 3
    assert prepared("migrate", "forget", "mapping.toml").out.startswith("0 records and 0 steps")
    assert prepared("migrate", "undo", "mapping.toml").code == 1
    assert len(clickup_sandbox.control.tasks) == 3
    assert "3 × task" in prepared("migrate", "run", "mapping.toml", "--find").out
    assert len(clickup_sandbox.control.tasks) == 3


def test_a_file_that_was_changed_after_it_was_read_is_refused(prepared: Cli) -> None:
    """Before anything was moved, people would move what they did not see in the plan."""
    prepared("migrate", "plan", "mapping.toml")
    Path("rows.csv").write_text(ROWS + "4,New,Working,,\n")

    refused = prepared("migrate", "run", "mapping.toml")
    ran = prepared("migrate", "run", "mapping.toml", "--read-again")

    assert refused.code == 1
    assert "rows.csv was changed after it was read" in refused.err
    assert "--read-again" in refused.err
    assert "4 × task" in ran.out


def test_what_was_not_moved_is_listed(prepared: Cli, clickup_sandbox: Sandbox) -> None:
    """Exit 1; a later run says so too, and tries again on request."""
    Path("rows.csv").write_text(ROWS + "4,Odd,Working,many,404\n")
    clickup_sandbox.control.faults.add(
        "status", method="POST", path="*/task", skip=1, status_code=400
    )
    ran = prepared("migrate", "run", "mapping.toml")
    assert ran.code == 1
    assert "! 4: becomes an item, its parent 404 is not on the board" in ran.out
    assert 'rows, line 5, column "Hours": the value cannot be read: "many"' in ran.out
    assert '- task "Serve": POST /api/v2/list/{list_id}/task: ' in ran.out
    again = prepared("migrate", "run", "mapping.toml")
    assert again.code == 1
    assert "Steps that were refused in an earlier run: 1; --retry tries them again." in again.out
    assert prepared("migrate", "run", "mapping.toml", "--retry").code == 0


def test_a_file_that_was_moved_is_named(prepared: Cli) -> None:
    """With the place that names it; undo does not need it."""
    assert prepared("migrate", "run", "mapping.toml").code == 0
    Path("rows.csv").rename("moved.csv")
    for command in ("plan", "run", "verify", "delta"):
        ran = prepared("migrate", command, "mapping.toml")
        assert ran.code == 1
        assert "rows.csv: there is no such file" in ran.err
        assert "source.files" in ran.err
    assert prepared("migrate", "undo", "mapping.toml", "--yes").code == 0


def test_a_wrong_mapping_is_refused_before_anything_is_moved(
    prepared: Cli, clickup_sandbox: Sandbox
) -> None:
    """By its key, with all that is wrong; later a changed source does not stop a run."""
    text = Path("mapping.toml").read_text()
    Path("mapping.toml").write_text(text.replace("Working =", "Wrking =").replace("numbers", "num"))
    ran = prepared("migrate", "run", "mapping.toml")
    assert ran.code == 1
    assert "columns.status.options.Wrking: the column has no such option" in ran.err
    assert 'columns.hours.type: the source says "numbers", not "num"' in ran.err
    assert not clickup_sandbox.control.tasks

    Path("mapping.toml").write_text(text)
    assert prepared("migrate", "run", "mapping.toml").code == 0
    Path("rows.csv").write_text(ROWS.replace("Evaluate,Done", "Evaluate,Paused"))
    assert prepared("migrate", "run", "mapping.toml", "--read-again").code == 0


def test_a_limit_leaves_the_rest(prepared: Cli) -> None:
    """It can be tried out with a few items."""
    ran = prepared("migrate", "run", "mapping.toml", "--limit", "1")
    assert ran.code == 1
    assert "Items left by the limit: 2." in ran.out
    assert prepared("migrate", "run", "mapping.toml").code == 0


def test_a_missing_place_can_be_created(prepared: Cli, clickup_sandbox: Sandbox) -> None:
    """Without the option it is named; undo removes it."""
    text = Path("mapping.toml").read_text()
    text = text.replace('"Work", list = "Tasks"', '"Lab", list = "Runs"')
    head, _ = text.split('to = "field"\n')
    Path("mapping.toml").write_text(f'{head}to = "none"\n')
    clickup_sandbox.control.ui_actions.create_field("Team", "Source ID", "short_text")
    ran = prepared("migrate", "run", "mapping.toml")
    assert ran.code == 1
    assert 'List "Team / Lab / Runs"' in ran.err
    created = prepared("migrate", "run", "mapping.toml", "--create-places")
    assert "3 × task" in created.out
    looked = prepared("migrate", "undo", "mapping.toml", "--json")
    assert json.loads(looked.out)["places"] == ["Team / Lab / Runs", "Team / Lab"]
    assert "Team / Lab removed." in prepared("migrate", "undo", "mapping.toml", "--yes").out


def test_undo_lists_what_people_changed(prepared: Cli, clickup_sandbox: Sandbox) -> None:
    """Exit 3 while something stays; `--force` removes it."""
    prepared("migrate", "run", "mapping.toml")
    clickup_sandbox.control.as_user("Maria").set_status("Serve", "complete")
    undone = prepared("migrate", "undo", "mapping.toml", "--yes")
    assert undone.code == 3
    assert "Serve: people changed it since: status" in undone.out
    looked = prepared("migrate", "undo", "mapping.toml", "--json")
    assert looked.code == 3
    assert [entry["name"] for entry in json.loads(looked.out)["kept"]] == ["Serve"]
    forced = prepared("migrate", "undo", "mapping.toml", "--yes", "--force", "--json")
    assert json.loads(forced.out)["tasks"] == 1
    assert prepared("migrate", "undo", "mapping.toml").code == 1


def test_an_expired_token_ends_the_run_with_its_summary(
    prepared: Cli, clickup_sandbox: Sandbox
) -> None:
    """What was done is printed, then the error; the next run continues."""
    clickup_sandbox.control.faults.add(
        "status", method="POST", path="*/task", skip=1, status_code=502, times=None
    )
    ran = prepared("migrate", "run", "mapping.toml", "--workers", "1")
    assert ran.code == 1
    assert "1 × task" in ran.out
    clickup_sandbox.control.faults.clear()
    assert prepared("migrate", "run", "mapping.toml").code == 0
    assert len(clickup_sandbox.control.tasks) == 3


@pytest.mark.slow
def test_ctrl_c_ends_a_run_that_continues(prepared: Cli, clickup_sandbox: Sandbox) -> None:
    """The real program, and a real signal."""
    rows = "".join(f"{number},Run {number},Working,1,\n" for number in range(10, 900))
    Path("rows.csv").write_text(ROWS + rows)
    env = {"CLICKUP_MLOPS_CLICKUP__TOKEN": clickup_sandbox.token, "PATH": "/usr/bin"}
    command = [sys.executable, "-m", "clickup_mlops", "migrate", "run", "mapping.toml"]
    process = subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while len(clickup_sandbox.control.tasks) < 20 and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert prepared("migrate", "run", "mapping.toml").code == 0
    assert len(clickup_sandbox.control.tasks) == 893


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (Progress("task", 1, 9), "task: 0 a minute"),
        (
            Progress("file", 1, 9, 2, 3, 97.4, 30.0, 100, 42),
            "file: 97 a minute, 30 s left, 2 failed, budget 42/100",
        ),
        (
            Progress("task", 1, 9, per_minute=1_000, eta_s=3_600),
            "task: 1,000 a minute, 60 min left",
        ),
        (Progress("task", 1, 9, eta_s=9_000), "task: 0 a minute, 2 h 30 min left"),
    ],
)
def test_progress_is_put_into_words(progress: Progress, words: str) -> None:
    """Rate, time left, failures and budget, as far as they are known."""
    assert _progress.words(progress) == words
