"""Time tracking and estimates agree with ClickUp's official documents."""

from typing import Any

import pytest

from tests.contract.conftest import Caller

START = 1_700_000_000_000
TAGS = [{"name": "gpu", "tag_bg": "#BF55EC", "tag_fg": "#FFFFFF"}]
EVERYTHING = {"include_location_names": "true", "include_task_tags": "true"}
RANGE = {"start_date": START - 1, "end_date": START + 10**9, **EVERYTHING}


@pytest.fixture
def path(call: Caller) -> str:
    return f"/v2/team/{call.team}/time_entries"


@pytest.fixture
def entry(call: Caller, path: str, task: dict[str, Any]) -> str:
    body = {"tid": task["id"], "start": START, "duration": 60_000, "tags": TAGS}
    return str(call("POST", path, json=body)["data"]["id"])


def test_time_entries(call, path, task, entry):
    """Create, list, read, change, history, delete; the task shows the sum."""
    (listed,) = call("GET", path, params=RANGE)["data"]
    assert (listed["id"], listed["duration"]) == (entry, "60000")
    assert listed["task_location"]["list_name"] == "Tasks"
    assert call("GET", f"/v2/task/{task['id']}")["time_spent"] == 60_000
    body = {"start": START, "end": START + 90_000, "tags": [], "description": "load test"}
    call("PUT", f"{path}/{entry}", json=body)
    answered = call("GET", f"{path}/{entry}", params=EVERYTHING)["data"]
    assert (answered["duration"], answered["description"]) == ("90000", "load test")
    changed = {change["field"] for change in call("GET", f"{path}/{entry}/history")["data"]}
    assert changed == {"end", "tags", "description"}
    assert call("DELETE", f"{path}/{entry}")["data"]["id"] == entry
    assert call("GET", f"/v2/task/{task['id']}")["time_spent"] == 0
    call("GET", f"{path}/{entry}", 404)


def test_timers(call, path, task):
    """Start, look, stop; a second start stops the first."""
    first = call("POST", f"{path}/start", json={"tid": task["id"]})["data"]
    call.control.clock.advance(60_000)
    second = call("POST", f"{path}/start", json={"tid": task["id"], "tags": TAGS})["data"]
    assert call("GET", f"{path}/current")["data"]["id"] == second["id"] != first["id"]
    call.control.clock.advance(30_000)
    assert call("GET", f"{path}/current")["data"]["duration"] <= -30_000
    stopped = call("POST", f"{path}/stop")["data"]
    assert stopped["duration"] >= 30_000
    assert call("GET", f"/v2/task/{task['id']}")["time_spent"] >= 90_000
    call("POST", f"{path}/stop", 400)


def test_labels(call, path, entry):
    """Add, list, rename, remove; the Workspace keeps a removed one."""
    body = {"time_entry_ids": [entry], "tags": [{**TAGS[0], "name": "night"}]}
    call("POST", f"{path}/tags", json=body)
    assert [label["name"] for label in call("GET", f"{path}/tags")["data"]] == ["gpu", "night"]
    change = {"name": "night", "new_name": "on call", "tag_bg": "#000000", "tag_fg": "#000000"}
    call("PUT", f"{path}/tags", json=change)
    body = {"time_entry_ids": [entry], "tags": [{"name": "gpu"}]}
    call("DELETE", f"{path}/tags", json=body)
    (listed,) = call("GET", path, params=RANGE)["data"]
    assert [tag["name"] for tag in listed["tags"]] == ["on call"]
    assert len(call("GET", f"{path}/tags")["data"]) == 2


def test_the_older_endpoints(call, task):
    """Time of a task by person."""
    path = f"/v2/task/{task['id']}/time"
    answer = call("POST", path, json={"start": START, "end": START + 1_000, "time": 1_000})
    (person,) = call("GET", path)["data"]
    assert (person["time"], person["intervals"][0]["id"]) == (1_000, answer["id"])
    call(
        "PUT", f"{path}/{answer['id']}", json={"start": START, "end": START + 5_000, "time": 5_000}
    )
    assert call("GET", path)["data"][0]["intervals"][0]["time"] == "5000"
    call("DELETE", f"{path}/{answer['id']}")
    assert call("GET", path)["data"] == []


def test_estimates_per_assignee(call, task):
    """PATCH sets some, PUT all; nine minutes of nobody stay where only others are named."""
    me = call("GET", "/v2/user")["user"]["id"]
    call("PUT", f"/v2/task/{task['id']}", json={"assignees": {"add": [me], "rem": []}})
    path = f"/v3/workspaces/{call.team}/tasks/{task['id']}/time_estimates_by_user"
    estimates = [{"assignee": me, "time": 60_000}, {"assignee": "unassigned", "time": 540_000}]
    call("PUT", path, 400, json=estimates)
    call.control.ui_actions.set_plan("Business")
    estimates_answer = call("PUT", path, json=estimates)["data"]
    assert estimates_answer["assignee_estimates"] == {str(me): 60_000, "unassigned": 540_000}
    changed = call("PATCH", path, json=[{"assignee": me, "time": 120_000}])["data"]
    assert changed == {"total_time_estimate": 660_000, "updated_estimates": {str(me): 120_000}}
    assert call("GET", f"/v2/task/{task['id']}")["time_estimate"] == 660_000
    call("PATCH", path, 400, json=[{"assignee": 1, "time": 1}])
    call("PATCH", path, 400, json=[])
