"""Automations that act later, unless something happens meanwhile."""

from pathlib import Path

from tests.flows.conftest import INFERENCE, LIST, Team
from tests.flows.test_simulation import simulated

DAY_MS = 86_400_000
REMIND = """
on = ["taskStatusUpdated", "taskUpdated"]
when = 'task.status == "in progress"'
after = "P2D"
unless = 'size(task.assignees) > 0'
do = [{ action = "comment", mode = "new", text = "Two days in progress, and nobody has it" }]
"""


def _count_comments(team: Team, task: str) -> int:
    return len([*team.bot.client.comments.of_task(task)])


def _begun(team: Team, tmp_path: Path) -> str:
    team.use(tmp_path, remind=REMIND)
    task = team.member.create_task(LIST, INFERENCE)
    team.member.set_status(task, "in progress")
    team.settle()
    return task


def _later(team: Team, days: float) -> None:
    team.control.clock.advance(int(days * DAY_MS))
    team.settle()


def test_it_acts_once_when_its_time_is_over_also_after_a_restart(
    team: Team, tmp_path: Path
) -> None:
    """However often it is triggered meanwhile; it is no late event, and a simulation agrees."""
    begin_ms = team.bot.now_ms()
    task = _begun(team, tmp_path)
    team.member.update(task, name="Renamed")
    _later(team, 1)
    team.restart()
    assert _count_comments(team, task) == 0
    assert team.bot.inbox.depth(team.bot.now_ms()).oldest_ms is None

    _later(team, 1.01)
    assert _count_comments(team, task) == 1
    _later(team, 3)
    assert _count_comments(team, task) == 1
    assert len(simulated(team, begin_ms).writes) == 1


def test_it_does_nothing_if_it_is_called_off(team: Team, tmp_path: Path) -> None:
    """By `unless`, or because its condition does not hold any more."""
    unassigned, closed = _begun(team, tmp_path), _begun(team, tmp_path)
    team.member.update(unassigned, assignees={"add": [team.control.members[1].id]})
    team.member.set_status(closed, "complete")

    _later(team, 2.01)

    assert _count_comments(team, unassigned) == _count_comments(team, closed) == 0


def test_it_waits_again_after_it_has_acted(team: Team, tmp_path: Path) -> None:
    """One wait at a time, not one for ever."""
    task = _begun(team, tmp_path)
    _later(team, 2.01)
    team.member.update(task, name="Renamed")
    team.settle()

    _later(team, 2.01)

    assert _count_comments(team, task) == 2


def test_why_shows_what_waits(team: Team, tmp_path: Path) -> None:
    """With the time."""
    task = _begun(team, tmp_path)
    team.member.comment(task, "/why")
    team.settle()

    (comment,) = team.bot.client.comments.of_task(task)
    (reply,) = team.bot.client.comments.replies(comment.id)
    assert "remind is evaluated again at" in reply.text
