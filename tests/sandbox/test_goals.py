"""Goals: events, who sees them, and what is refused."""

import pytest

from tests.sandbox.conftest import Api


@pytest.fixture
def goals(api):
    return f"/v2/team/{api.sandbox.team_id}/goal"


@pytest.fixture
def goal(api, goals):
    return api.post(goals, {"name": "p99", "due_date": 1_800_000_000_000})["goal"]["id"]


def target(api, goal, **body):
    values = {"name": "t", "type": "number", "steps_start": 0, "steps_end": 4, **body}
    return api.post(f"/v2/goal/{goal}/key_result", values)["key_result"]["id"]


def progress(api, goal):
    return api.get(f"/v2/goal/{goal}")["goal"]["percent_completed"]


def test_goals_and_targets_fire_their_events(api, hook, listening, goals):
    """Ids only, no history items."""
    goal = api.post(goals, {"name": "p99"})["goal"]["id"]
    key_result = target(api, goal)
    api.put(f"/v2/key_result/{key_result}", {"steps_current": 1})
    api.delete(f"/v2/key_result/{key_result}")
    api.put(f"/v2/goal/{goal}", {"name": "p95"})
    api.delete(f"/v2/goal/{goal}")
    assert api.sandbox.control.deliveries.wait_idle(10)

    kinds = [f"{subject}{action}" for subject in ("goal", "keyResult") for action in CHANGES]
    assert sorted(hook.events()) == sorted(kinds)
    (created,) = [request.body for request in hook.received if request.event == "keyResultCreated"]
    assert created == {
        "event": "keyResultCreated",
        "goal_id": goal,
        "key_result_id": key_result,
        "webhook_id": listening["id"],
    }


CHANGES = ("Created", "Updated", "Deleted")


@pytest.mark.parametrize(
    ("kind", "steps", "percent"),
    [
        ("number", 1, 25),
        ("currency", 8, 100),
        ("percentage", -1, 0),
        ("boolean", True, 100),
        ("boolean", 0, 0),
    ],
)
def test_progress_of_each_type(api, goal, kind, steps, percent):
    """Within 0 and 100; a boolean is done or not."""
    key_result = target(api, goal, type=kind)
    api.put(f"/v2/key_result/{key_result}", {"steps_current": steps})

    assert progress(api, goal) == percent


def test_an_automatic_target_counts_tasks_of_lists(api, goal, tasks_list):
    """Each task once; open, done, reopened."""
    ids = [api.post(f"/v2/list/{tasks_list}/task", {"name": n})["id"] for n in "ab"]
    target(api, goal, type="automatic", task_ids=ids[:1], list_ids=[tasks_list])
    api.put(f"/v2/task/{ids[0]}", {"status": "complete"})
    assert progress(api, goal) == 50
    api.put(f"/v2/task/{ids[0]}", {"status": "to do"})

    assert progress(api, goal) == 0


def test_malformed_goals_are_refused(api, goals, goal):
    """No name, an unknown type, a target without a way to go."""
    assert api.refused("POST", goals, json={"name": " "})[0] == 400
    path = f"/v2/goal/{goal}/key_result"
    assert api.refused("POST", path, json={"name": "t", "type": "odd"})[0] == 400
    flat = {"name": "t", "type": "number", "steps_start": 1, "steps_end": 1}
    assert api.refused("POST", path, json=flat)[0] == 400
    assert api.refused("GET", "/v2/goal/nope") == (404, "ACCESS_999")


def test_goals_are_not_for_guests_and_view_only_members_change_none(api, goals, goal):
    """Neither by id nor in the list."""
    ui = api.sandbox.control.ui_actions
    jonas = Api(api.sandbox, api.sandbox.token_of("Jonas"))
    ui.set_role("Jonas", "member", read_only=True)
    assert jonas.get(f"/v2/goal/{goal}")["goal"]["id"] == goal
    assert jonas.refused("PUT", f"/v2/goal/{goal}", json={"name": "x"}) == (401, "ACCESS_083")
    ui.set_role("Jonas", "guest")

    assert jonas.refused("GET", f"/v2/goal/{goal}") == (404, "ACCESS_999")
    assert jonas.refused("GET", goals) == (401, "ACCESS_083")


def test_a_private_goal_is_seen_by_those_it_is_shared_with(api, goals, goal):
    """Privacy is set through the access control of v3."""
    jonas = Api(api.sandbox, api.sandbox.token_of("Jonas"))
    path = f"/v3/workspaces/{api.sandbox.team_id}/goal/{goal}/acls"
    assert api.call("PATCH", path, json={"private": True}).ok
    assert jonas.get(goals)["goals"] == []
    entry = {"kind": "user", "id": str(api.sandbox.control.member("Jonas").id)}
    assert api.call("PATCH", path, json={"entries": [{**entry, "permission_level": 1}]}).ok
    assert [goal["id"] for goal in jonas.get(goals)["goals"]] == [goal]
    assert api.call("PATCH", path, json={"entries": [{**entry, "permission_level": None}]}).ok

    assert jonas.get(goals)["goals"] == []
