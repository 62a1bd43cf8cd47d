"""A migration's verification and delta on the command line."""

import json
from pathlib import Path

import pytest

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.features.migration.mapping import file as mapping_file
from clickup_mlops.features.migration.mapping.model import (
    BoardTable,
    ColumnTable,
    Mapping,
    PersonTable,
    PlaceTable,
    SourceTable,
)
from clickup_mlops.sandbox import Sandbox
from tests.interfaces.cli.conftest import Cli

ISSUES = """\
Summary,Issue key,Issue id,Issue Type,Status,Priority,Assignee,Created,Due Date,Labels
Roll out ranker,ML-1,10001,Task,In Progress,High,ada,01/Jun/26 9:00 AM,15/Jun/26,gpu
Train,ML-2,10002,Task,To Do,Low,,01/Jun/26 9:00 AM,,
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
def moved(connected: Cli, clickup_sandbox: Sandbox) -> Cli:
    """An export of Jira, its mapping `move.toml`, and what a run has made of it."""
    clickup_sandbox.control.create_field("Source ID", "short_text")
    Path("jira.csv").write_text(ISSUES)
    place = PlaceTable(space="Team", folder="Work", list="Tasks")
    mapping = Mapping(
        name="move",
        source=SourceTable(kind="jira", files=("jira.csv",)),
        people={"ada": PersonTable(name="ada", email="maria@example.com")},
        boards={"ML": BoardTable(name="ML", place=place, groups="none", columns=COLUMNS)},
    )
    Path("move.toml").write_text(mapping_file.dumps(mapping))
    ran = connected("migrate", "run", "move.toml")
    assert ran.code == 0, ran
    return connected


@pytest.fixture
def person(clickup_sandbox: Sandbox) -> ClickUp:
    """Somebody who works in ClickUp."""
    return ClickUp(clickup_sandbox.token, base_url=clickup_sandbox.url)


def task(sandbox: Sandbox, name: str) -> str:
    return str(sandbox.control.task(name)["id"])


def export(before: str, after: str) -> None:
    """Another export, with a change."""
    assert before in ISSUES
    Path("jira.csv").write_text(ISSUES.replace(before, after))


def test_equal_sides_exit_0(moved: Cli) -> None:
    """With counts, and what it cost."""
    ran = moved("migrate", "verify", "move.toml")

    assert ran.code == 0
    assert "2 items compared, 2 equal, 0 differences, 0 missing, 0 extra." in ran.out


def test_differences_exit_1_with_both_values(
    moved: Cli, clickup_sandbox: Sandbox, person: ClickUp
) -> None:
    """In a table of which only so many are shown, as JSON too."""
    person.tasks.update(task(clickup_sandbox, "Roll out ranker"), priority=4, name="Renamed")
    person.tasks.delete(task(clickup_sandbox, "Train"))

    ran = moved("migrate", "verify", "move.toml", "--quick")
    short = moved("migrate", "verify", "move.toml", "--limit", "1")
    plain = moved("migrate", "verify", "move.toml", "--json")

    assert (ran.code, short.code, plain.code) == (1, 1, 1)
    row = next(line for line in ran.out.splitlines() if "Priority" in line)
    assert row.split()[-4:-1] == ["Priority", "high", "low"]
    assert 'Without a task: "Train" (' in ran.out
    assert "… and 1 more difference." in short.out
    created = json.loads(plain.out)
    assert {difference["field"] for difference in created["differences"]} == {"name", "Priority"}
    assert (created["clean"], created["missing_count"], created["extra_count"]) == (False, 1, 0)
    assert created["calls"]["clickup"] > 0


def test_what_cannot_be_read_is_said(moved: Cli) -> None:
    """Then nobody knows whether the sides are equal."""
    text = Path("move.toml").read_text()
    Path("move.toml").write_text(text.replace('list = "Tasks"', 'list = "Elsewhere"'))

    ran = moved("migrate", "verify", "move.toml")

    assert ran.code == 1
    assert '! ClickUp has no List "Team / Work / Elsewhere"' in ran.out


def test_quick_and_content_exclude_each_other(moved: Cli) -> None:
    """With contents alone, files would be read."""
    assert moved("migrate", "verify", "move.toml", "--content").code == 0

    ran = moved("migrate", "verify", "move.toml", "--content", "--quick")

    assert (ran.code, "not both" in ran.err) == (1, True)


def test_an_unknown_source_is_refused_with_the_nearest(connected: Cli) -> None:
    """The mapping was edited."""
    Path("move.toml").write_text('name = "m"\n[source]\nkind = "jiro"\n')

    ran = connected("migrate", "verify", "move.toml")

    assert ran.code == 1
    assert 'there is no source "jiro"' in ran.err
    assert "jira" in ran.err


def test_a_delta_without_changes_exits_0(moved: Cli) -> None:
    """Nothing to do."""
    ran = moved("migrate", "delta", "move.toml")

    assert ran.code == 0
    assert "To do: nothing new, 0 updates. 0 conflicts, 0 by hand, 0 gone" in ran.out


def test_a_delta_shows_its_work_and_exits_2(moved: Cli, clickup_sandbox: Sandbox) -> None:
    """And writes nothing; `--yes` does it, and then nothing is left."""
    export(",gpu", ",tpu")
    with Path("jira.csv").open("a") as file:
        file.write("Deploy,ML-3,10003,Task,To Do,Low,,01/Jun/26 9:00 AM,,\n")
    clickup_sandbox.control.reset_counts()

    ran = moved("migrate", "delta", "move.toml")
    calls = clickup_sandbox.control.stats.to_dict()["calls"]
    outcome = moved("migrate", "delta", "move.toml", "--yes")

    assert ran.code == 2
    assert {call["method"] for call in calls} == {"GET"}
    assert "gpu" in ran.out
    assert "tpu" in ran.out
    assert "To do: 1 × item, 1 update." in ran.out
    assert outcome.code == 0
    assert "Done: 1 × task, 1 field and 0 comments updated." in outcome.out
    assert moved("migrate", "delta", "move.toml").code == 0
    assert moved("migrate", "verify", "move.toml").code == 0


def test_what_a_delta_showed_is_what_it_carries_over(moved: Cli, person: ClickUp) -> None:
    """The next one reads again; so does --read-again."""
    export(",gpu", ",tpu")
    moved("migrate", "delta", "move.toml")
    export(",gpu", ",npu")

    first = moved("migrate", "delta", "move.toml", "--yes")
    second = moved("migrate", "delta", "move.toml", "--yes")
    export(",gpu", ",gpu")
    moved("migrate", "delta", "move.toml")
    export(",gpu", ",tpu")
    third = moved("migrate", "delta", "move.toml", "--yes", "--read-again")

    assert "The source was read at" in first.out and "--read-again reads it anew" in first.out
    assert "tpu" in first.out and "npu" not in first.out
    assert "The source was read at" not in second.out and "npu" in second.out
    assert "The source was read at" not in third.out and "tpu" in third.out


def test_a_delta_lists_what_was_refused(moved: Cli, clickup_sandbox: Sandbox) -> None:
    """With the item's name; the next one says how it is tried again."""
    with Path("jira.csv").open("a") as file:
        file.write("Deploy,ML-3,10003,Task,To Do,Low,,01/Jun/26 9:00 AM,,\n")
    clickup_sandbox.control.faults.add("status", method="POST", path="*/task", status_code=400)

    outcome = moved("migrate", "delta", "move.toml", "--yes")
    again = moved("migrate", "delta", "move.toml", "--yes")

    assert (outcome.code, again.code) == (1, 1)
    assert '- task "Deploy": POST /api/v2/list/{list_id}/task: ' in outcome.out
    assert (
        "Steps that were refused earlier: 1; `migrate run --retry` tries them again." in again.out
    )


