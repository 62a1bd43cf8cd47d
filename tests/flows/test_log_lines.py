"""One search for an event's key finds its whole story, whoever logged it."""

from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from tests.flows.conftest import INFERENCE, LIST, Team


def test_every_line_about_an_event_carries_its_key(team: Team) -> None:
    """The automation's, the client's and the lane's lines; each write names the event that caused
    it.
    """
    team.control.faults.add("status", method="PUT", path="*/task/*", status_code=502)

    with capture_logs(processors=[merge_contextvars]) as lines:
        team.member.create_task(LIST, INFERENCE)
        team.settle()

    (done,) = [line for line in lines if line["event"] == "action_done"]
    story = [line for line in lines if line.get("event_key") == done["event_key"]]
    writes = [line for line in lines if line.get("call") == "PUT /api/v2/task/{task_id}"]
    assert {"clickup_called", "action_done", "event_handled"} <= {one["event"] for one in story}
    assert [(one["status"], one["log_level"]) for one in writes] == [
        (502, "warning"),
        (200, "debug"),
    ]
    assert all(one in story for one in writes)
    assert {line["lane"] for line in story} == {done["task"]}
