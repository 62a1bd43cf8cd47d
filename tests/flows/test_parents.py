"""Automations that are evaluated for the parent of the task that changes: once for a burst."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from clickup_mlops.operations.automations.trigger import trigger
from clickup_mlops.store import Mute
from clickup_mlops.store.tables.runs import RunFilter
from tests.flows.conftest import LIST, Team
from tests.flows.test_executor import Crash, dying

MINUTE_MS = 60_000
DONE = """
on = ["taskStatusUpdated"]
per = "parent"
after = "PT2M"
when = 'task.children.exists(c, !c.open)'
[[do]]
action = "comment"
mode = "new"
text = "${task.children.filter(c, !c.open).size()} of ${task.children.size()} are done"
"""


def sweep(team: Team, count: int) -> tuple[str, list[str]]:
    """A task and its subtasks."""
    parent = team.member.create_task(LIST, "Sweep of the learning rate")
    runs = [team.member.create_task(LIST, f"Run {n}", parent=parent) for n in range(count)]
    team.settle()
    return parent, runs


def finish(team: Team, *tasks: str) -> None:
    """They are done, one right after the other."""
    for task in tasks:
        team.member.set_status(task, "complete")


def later(team: Team, minutes: float = 2.1) -> None:
    """So much time passes."""
    team.control.clock.advance(int(minutes * MINUTE_MS))
    team.settle()


def comments(team: Team, task: str) -> list[str]:
    """Their first lines, the newest first."""
    return [comment.text.splitlines()[0] for comment in team.bot.client.comments.of_task(task)]


@pytest.mark.parametrize("threads", [1, 4])
def test_a_burst_of_twenty_is_one_comment(team: Team, tmp_path: Path, threads: int) -> None:
    """With what is true at its end; another burst is another one."""
    team.use(tmp_path, done=DONE)
    parent, runs = sweep(team, 20)
    finish(team, *runs[:18])
    assert team.control.deliveries.wait_idle()
    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(team.bot.lanes.worker.run, runs[:18]))
    team.settle()
    later(team, 1)
    finish(team, runs[18])
    team.settle()
    assert comments(team, parent) == []
    later(team)
    assert comments(team, parent) == ["19 of 20 are done"]

    finish(team, runs[19])
    team.settle()
    later(team)
    later(team)
    assert comments(team, parent) == ["20 of 20 are done", "19 of 20 are done"]
    assert sum(len(comments(team, run)) for run in runs) == 0


def test_without_after_each_change_counts(team: Team, tmp_path: Path) -> None:
    """At once; the condition is about the parent, and says which subtask it was."""
    at_once = DONE.replace('after = "PT2M"\n', "").replace("exists", "all")
    team.use(tmp_path, done=at_once.replace("are done", "are done, last ${event.subtask}"))
    parent, runs = sweep(team, 2)
    for run in runs:
        finish(team, run)
        team.settle()

    assert comments(team, parent) == [f"2 of 2 are done, last {runs[1]}"]


def test_only_the_parent_is_meant(team: Team, tmp_path: Path) -> None:
    """Not a task without one, not the parent's own change, and not its own parent."""
    team.use(tmp_path, done=DONE.replace("when = '", 'when = \'event.after == "complete" || '))
    parent, (run,) = sweep(team, 1)
    step = team.member.create_task(LIST, "Step", parent=run)
    finish(team, parent)
    team.settle()
    later(team)
    finish(team, step)
    team.settle()
    later(team)

    assert [len(comments(team, task)) for task in (parent, run, step)] == [0, 1, 0]


@pytest.mark.parametrize("last", range(1, 5))
def test_a_crash_doubles_and_loses_nothing(team: Team, tmp_path: Path, last: int) -> None:
    """Wherever it is."""
    team.use(tmp_path, done=DONE)
    parent, runs = sweep(team, 3)
    finish(team, *runs)
    team.settle()
    dying(team, last)
    with suppress(Crash):
        later(team)
    team.restart()
    for _ in range(2):
        later(team, 60)

    assert comments(team, parent) == ["3 of 3 are done"]


def test_who_muted_it_on_the_parent_is_not_disturbed(team: Team, tmp_path: Path) -> None:
    team.use(tmp_path, done=DONE)
    parent, runs = sweep(team, 2)
    team.bot.store.mutes.put(Mute(parent, "done", team.bot.now_ms() + 10**7, "/mute", "Maria"))
    finish(team, *runs)
    team.settle()
    later(team)

    assert comments(team, parent) == []


def test_a_parent_that_is_deleted_meanwhile_is_left_out(team: Team, tmp_path: Path) -> None:
    """Nothing is parked."""
    team.use(tmp_path, done=DONE)
    parent, runs = sweep(team, 2)
    finish(team, *runs)
    team.settle()
    team.member.delete(parent)
    later(team)

    assert team.bot.inbox.depth(team.bot.now_ms()).parked == 0


def test_a_latch_is_the_parents(team: Team, tmp_path: Path) -> None:
    """It acts once, until the condition that it waits for is true of the parent."""
    latched = DONE.replace("exists", "all").replace('after = "PT2M"\n', "")
    ending = """until = 'task.children.exists(c, c.open)'
then = [{ action = "add_tag", tag = "again" }]
[[do]]"""
    latched = latched.replace("[[do]]", ending)
    team.use(tmp_path, done=latched)
    parent, runs = sweep(team, 2)
    finish(team, *runs)
    team.settle()
    team.member.set_status(runs[0], "to do")
    team.settle()

    assert comments(team, parent) == ["2 of 2 are done"]
    assert [tag["name"] for tag in team.control.task(parent)["tags"]] == ["again"]


def test_by_hand_it_is_evaluated_for_the_task_that_is_named(team: Team, tmp_path: Path) -> None:
    """And the run log has it there."""
    team.use(tmp_path, done=DONE.replace('after = "PT2M"\n', ""))
    parent, (run,) = sweep(team, 1)
    team.bot.store.mutes.put(Mute(run, "done", team.bot.now_ms() + 10**7, "/mute", "Maria"))
    finish(team, run)
    team.settle()
    trigger(team.bot, "done", parent)
    team.settle()

    assert comments(team, parent) == ["1 of 1 are done"]
    (notes,) = team.bot.store.runs.list(RunFilter(automation="done"), 9)
    assert (notes.task_id, notes.result) == (parent, "done")
