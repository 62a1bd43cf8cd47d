"""What quiet hours hold back is done once they are over: once, and as it would have been done."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.flows.conftest import INFERENCE, LIST, Team, build
from tests.flows.test_executor import Crash, dying, go_on
from tests.flows.test_occurrences import deliver, hold_deliveries, list_first_lines

MORNING = """
quiet = true
on = ["taskCreated"]
when = 'task.name != ""'
do = [{ action = "comment", mode = "new", text = "Good morning" }]
"""
TWO = """
on = ["taskCreated"]
do = [{ action = "add_tag", tag = "one" }, { action = "add_tag", tag = "two" }]
"""
URGENT = """
on = ["taskCreated"]
do = [{ action = "route" }]
"""
HOUR_MS = 3_600_000
INCIDENT = "Production inference outage: the vLLM endpoint is down, 500s for all customers"


@pytest.fixture
def night(team: Team) -> Team:
    """Quiet hours until the end of the hour, which has just begun."""
    clock = team.control.clock
    clock.advance(HOUR_MS - clock.now_ms() % HOUR_MS + 60_000)
    now = datetime.fromtimestamp(clock.now_ms() / 1000, UTC)
    quiet = {"from": now.replace(minute=0).time(), "to": now.replace(minute=59).time()}
    team.configure(quiet=quiet)
    return team


def over(team: Team) -> None:
    """Quiet hours are over, and what is due is done."""
    team.control.clock.advance(HOUR_MS)
    team.settle()


def again_when_over(team: Team) -> None:
    """Another process starts after quiet hours, and does what is left."""
    team.control.clock.advance(HOUR_MS)
    with build(team.bot.settings, clock=team.control.clock.now_ms) as again:
        go_on(team, again)


@pytest.mark.parametrize("last", [3, 7, 9, 12])
def test_a_crash_among_the_writes_of_others_loses_nothing(
    night: Team, tmp_path: Path, last: int
) -> None:
    """The other automation's writes are taken up again, and with them what was held back."""
    night.use(tmp_path, two=TWO, when_morning=MORNING)
    dying(night, last)
    task = night.member.create_task(LIST, INFERENCE)
    with suppress(Crash):
        night.settle()

    again_when_over(night)

    assert list_first_lines(night, task) == ["Good morning"]


def test_a_crash_when_it_is_on_disk_before_its_event_is_done_doubles_nothing(
    night: Team, tmp_path: Path
) -> None:
    """An Urgent priority is on disk early, for the cap of its List; and with it what was held."""
    night.use(tmp_path, when_morning=MORNING, urgent=URGENT)

    def dies(*_: Any, **__: Any) -> Any:
        raise Crash

    night.bot.inbox.finish = night.bot.inbox.release = dies  # type: ignore[method-assign]
    task = night.member.create_task(LIST, INCIDENT)
    with pytest.raises(Crash):
        night.settle()
    assert night.priority(task) == 1

    again_when_over(night)

    assert list_first_lines(night, task) == ["Good morning"]


def test_a_replayed_refusal_of_another_automation_doubles_nothing(
    night: Team, tmp_path: Path
) -> None:
    """The event was parked because of the other one, and is replayed when quiet hours are over."""
    night.use(tmp_path, when_morning=MORNING, urgent=URGENT)
    night.control.faults.add("status", method="PUT", path="*/task/*", status_code=403, times=None)
    task = night.member.create_task(LIST, INFERENCE)
    night.settle()
    night.control.faults.clear()
    over(night)
    for row in night.bot.inbox.list("parked", 9):
        night.bot.inbox.replay(row.id, night.bot.now_ms())
    night.settle()

    assert night.priority(task) == 3
    assert list_first_lines(night, task) == ["Good morning"]


def test_it_sees_the_change_as_it_was(night: Team, tmp_path: Path) -> None:
    """A new task, though it was `taskStatusUpdated` that told of it."""
    automation = MORNING.replace('task.name != ""', '"task_creation" in event.changed')
    night.use(tmp_path, when_morning=automation.replace('["taskC', '["taskStatusUpdated", "taskC'))
    with hold_deliveries(night) as deliveries:
        task = night.member.create_task(LIST, INFERENCE)
    deliver(night, deliveries, "taskStatusUpdated")
    night.settle()
    over(night)

    assert list_first_lines(night, task) == ["Good morning"]
