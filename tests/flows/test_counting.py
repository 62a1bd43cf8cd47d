"""Automations that count: how often something happened on a task."""

from pathlib import Path

from tests.flows.conftest import INFERENCE, LIST, Team
from tests.flows.test_simulation import simulated

FLAPPING = """
on = ["taskUpdated", "taskStatusUpdated"]
when = '"status" in event.changed && event.history.count(duration("1h"), "in progress") >= 3'
do = [{ action = "add_tag", tag = "flapping" }]
"""
MINUTE_MS = 60_000


def _flap(team: Team, task: str, times: int, every_ms: int = MINUTE_MS) -> None:
    for _ in range(times):
        for status in ("in progress", "to do"):
            team.member.set_status(task, status)
            team.settle()
            team.control.clock.advance(every_ms // 2)


def _tags(team: Team, task: str) -> set[str]:
    return {tag["name"] for tag in team.control.task(task)["tags"]}


def test_a_change_is_counted_once_however_many_events_report_it(team: Team, tmp_path: Path) -> None:
    """A status that comes a third time within the hour is flapping; a simulation agrees."""
    begin_ms = team.bot.now_ms()
    team.use(tmp_path, flapping=FLAPPING)
    task = team.member.create_task(LIST, INFERENCE)
    _flap(team, task, 2)
    assert _tags(team, task) == set()

    _flap(team, task, 1)

    assert _tags(team, task) == {"flapping"}
    assert [one.kind for one in simulated(team, begin_ms).done] == ["tag:flapping"]


def test_what_happened_before_the_window_does_not_count(team: Team, tmp_path: Path) -> None:
    """Three times, but never within one hour."""
    team.use(tmp_path, flapping=FLAPPING)
    task = team.member.create_task(LIST, INFERENCE)

    _flap(team, task, 3, every_ms=40 * MINUTE_MS)

    assert _tags(team, task) == set()
