"""Teams that have only export files: the whole way from each kind of file, and back."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.features.migration.mapping import file as mapping_file
from clickup_mlops.sandbox import Sandbox
from tests.features.migration.sources.export_files import Board, Group, Item, Update, account
from tests.features.migration.sources.reading import SAMPLES
from tests.interfaces.cli.conftest import Cli, Ran

JIRA = """\
Summary,Issue key,Issue id,Status,Status Category,Assignee,Created,Due date,Labels,Labels,\
Time Spent,Inward issue link (Blocks),Outward issue link (Relates),Custom field (GPU type),\
Parent id,Description,Comment
Serve 🦙 <b>70B</b>,ML-1,1,To Do,To Do,Ada,01/Jun/26 9:00 AM,,gpu,llm,3600,ML-3,,H100,,h2. *Goal*,
"تدريب, again",ML-2,2,Working,In Progress,Left Us,02/Jun/26 9:00 AM,15/Jun/26,gpu,,,,ML-3,L4,1,,\
"02/Jun/26 5:00 PM;Ada;Looks *good*; really"
Evaluate,ML-3,3,Shipped,Done,,soon,30/Jun/26,,,,,,H100,,,
Too long,ML-4,4,Done,Done,,,,,,,,,,,,,,,and,more
"""
CSV = """\
No;Task name;Above;Who;When;State;GPUs;Where
1;Serve 🦙 <b>70B</b>;;ada@inference-lab.example | Left Us;31.12.2026;Open;8;https://x.test/1
2;تدريب, again;1;;01.07.2026;Working;1,250.5;
3;Evaluate;;Left Us;32.13.2026;Shipped;2;https://x.test/3
4;Too long;;;;;;;;and;more
"""
COLUMNS = """\
id = "No"
title = "Task name"
parent = "Above"
[columns.Who]
type = "people"
separator = "|"
[columns.When]
type = "date"
date_format = "%d.%m.%Y"
[columns.State]
type = "status"
done = ["Shipped"]
"""


def jira(path: Path, text: str = JIRA) -> None:
    path.write_text(text, encoding="utf-8")


def jira_later(path: Path) -> None:
    jira(path, JIRA.replace("Evaluate", "Evaluate again").replace("*good*", "*very good*"))


def csv(path: Path, text: str = CSV) -> None:
    path.write_text(text, encoding="utf-8-sig")
    Path("columns.toml").write_text(COLUMNS)


def csv_later(path: Path) -> None:
    csv(path, CSV.replace("Evaluate", "Evaluate again") + "5;New;;;;Open;1;\n")


def monday(path: Path, *more: Item, third: str = "Evaluate") -> None:
    subitem = Item("تدريب, again", "12", {"Owner": "Ada", "Status": "Working"})
    serving = {
        "Owner": "Ada, Left Us",
        "Status": "Open",
        "Due": datetime.fromisoformat("2026-06-01T14:30"),
    }
    groups = [
        Group("Serving", [Item("Serve 🦙 <b>70B</b>", "11", serving, [subitem])], {"GPUs": 8}),
        Group("Later", [Item(third, "13", {"Status": "Shipped", "Due": date(2026, 7, 1)}), *more]),
    ]
    update = Update("11", "Serve", "Left Us", "02/June/2026  05:00:00 PM", "Good & <fast>", "u1")
    reply = replace(update, text="Yes", id="u2", reply_to="u1", user="Ada")
    columns, below = ("Owner", "Status", "Due", "GPUs"), ("Owner", "Status")
    Board("Models", groups, columns, below, updates=[update, reply]).write(path)


def monday_later(path: Path) -> None:
    monday(path, Item("New", "15", {"Status": "Open"}), third="Evaluate again")


@dataclass(frozen=True)
class Case:
    """An export, a later one, and what of it becomes what. `never`: what the plan says of it."""

    kind: str
    file: str
    write: Callable[[Path], None]
    later: Callable[[Path], None]
    done: dict[str, int]
    carried: int
    never: str
    options: tuple[str, ...] = ()


CASES = (
    Case(
        "jira",
        "issues.csv",
        jira,
        jira_later,
        {"task": 3, "dependency": 1, "relation": 1, "comment": 1},
        3,
        "attachments: they stay links to Jira",
    ),
    Case(
        "csv_file",
        "rows.csv",
        csv,
        csv_later,
        {"task": 3},
        4,
        "comments, files and dependencies",
        ("--columns", "columns.toml"),
    ),
    Case(
        "monday_export",
        "board.xlsx",
        monday,
        monday_later,
        {"task": 3, "comment": 2},
        4,
        "dependencies, votes and the history of tracked time",
    ),
)


@pytest.mark.slow
@pytest.mark.clickup_sandbox(seed="inference_lab")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_the_whole_way_from_a_file(connected: Cli, clickup_sandbox: Sandbox, case: Case) -> None:
    """Draft, plan, provision, run, verify; a later export; and back."""
    before = len(clickup_sandbox.control.tasks)
    path = Path(case.file)
    case.write(path)
    migrate = Migrate(connected)
    migrate("draft", case.kind, case.file, *case.options, "--out", "move.toml", code=0)
    assert case.never in migrate("plan", code=2).out
    provision(migrate, clickup_sandbox)

    assert json.loads(migrate("run", "--json", code=0).out)["done"] == case.done
    assert "3 equal, 0 differences, 0 missing, 0 extra" in migrate("verify", code=0).out
    again = json.loads(migrate("run", "--json", code=0).out)
    assert (again["done"], again["failed"]) == ({}, [])
    assert clickup_sandbox.control.task("تدريب, again")["parent"] is not None

    case.later(path)
    assert migrate("delta", code=2).out.strip()
    migrate("delta", "--yes", code=0)
    assert clickup_sandbox.control.task("Evaluate again")
    assert f"{case.carried} equal, 0 differences, 0 missing" in migrate("verify", code=0).out

    migrate("undo", "--yes", code=0)
    assert len(clickup_sandbox.control.tasks) == before


@dataclass
class Migrate:
    """Runs a command on the mapping, and checks its exit code."""

    cli: Cli

    def __call__(self, command: str, *arguments: str, code: int) -> Ran:
        mapping = () if command == "draft" else ("move.toml",)
        ran = self.cli("migrate", command, *mapping, *arguments)
        assert ran.code == code, (command, ran)
        return ran


def provision(migrate: Migrate, sandbox: Sandbox) -> None:
    """Creates the places, and does by hand what the plan leaves to people."""
    migrate("provision", "--yes", code=3)
    sandbox.control.world.field_creation = "on"
    steps: Any = json.loads(migrate("provision", "--plan-only", "--json", code=3).out)["steps"]
    statuses: dict[str, list[dict[str, str]]] = {}
    for step in steps:
        kind, name = step["path"][-1]
        if kind == "status":
            value = {"status": name, "type": step["want"]["attributes"]["type"], "color": "#000000"}
            statuses.setdefault(step["path"][-2][1], []).append(value)
    for place, expected in statuses.items():
        sandbox.control.ui_actions.set_statuses(place, expected)
    migrate("provision", "--experimental-field-create", "--yes", code=0)
    assert "Nothing to do" in migrate("provision", code=0).out


def test_a_damaged_board_of_an_archive_stays_in_sight(connected: Cli) -> None:
    """It is in no mapping: plan and verify say so again."""
    monday(Path("board.xlsx"))
    boards = {
        "boards/1_Models.xlsx": Path("board.xlsx").read_bytes(),
        "boards/2_Data.xlsx": b"x",
    }
    account(Path("account.zip"), boards)
    migrate = Migrate(connected)
    drafted = migrate("draft", "monday_export", "account.zip", "--out", "move.toml", code=0)

    message = "board skipped: account.zip/boards/2_Data.xlsx: is no readable workbook"
    assert message in drafted.err
    assert message in migrate("plan", code=2).out
    assert message in migrate("verify", code=1).out


def test_people_of_a_file_are_matched_in_the_mapping(connected: Cli) -> None:
    """A file knows names only: the draft lists them, with the key for their address."""
    csv(Path("rows.csv"))
    ran = connected(
        *("migrate", "draft", "csv_file", "rows.csv", "--columns", "columns.toml"),
        *("--out", "move.toml"),
    )

    assert "! Left Us : nobody in ClickUp" in ran.out
    assert "rows.csv, line 5: skipped, it has 11 cells, the first row 8" in ran.err
    assert mapping_file.load(Path("move.toml")).people["Left Us"].email == ""


NEW_KINDS = {
    "azure_devops": ("azure_devops/query.csv",),
    "azure_devops json": ("azure_devops/items.json", "azure_devops/comments.json"),
    "jira xml": ("jira/issues.xml",),
    "ms_project": ("ms_project/plan.xml",),
    "notion": ("notion/query.json",),
}


@pytest.mark.parametrize("name", NEW_KINDS)
def test_a_file_of_other_tools_is_drafted_and_planned(name: str, connected: Cli) -> None:
    """The plan has a task for every item, and nothing that is not in the mapping."""
    files = [str(SAMPLES / file) for file in NEW_KINDS[name]]
    drafted = connected("migrate", "draft", name.split()[0], *files, "--out", "move.toml")
    planned = connected("migrate", "plan", "move.toml", "--json")

    assert (drafted.code, planned.code) == (0, 2), (drafted, planned)
    survey = json.loads(planned.out)["survey"]
    assert sum(board["counts"]["task"]["total"] for board in survey["boards"]) > 0
    assert survey["gaps"] == []
