"""A migration's plan and report on the command line."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from clickup_mlops.features.migration.mapping import file as mapping_file
from clickup_mlops.features.migration.mapping.model import (
    BoardTable,
    ColumnTable,
    Mapping,
    PersonTable,
    PlaceTable,
    SourceTable,
)
from clickup_mlops.features.migration.staging import Staged
from clickup_mlops.features.migration.tables.migration_records import MigrationRecords
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import Store
from tests.interfaces.cli.conftest import Cli

ROOT = Path(__file__).parents[3]
ISSUES = """\
Summary,Issue key,Issue id,Issue Type,Status,Priority,Assignee,Created,Due Date,Labels
Roll out <b>ranker</b>,ML-1,10001,Task,In Progress,High,ada,01/Jun/26 9:00 AM,15/Jun/26,gpu
Train | draft,ML-2,10002,Task,To Do,Low,bob,01/Jun/26 9:00 AM,,
"""
COLUMNS = {
    "issue_type": ColumnTable(title="Issue Type", type="dropdown", to="none", because="all equal"),
    "status": ColumnTable(
        title="Status",
        type="status",
        to="status",
        options={"In Progress": "in progress", "To Do": "to do"},
    ),
    "priority": ColumnTable(
        title="Priority", type="status", to="priority", options={"High": "high", "Low": "low"}
    ),
    "assignee": ColumnTable(title="Assignee", type="people", to="assignees"),
    "due_date": ColumnTable(title="Due Date", type="date", to="due"),
    "labels": ColumnTable(title="Labels", type="tags", to="tags"),
}


@pytest.fixture
def planned(connected: Cli) -> Cli:
    """With an export of Jira and its mapping `move.toml` in the folder."""
    Path("jira.csv").write_text(ISSUES)
    place = PlaceTable(space="Team", folder="Work", list="Tasks")
    mapping = Mapping(
        name="move",
        source=SourceTable(kind="jira", files=("jira.csv",)),
        people={"ada": PersonTable(name="ada", email="maria@example.com")},
        boards={"ML": BoardTable(name="ML", place=place, groups="none", columns=COLUMNS)},
    )
    Path("move.toml").write_text(mapping_file.dumps(mapping))
    return connected


def test_plan_shows_work_and_exits_2(planned: Cli) -> None:
    """What is created, who is nobody in ClickUp, and what must exist first."""
    ran = planned("migrate", "plan", "move.toml")

    assert ran.code == 2
    assert "To create: 2 tasks" in ran.out
    assert "not kept: all equal" in ran.out
    assert "bob" in ran.out
    assert "Source ID" in ran.out
    assert "Calls to the source" not in ran.out


def test_plan_fits_a_terminal_of_80_columns(planned: Cli) -> None:
    """No line is wider, and no word of a table is broken or cut off."""
    planned("migrate", "plan", "move.toml")
    piped = planned("migrate", "plan", "move.toml", "--no-fetch").out

    output = _on_a_terminal(80, "migrate", "plan", "move.toml", "--no-fetch")

    assert max(map(cell_len, output.splitlines())) <= 80
    assert Counter(output.split()) >= Counter(piped.split()) - Counter(["…"])


def _on_a_terminal(columns: int, *words: str) -> str:
    """What a person sees there at the end, without colours."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    program = subprocess.Popen(
        [sys.executable, "-m", "clickup_mlops", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"},
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    observations = b""
    # Linux ends the reading with an error when the program ends.
    with suppress(OSError):
        while sample := os.read(ours, 65536):
            observations += sample
    os.close(ours)
    assert program.wait(60) == 2
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", observations.decode().replace("\r\n", "\n"))


def test_plan_run_and_report_agree(planned: Cli, clickup_sandbox: Sandbox) -> None:
    """What the plan announces is what the run does; afterwards there is nothing to do."""
    clickup_sandbox.control.create_field("Source ID", "short_text", list_name="Tasks")
    before = json.loads(planned("migrate", "plan", "move.toml", "--json").out)
    ran = json.loads(planned("migrate", "run", "move.toml", "--json").out)
    after = planned("migrate", "plan", "move.toml")
    message = planned("migrate", "report", "move.toml", "--out", "report.html").out

    assert before["prerequisites"] == []
    assert ran["done"] == {"task": before["survey"]["boards"][0]["counts"]["task"]["total"]}
    # Who is who is read before a run begins to count.
    assert ran["calls"]["clickup"] + 1 == before["cost"]["writes"] + before["cost"]["reads"]
    assert after.code == 0
    assert "Nothing to do" in after.out
    assert "Everything in the mapping is in ClickUp." in message


def test_plan_works_on_what_was_read_before(planned: Cli) -> None:
    """Without the file, if nothing is to be fetched."""
    planned("migrate", "plan", "move.toml")
    Path("jira.csv").unlink()

    created = json.loads(planned("migrate", "plan", "move.toml", "--no-fetch", "--json").out)

    (board,) = created["survey"]["boards"]
    assert board["counts"]["task"] == {"total": 2, "done": 0, "failed": 0}
    assert created["cost"]["writes"] == 2


def test_plan_needs_a_reading(planned: Cli) -> None:
    """It says how to get one."""
    ran = planned("migrate", "plan", "move.toml", "--no-fetch")

    assert ran.code == 1
    assert "without --no-fetch" in ran.err


def test_plan_prints_markdown(planned: Cli) -> None:
    """For a pull request; names of items stay text."""
    message = planned("migrate", "plan", "move.toml", "--markdown").out

    assert message.startswith("# Migration move from jira")
    assert "<b>" not in message


def test_plan_refuses_a_wrong_mapping(planned: Cli) -> None:
    """The problem is named with its key."""
    text = Path("move.toml").read_text().replace('type = "date"', 'type = "dato"')
    Path("move.toml").write_text(text)

    ran = planned("migrate", "plan", "move.toml")

    assert ran.code == 1
    assert "dato" in ran.err


def test_an_interrupted_reading_is_a_problem(planned: Cli) -> None:
    """What was read is not complete, so the plan may be wrong."""
    planned("migrate", "plan", "move.toml")
    with Store.open("sqlite:///clickup-mlops.db") as store:
        row = next(iter(Staged(store.table(MigrationRecords), "move").rows("item", "ML")))
        store.table(MigrationRecords).put("move", [replace(row, fetched=row.fetched + 1)])

    ran = planned("migrate", "plan", "move.toml", "--no-fetch")

    assert ran.code == 1
    assert "interrupted" in ran.out


def test_a_board_that_is_gone_is_a_problem(planned: Cli) -> None:
    """The mapping names it, the source does not have it."""
    text = Path("move.toml").read_text()
    Path("move.toml").write_text(text.replace("boards.ML", "boards.GONE"))

    ran = planned("migrate", "plan", "move.toml")

    assert ran.code == 1
    assert "GONE" in ran.out + ran.err


@pytest.mark.parametrize("name", ["report.html", "report.md"])
def test_report_is_written(planned: Cli, name: str) -> None:
    """From the store alone; twice it is the same."""
    planned("migrate", "plan", "move.toml")

    ran = planned("migrate", "report", "move.toml", "--out", name)
    first = Path(name).read_bytes()
    planned("migrate", "report", "move.toml", "--out", name)

    assert ran.code == 0
    assert "Not done yet: 2" in ran.out
    assert Path(name).read_bytes() == first
    assert b"<b>" not in first


def test_report_refuses_other_files(planned: Cli) -> None:
    """Before anything is read."""
    ran = planned("migrate", "report", "move.toml", "--out", "report.pdf")

    assert ran.code == 1
    assert ".html or .md" in ran.err


def test_report_needs_a_reading(planned: Cli) -> None:
    """It says what reads the source."""
    ran = planned("migrate", "report", "move.toml", "--out", "report.md")

    assert ran.code == 1
    assert "migrate plan" in ran.err
    assert not Path("report.md").exists()
