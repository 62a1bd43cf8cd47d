"""One search for an event's key finds its whole story, whoever logged it."""

from collections.abc import MutableMapping, Sequence
from pathlib import Path
from typing import Any

from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from tests.flows.conftest import INFERENCE, LIST, Team

HOUR_MS = 3_600_000


def test_every_line_about_an_event_carries_its_key(team: Team) -> None:
    """The automation's, the client's and the lane's lines; each write names the event that caused
    it.
    """
    team.control.faults.add("status", method="PUT", path="*/task/*", status_code=502)

    with capture_logs(processors=[merge_contextvars]) as lines:
        team.member.create_task(LIST, INFERENCE)
        team.settle()

    (action_line,) = [line for line in lines if line["event"] == "action_done"]
    story = [line for line in lines if line.get("event_key") == action_line["event_key"]]
    writes = [line for line in lines if line.get("call") == "PUT /api/v2/task/{task_id}"]
    assert {"clickup_called", "action_done", "event_handled"} <= {line["event"] for line in story}
    assert [(write["status"], write["log_level"]) for write in writes] == [
        (502, "warning"),
        (200, "debug"),
    ]
    assert all(write in story for write in writes)
    assert {line["lane"] for line in story} == {action_line["task"]}


def test_a_reached_cap_is_warned_of_once_an_hour_for_each_automation(
    team: Team, tmp_path: Path
) -> None:
    """Not for each event that comes: that would hide all else. A restart warns no second time."""
    capped = 'on = ["taskCreated"]\ncap = 1\ndo = [{ action = "add_tag", tag = "%s" }]'
    team.use(tmp_path, one=capped % "a", two=capped % "b")

    with capture_logs() as lines:
        for _ in range(3):
            _new_task(team)
        team.restart()
        _new_task(team)
        first = _capped(lines)
        team.control.clock.advance(HOUR_MS + 60_000)
        for _ in range(2):
            _new_task(team)

    assert sorted(first) == ["one", "two"]
    assert sorted(_capped(lines)) == ["one", "one", "two", "two"]


def _new_task(team: Team) -> None:
    team.member.create_task(LIST, INFERENCE)
    team.settle()


def _capped(lines: Sequence[MutableMapping[str, Any]]) -> list[str]:
    return [str(line["automation"]) for line in lines if line["event"] == "automation_capped"]
