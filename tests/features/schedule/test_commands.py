"""`schedule plan`, `apply` and `drift` on the sandbox."""

import json
from pathlib import Path

import pytest

from clickup_mlops.sandbox import Sandbox
from tests.features.schedule.conftest import HOUR_MS, Runs
from tests.interfaces.cli.conftest import Cli


def test_a_plan_is_applied_once_and_changes_nothing_the_second_time(
    scheduling: Cli, runs: Runs, clickup_sandbox: Sandbox
) -> None:
    """Exit codes as in provisioning: 2 while there is work, 0 once there is none."""
    first, second = runs.add("first", 16), runs.add("second", 16)
    planned = scheduling("schedule", "plan")
    assert (planned.code, runs.dates(first)) == (2, (None, None))
    assert "second" in planned.out and "2 to be placed" in planned.out

    applied = scheduling("schedule", "apply", "--yes")
    assert applied.code == 0, applied.err
    assert "2 written." in applied.out
    (start, due), (next_start, _) = runs.dates(first), runs.dates(second)
    assert start and due == start + 4 * HOUR_MS == next_start

    clickup_sandbox.control.reset_counts()
    again = scheduling("schedule", "apply", "--yes")
    assert (again.code, clickup_sandbox.control.writes()) == (0, [])
    assert "up to date" in again.out


def test_one_call_writes_both_dates_and_undo_restores_them(
    scheduling: Cli, runs: Runs, clickup_sandbox: Sandbox
) -> None:
    """Undone runs are left alone afterwards."""
    task = runs.add("a run")
    clickup_sandbox.control.reset_counts()
    applied = json.loads(scheduling("schedule", "apply", "--yes", "--json").out)
    writes = clickup_sandbox.control.writes(task)
    assert {write.field for write in writes} == {"start_date", "due_date"}

    undone = scheduling("undo", f"event:{applied['event']}", "--yes")
    assert undone.code == 0, undone.out
    assert runs.dates(task) == (None, None)
    planned = scheduling("schedule", "plan")
    assert planned.code == 3 and "left alone after an undo" in planned.out


def test_what_a_person_places_or_pins_is_untouched(scheduling: Cli, runs: Runs) -> None:
    """By the tag, or by other dates than those that the bot wrote."""
    moved, tagged = runs.add("moved", 16), runs.add("tagged", 16)
    scheduling("schedule", "apply", "--yes")
    start, due = runs.dates(moved)
    assert start and due
    person = runs.control.as_user(runs.control.members[1].id)
    person.update(moved, start_date=start + 48 * HOUR_MS, due_date=due + 48 * HOUR_MS)
    person.tag(tagged, "pinned")
    runs.add("third", 16)

    drift = scheduling("schedule", "drift")
    assert drift.code == 2 and "a person has changed its dates" in drift.out
    before = runs.dates(moved), runs.dates(tagged)
    scheduling("schedule", "apply", "--yes")
    assert (runs.dates(moved), runs.dates(tagged)) == before


def test_a_person_s_due_date_is_the_deadline_and_stays(scheduling: Cli, runs: Runs) -> None:
    """Only the start is written."""
    runs.add("filler", 16, 30)
    now = runs.control.clock.now_ms()
    task = runs.add("urgent", 16, 4, due_date=now + 6 * HOUR_MS)
    planned = scheduling("schedule", "apply", "--yes")
    start, due = runs.dates(task)

    assert planned.code == 0, planned.out
    assert due == now + 6 * HOUR_MS and start and start + 4 * HOUR_MS <= due
    assert scheduling("schedule", "plan").code == 0


def test_each_run_that_cannot_be_planned_has_one_line_and_the_others_are_placed(
    scheduling: Cli, runs: Runs
) -> None:
    """Without estimate, too large, of an unknown pool, with a deadline that is over. One that was
    placed before keeps its dates, and its line says so.
    """
    good = runs.add("good")
    runs.add("no estimate", 8, None)
    runs.add("too large", 64)
    runs.add("half a GPU", 0.5)
    runs.add("elsewhere", fields={"Pool": "gpu-b"})
    late = runs.add("late", due_date=runs.control.clock.now_ms() - HOUR_MS)
    applied = scheduling("schedule", "apply", "--yes", "--json")

    problems = {problem["task"]: problem["text"] for problem in json.loads(applied.out)["problems"]}
    assert applied.code == 3
    assert len(problems) == 5
    assert runs.dates(good)[0] and runs.dates(late)[0]
    assert "has no estimate" in "".join(problems.values())
    assert "after its deadline" in problems[late] and "stay" not in "".join(problems.values())
    before = runs.dates(good)
    runs.control.as_user(runs.control.members[1].id).set_field(good, "GPUs", 64)
    again = json.loads(scheduling("schedule", "apply", "--yes", "--json").out)["problems"]
    (text,) = (problem["text"] for problem in again if problem["task"] == good)
    assert "; its dates from 20" in text and runs.dates(good) == before


def test_more_moves_than_allowed_are_refused(
    scheduling: Cli, runs: Runs, clickup_sandbox: Sandbox
) -> None:
    """Nothing is written; the hint says how."""
    with Path("config.toml").open("a") as file:
        file.write("[schedule]\nmoves = 1\n")
    tasks = [runs.add(f"run {number}", 16, 1) for number in range(4)]
    scheduling("schedule", "apply", "--yes")
    running = runs.add("running", 16, 30)
    runs.control.as_user(runs.control.members[1].id).set_status(running, "in progress")
    before = [runs.dates(task) for task in tasks]

    refused = scheduling("schedule", "apply", "--yes")
    assert refused.code == 1 and "would get another start" in refused.err
    assert [runs.dates(task) for task in tasks] == before
    assert scheduling("schedule", "apply", "--yes", "--allow", "4").code == 0
    assert [runs.dates(task) for task in tasks] != before


def test_without_a_pool_the_command_says_what_to_set(connected: Cli) -> None:
    """An error, with the setting's name."""
    planned = connected("schedule", "plan")
    assert planned.code == 1 and "[schedule.pools.<name>]" in planned.err


def test_nothing_is_written_without_a_yes(scheduling: Cli, runs: Runs) -> None:
    """No terminal to ask on: refused."""
    task = runs.add("a run")
    assert scheduling("schedule", "apply").code == 1
    assert runs.dates(task) == (None, None)


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\u202e"])
def test_names_of_tasks_cannot_act_on_the_terminal(
    scheduling: Cli, runs: Runs, hostile: str
) -> None:
    """Neither in the table nor in a problem's line."""
    runs.add(f"bad{hostile}name")
    runs.add(f"worse{hostile}name", 8, None)
    assert hostile not in scheduling("schedule", "plan").out


def test_without_a_run_the_field_is_named_that_makes_one(scheduling: Cli) -> None:
    """Nobody has to look it up."""
    planned = scheduling("schedule", "plan")
    assert planned.code == 0
    assert 'No run: an open task is one if its field "GPUs" has a number.' in planned.out
