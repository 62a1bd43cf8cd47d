"""Time tracking: who may, what it changes, and the events that report it."""

import pytest

from clickup_mlops.sandbox import running
from tests.sandbox.conftest import Api

MINUTE_MS = 60_000


@pytest.fixture
def entries(api):
    return f"/v2/team/{api.sandbox.team_id}/time_entries"


@pytest.fixture
def task(api, tasks_list):
    return api.post(f"/v2/list/{tasks_list}/task", {"name": "Serve the model"})["id"]


def track(api, entries, start=None, **body):
    start = start or api.sandbox.world.now_ms() - MINUTE_MS
    return api.post(entries, {"start": start, "duration": MINUTE_MS, **body})["data"]["id"]


def as_member(api, name):
    return Api(api.sandbox, api.sandbox.token_of(name))


def test_tracked_time_is_reported(api, hook, listening, entries, task):
    """taskUpdated and taskTimeTrackedUpdated share a history item; the totals add up."""
    first = track(api, entries, tid=task)
    track(api, entries, tid=task)
    api.delete(f"{entries}/{first}")
    assert api.sandbox.control.deliveries.wait_idle(10)

    assert hook.events().count("taskTimeTrackedUpdated") == 3
    items = hook.items("taskTimeTrackedUpdated")
    by_id = {(item["before"] is None, item["data"]["total_time"]): item for item in items}
    assert set(by_id) == {(True, "60000"), (True, "120000"), (False, "60000")}
    assert by_id[True, "60000"]["after"]["time"] == "60000"
    assert {item["field"] for item in items} == {"time_spent"}
    assert {item["id"] for item in items} <= {item["id"] for item in hook.items("taskUpdated")}
    bodies = [
        request.body for request in hook.received if request.event == "taskTimeTrackedUpdated"
    ]
    new = [body for body in bodies if body["history_items"][0]["before"] is None]
    assert {body["data"]["description"] for body in new} == {"Time Tracking Created"}
    assert first in {body["data"]["interval_id"] for body in bodies}


def test_time_rolls_up_from_subtasks(api, hook, listening, entries, task, tasks_list):
    """The event of a task names its own time and that with its subtasks."""
    child = api.post(f"/v2/list/{tasks_list}/task", {"name": "c", "parent": task})["id"]
    track(api, entries, tid=child)
    track(api, entries, tid=task)
    assert api.sandbox.control.deliveries.wait_idle(10)

    data = {"total_time": "60000", "rollup_time": "120000"}
    assert data in [item["data"] for item in hook.items("taskTimeTrackedUpdated")]


def test_an_entry_moves_with_its_time(api, entries, task, tasks_list):
    """Another `tid` takes the time off one task and puts it on the other."""
    other_task = api.post(f"/v2/list/{tasks_list}/task", {"name": "other"})["id"]
    entry = track(api, entries, tid=task)
    api.put(f"{entries}/{entry}", {"tid": other_task, "tags": []})

    assert api.get(f"/v2/task/{task}")["time_spent"] == 0
    assert api.get(f"/v2/task/{other_task}")["time_spent"] == MINUTE_MS
    assert api.get(f"/v2/list/{tasks_list}/task")["tasks"][0]["time_spent"] in (0, MINUTE_MS)


def test_members_see_and_track_their_own_time(api, entries):
    """Owners and admins do so for everybody."""
    jonas, user = as_member(api, "Jonas"), api.sandbox.control.member("Jonas").id
    theirs, mine = track(api, entries, assignee=user), track(api, entries)

    assert [entry["id"] for entry in jonas.get(entries)["data"]] == [theirs]
    assert [entry["id"] for entry in api.get(entries)["data"]] == [mine]
    assert [entry["id"] for entry in api.get(entries, assignee=user)["data"]] == [theirs]
    assert jonas.refused("GET", f"{entries}/{mine}") == (404, "ACCESS_999")
    me = api.get("/v2/user")["user"]["id"]
    assert jonas.refused("GET", entries, params={"assignee": me}) == (401, "ACCESS_083")
    body = {"start": 1, "duration": 1, "assignee": me}
    assert jonas.refused("POST", entries, json=body) == (401, "ACCESS_083")


def test_entries_are_filtered(api, entries, task, tasks_list):
    """By time, place and billing; one place at most; the last 30 days otherwise."""
    now = api.sandbox.world.now_ms()
    old = track(api, entries, start=now - 40 * 86_400_000)
    billed = track(api, entries, tid=task, billable=True)

    def list_ids(**params):
        return [entry["id"] for entry in api.get(entries, **params)["data"]]

    assert list_ids() == [billed]
    assert list_ids(start_date=0) == [old, billed]
    assert list_ids(start_date=0, is_billable="false") == [old]
    assert list_ids(start_date=0, list_id=tasks_list) == [billed]
    assert list_ids(task_id=task) == [billed]
    two = {"list_id": tasks_list, "task_id": task}
    assert api.refused("GET", entries, params=two)[0] == 400


