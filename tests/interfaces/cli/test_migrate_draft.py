"""A mapping is drafted from the Monday.com sandbox, and its places are made in the ClickUp one."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.errors import ApiError, ClickUpMlopsError
from clickup_mlops.features.migration.mapping import file
from clickup_mlops.features.migration.mapping.model import Mapping
from clickup_mlops.features.migration.operations.draft import DraftRequest, draft_source
from clickup_mlops.features.migration.operations.opening import kinds
from clickup_mlops.features.migration.records import Board, Item
from clickup_mlops.features.migration.source import Selection
from clickup_mlops.ports.cli import options
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.sandbox.monday import MondaySandbox
from tests.features.migration.memory_source import MemorySource
from tests.interfaces.cli.conftest import Cli

OUT = Path("move.toml")
pytestmark = pytest.mark.monday_sandbox(seed="ai_ml")


@pytest.fixture
def both(connected: Cli, monday_sandbox: MondaySandbox, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """A configuration for both sandboxes."""
    monkeypatch.setenv("CLICKUP_MLOPS_MONDAY__TOKEN", monday_sandbox.token)
    monkeypatch.setenv("CLICKUP_MLOPS_MONDAY__BASE_URL", monday_sandbox.url)
    return connected


def drafted(cli: Cli, *arguments: str) -> Mapping:
    ran = cli("migrate", "draft", "monday", "--out", str(OUT), *arguments)
    assert ran.code == 0, ran.err
    return file.load(OUT)


def test_a_draft_is_a_complete_mapping(both: Cli) -> None:
    """Of all boards; it can be provisioned as it is."""
    mapping = drafted(both)
    planned = both("migrate", "provision", str(OUT), "--plan-only")

    assert mapping.name == "move"
    assert len(mapping.boards) > 1
    assert all(board.columns for board in mapping.boards.values())
    assert planned.code == 2, planned.err
    assert all(board.place.space in planned.out for board in mapping.boards.values())


def test_the_summary_names_boards_and_who_is_missing(both: Cli) -> None:
    """And what comes next."""
    ran = both("migrate", "draft", "monday", "--out", str(OUT))
    mapping = file.load(OUT)

    assert all(board.name in ran.out for board in mapping.boards.values())
    assert "nobody in ClickUp" in ran.out
    assert f"clickup-mlops migrate plan {OUT}" in ran.out


def test_a_draft_of_one_board_has_what_was_chosen(both: Cli) -> None:
    """One Space for all, groups as Lists; the board is known by its id."""
    total = drafted(both)
    (board_id, *_) = [key for key, board in total.boards.items() if board.group_names]
    ran = both(
        "migrate",
        "draft",
        "monday",
        "--board",
        board_id,
        "--groups",
        "lists",
        "--space",
        "New home",
        "--out",
        str(OUT),
        "--force",
        "--json",
    )
    message, mapping = json.loads(ran.out), file.load(OUT)

    assert mapping.source.boards == (board_id,)
    assert [entry["id"] for entry in message["boards"]] == [board_id]
    assert {place[0] for place in mapping.boards[board_id].lists} == {"New home"}
    assert message["calls"] > 0


def test_a_file_is_not_replaced_without_force(both: Cli) -> None:
    """It may hold hours of review."""
    OUT.write_text("mine")
    ran = both("migrate", "draft", "monday", "--out", str(OUT))

    assert ran.code == 1
    assert "--force" in ran.err
    assert OUT.read_text() == "mine"


@pytest.mark.monday_sandbox(seed=None)
def test_a_source_without_boards_is_refused(both: Cli) -> None:
    """The hint says what may be the reason."""
    ran = both("migrate", "draft", "monday", "--out", str(OUT))

    assert ran.code == 1
    assert "has no boards" in ran.err
    assert not OUT.exists()


def test_items_that_cannot_be_read_do_not_stop_a_draft(connected: Cli) -> None:
    """They only help to recognise the work."""
    boards = (Board("1", "Models"), Board("2", "Data"))
    items = [Item("1", "1", "Serve"), Item("2", "2", "Label")]
    failing: dict[str, ClickUpMlopsError] = {"1": ApiError("no")}
    source = MemorySource(boards, items, failing=failing, problems=["a row was skipped"])
    with options.open_bot(None, "temporary") as bot:
        result = draft_source(bot, DraftRequest("monday", Selection(), OUT), source)

    assert list(result.draft.mapping.boards) == ["1", "2"]
    assert result.problems == ("a row was skipped",)


def test_a_source_that_there_is_not_is_named(both: Cli) -> None:
    """With the one that was probably meant."""
    ran = both("migrate", "draft", "munday", "--out", str(OUT))

    assert ran.code == 1
    assert 'there is no source "munday"; did you mean "monday"?' in ran.err
    assert not OUT.exists()


def test_files_are_named_from_the_mapping(both: Cli) -> None:
    """Both may be moved together."""
    Path("exports").mkdir()
    Path("maps").mkdir()
    Path("exports/models.csv").write_text("Name,Status\nServe the model,Done\nTrain it,To do\n")
    out = Path("maps/files.toml")
    ran = both("migrate", "draft", "csv_file", "exports/models.csv", "--out", str(out))

    assert ran.code == 0, ran.err
    assert file.load(out).source.files == ("../exports/models.csv",)
    assert both("migrate", "provision", str(out), "--plan-only").code == 2


def test_provision_makes_the_places_once(both: Cli, clickup_sandbox: Sandbox) -> None:
    """The second time there is only manual work; fields are made where ClickUp allows it."""
    clickup_sandbox.control.world.field_creation = "on"
    drafted(both)
    arguments = ("migrate", "provision", str(OUT), "--experimental-field-create", "--yes")
    first, second = both(*arguments), both(*arguments, "--json")
    planned = both(*arguments[:-1], "--plan-only", "--json")

    assert first.code in (0, 3), first.err
    assert "created" in first.out
    assert json.loads(second.out)["done"] == []
    assert planned.code in (0, 3)


def test_fields_are_written_as_sheets_for_the_importer(both: Cli, tmp_path: Path) -> None:
    """ClickUp's importer creates fields from them, which its API cannot."""
    drafted(both)
    folder = tmp_path / "sheets"
    ran = both("migrate", "provision", str(OUT), "--csv", str(folder))

    sheets = [*folder.iterdir()]
    assert ran.code == 3
    assert sheets and all(f"Wrote {sheet}" in ran.out for sheet in sheets)
    assert "Source ID" in sheets[0].read_text(encoding="utf-8")