def test_what_came_after_the_draft_is_listed_and_exits_2(moved: Cli) -> None:
    """A board, a column and an option: by plan, verify and delta, until the mapping names them."""
    rows = [
        f"{row},{value}" for row, value in zip(ISSUES.splitlines(), ("Team", "a", ""), strict=True)
    ]
    rows.append("Order,OPS-1,10009,Task,Waiting,High,,01/Jun/26 9:00 AM,,,b")
    rows.append("Ship,ML-3,10003,Task,To Do,Trivial,,01/Jun/26 9:00 AM,,,b")
    Path("jira.csv").write_text("\n".join(rows))

    delta = moved("migrate", "delta", "move.toml", "--yes")
    verified = moved("migrate", "verify", "move.toml")
    planned = moved("migrate", "plan", "move.toml")

    assert (delta.code, verified.code, planned.code) == (2, 2, 2)
    for ran in (delta, verified, planned):
        assert 'boards.OPS: the board "OPS" has no table' in ran.out
        assert 'boards.ML.columns.team: the column "Team" is missing' in ran.out
        assert 'boards.ML.columns.priority.options.Trivial: the option "Trivial"' in ran.out
    text = Path("move.toml").read_text()
    Path("move.toml").write_text(text.replace("[source]", '[source]\nleft_out = ["OPS"]'))
    assert "OPS" not in moved("migrate", "verify", "move.toml").out


def test_a_delta_lists_conflicts_and_exits_3(
    moved: Cli, clickup_sandbox: Sandbox, person: ClickUp
) -> None:
    """With all three values."""
    person.tasks.update(task(clickup_sandbox, "Roll out ranker"), priority=3)
    export("High", "Low")

    ran = moved("migrate", "delta", "move.toml")
    plain = json.loads(moved("migrate", "delta", "move.toml", "--yes", "--json").out)

    assert ran.code == 3
    assert "Changed on both sides, left as it is:" in ran.out
    (conflict,) = plain["conflicts"]
    assert conflict["field"] == "priority"
    assert (conflict["at_run"], conflict["source"], conflict["clickup"]) == ("2", "4", "3")
    assert (plain["done"], plain["clean"], plain["updates"]) == (True, False, [])


def test_a_delta_lists_what_is_gone(moved: Cli) -> None:
    """It stays in ClickUp."""
    Path("jira.csv").write_text("\n".join(ISSUES.splitlines()[:2]) + "\n")

    ran = moved("migrate", "delta", "move.toml")

    assert ran.code == 0
    assert 'Gone from the source, kept in ClickUp: item "Train"' in ran.out


def test_a_delta_before_the_run_is_refused(moved: Cli) -> None:
    """With what comes first."""
    text = Path("move.toml").read_text()
    Path("move.toml").write_text(text.replace('name = "move"', 'name = "other"', 1))

    ran = moved("migrate", "delta", "move.toml")

    assert ran.code == 1
    assert "migrate run" in ran.err
