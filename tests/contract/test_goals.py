"""Goals agree with ClickUp's official documents."""

import pytest

from tests.contract.conftest import Caller

GOAL = {
    "name": "p99 below 300 ms",
    "due_date": 1_800_000_000_000,
    "description": "everywhere",
    "multiple_owners": True,
    "owners": [],
    "color": "#32a852",
}
TARGET = {
    "name": "Rerankers",
    "owners": [],
    "type": "number",
    "steps_start": 0,
    "steps_end": 10,
    "unit": "models",
    "task_ids": [],
    "list_ids": [],
}


@pytest.fixture
def goal(call: Caller) -> str:
    body = {**GOAL, "owners": [call.control.member("Maria").id]}
    return str(call("POST", f"/v2/team/{call.team}/goal", json=body)["goal"]["id"])


def test_goals(call, goal):
    """Create, list, read, update, delete."""
    maria, jonas = call.control.member("Maria").id, call.control.member("Jonas").id
    (listed,) = call("GET", f"/v2/team/{call.team}/goal")["goals"]
    assert (listed["id"], listed["pretty_id"], listed["owners"][0]["id"]) == (goal, "1", maria)
    body = {**GOAL, "name": "p99 below 200 ms", "rem_owners": [maria], "add_owners": [jonas]}
    call("PUT", f"/v2/goal/{goal}", json=body)
    answered = call("GET", f"/v2/goal/{goal}")["goal"]
    assert (answered["name"], answered["owners"][0]["id"]) == ("p99 below 200 ms", jonas)
    call("DELETE", f"/v2/goal/{goal}")
    call("GET", f"/v2/goal/{goal}", 404)


def test_targets_change_the_progress_of_their_goal(call, goal, task):
    """By hand, and by tasks that are done."""
    key_result = call("POST", f"/v2/goal/{goal}/key_result", json=TARGET)["key_result"]
    assert (key_result["percent_completed"], key_result["completed"]) == (None, False)
    moved = call(
        "PUT", f"/v2/key_result/{key_result['id']}", json={"steps_current": 5, "note": "half"}
    )
    assert moved["key_result"]["percent_completed"] == "50"
    assert moved["key_result"]["last_action"]["note"] == "half"
    assert call("GET", f"/v2/goal/{goal}")["goal"]["percent_completed"] == 50
    by_tasks = {**TARGET, "type": "automatic", "task_ids": [task["id"]]}
    automatic = call("POST", f"/v2/goal/{goal}/key_result", json=by_tasks)["key_result"]
    assert call("GET", f"/v2/goal/{goal}")["goal"]["percent_completed"] == 25
    call("PUT", f"/v2/task/{task['id']}", json={"status": "complete"})
    assert call("GET", f"/v2/goal/{goal}")["goal"]["percent_completed"] == 75
    call("DELETE", f"/v2/key_result/{key_result['id']}")
    assert call("GET", f"/v2/team/{call.team}/goal")["goals"] == []
    all_goals = call("GET", f"/v2/team/{call.team}/goal", params={"include_completed": "true"})
    assert all_goals["goals"][0]["percent_completed"] == 100
    call("DELETE", f"/v2/key_result/{automatic['id']}")
    call("PUT", f"/v2/key_result/{automatic['id']}", 404, json={"steps_current": 1, "note": ""})