def test_a_draft_can_be_provisioned_run_and_verified(both: Cli, clickup_sandbox: Sandbox) -> None:
    """As it was written, once people have set the statuses."""
    world, by_hand = clickup_sandbox.control.world, clickup_sandbox.control.ui_actions
    world.field_creation = "on"
    drafted(both)
    arguments = ("migrate", "provision", str(OUT), "--experimental-field-create")
    both(*arguments, "--yes")
    steps = json.loads(both(*arguments, "--plan-only", "--json").out)["steps"]
    for place, statuses in _statuses(steps).items():
        by_hand.set_statuses(place, statuses)

    assert both(*arguments, "--plan-only").code == 0
    both("migrate", "run", str(OUT), "--json")
    verified = json.loads(both("migrate", "verify", str(OUT), "--json").out)
    assert verified["clean"], verified["differences"]


def _statuses(steps: Any) -> dict[str, list[dict[str, str]]]:
    """What the plan wants, by the name of the place, as a person enters it."""
    result: dict[str, list[dict[str, str]]] = {}
    for step in steps:
        kind, name = step["path"][-1]
        if kind == "status":
            value = {"status": name, "type": step["want"]["attributes"]["type"], "color": "#000000"}
            result.setdefault(step["path"][-2][1], []).append(value)
    return result


def test_a_mapping_that_does_not_fit_is_refused(both: Cli) -> None:
    """With every problem and its key; nothing is created."""
    mapping = drafted(both)
    board_id = next(key for key, board in mapping.boards.items() if "status" in board.columns)
    OUT.write_text(OUT.read_text().replace('to = "status"', 'to = "time"'))
    ran = both("migrate", "provision", str(OUT), "--plan-only")

    assert ran.code == 1
    assert f"{OUT}: boards.{board_id}.columns" in ran.err
    assert "a status column cannot go there" in ran.err


def test_the_help_lists_every_kind_of_source(cli: Cli) -> None:
    """With what it reads; nothing of it is loaded for other help."""
    text = cli("migrate", "draft", "--help").out

    for name, kind in kinds().items():
        assert re.search(rf"^  {name} +{kind.summary.split()[0]}", text, re.MULTILINE), name