def test_a_running_timer_has_a_negative_duration_and_no_end(api, entries, task):
    """In the list, too; nothing is tracked before it stops."""
    assert api.get(f"{entries}/current") == {"data": None}
    api.post(f"{entries}/start", {"tid": task})
    (running,) = api.get(entries)["data"]

    assert int(running["duration"]) <= 0
    assert "end" not in running
    assert api.get(f"/v2/task/{task}")["time_spent"] == 0


def test_malformed_entries_are_refused(api, entries, task):
    """Without an end, backwards, half a change, an unknown tag action."""
    entry = track(api, entries, tid=task)

    assert api.refused("POST", entries, json={"start": 5})[0] == 400
    assert api.refused("POST", entries, json={"start": 5, "end": 4})[0] == 400
    assert api.refused("PUT", f"{entries}/{entry}", json={"start": 5})[0] == 400
    odd = {"tags": [{"name": "x"}], "tag_action": "toggle"}
    assert api.refused("PUT", f"{entries}/{entry}", json=odd)[0] == 400
    assert api.refused("POST", entries, json={"start": 1, "duration": 1, "tid": "nope"}) == (
        404,
        "ITEM_013",
    )


def test_labels_are_added_and_removed_by_an_update(api, entries):
    """`tag_action` decides."""
    entry = track(api, entries, tags=[{"name": "a"}])

    def tags(action, name):
        body = {"tags": [{"name": name}], "tag_action": action}
        (changed,) = api.put(f"{entries}/{entry}", body)["data"]
        return [tag["name"] for tag in changed["tags"]]

    assert tags("add", "b") == ["a", "b"]
    assert tags("remove", "a") == ["b"]
    assert tags("replace", "c") == ["c"]


def test_a_switched_off_clickapp_refuses_time(api, entries, task):
    """TIMEENTRY_072."""
    api.sandbox.control.ui_actions.set_clickapp("Team", "time_tracking", False)
    body = {"start": 1, "duration": 1, "tid": task}

    assert api.refused("POST", entries, json=body) == (400, "TIMEENTRY_072")
    assert api.refused("POST", f"{entries}/start", json={"tid": task}) == (400, "TIMEENTRY_072")


@pytest.mark.parametrize(("level", "status"), [("read", 401), ("edit", 200)])
def test_a_guest_tracks_time_where_they_may_edit(api, entries, task, level, status):
    """Their own time only."""
    api.sandbox.control.ui_actions.set_role("Jonas", "guest", shares={"Tasks": level})
    body = {"start": 1, "duration": 1, "tid": task}

    assert as_member(api, "Jonas").call("POST", entries, json=body).status_code == status


def test_rate_limit_and_faults_hold_for_time_entries(api, entries):
    """As for every route."""
    answer = api.call("GET", entries)
    api.control("POST", "/faults", json={"kind": "status", "status_code": 503, "times": 1})

    assert "X-RateLimit-Remaining" in answer.headers
    assert api.call("GET", entries).status_code == 503
    assert api.call("GET", entries).status_code == 200


def test_time_estimates_are_reported_by_user(api, hook, listening, task):
    """taskTimeEstimateUpdated names who has how much."""
    api.sandbox.control.ui_actions.set_plan("Business")
    me = api.get("/v2/user")["user"]["id"]
    api.put(f"/v2/task/{task}", {"assignees": {"add": [me], "rem": []}})
    path = f"/v3/workspaces/{api.sandbox.team_id}/tasks/{task}/time_estimates_by_user"
    assert api.call("PATCH", path, json=[{"assignee": me, "time": 5_400_000}]).ok
    assert api.sandbox.control.deliveries.wait_idle(10)

    (item,) = hook.items("taskTimeEstimateUpdated")
    assert (item["before"], item["after"]) == (None, "5400000")
    assert item["data"]["time_estimate_string"] == "1 hour 30 minutes"
    assert item["data"]["time_estimates_by_user"][0]["userid"] == me


def test_tracked_time_survives_a_restart(tmp_path):
    """Entries, labels and goals are part of the state file."""
    file = tmp_path / "state.sqlite3"
    paths = ("time_entries?start_date=0", "time_entries/tags", "goal")

    def read(sandbox):
        api = Api(sandbox)
        return [api.get(f"/v2/team/{sandbox.team_id}/{path}") for path in paths]

    with running(state_file=file) as first:
        api, team = Api(first), f"/v2/team/{first.team_id}"
        api.post(f"{team}/time_entries", {"start": 1, "duration": 5, "tags": [{"name": "x"}]})
        api.post(f"{team}/goal", {"name": "p99"})
        before = read(first)
    with running(state_file=file) as second:
        assert read(second) == before
        assert [len(rows) > 0 for rows in before] == [True, True, True]
