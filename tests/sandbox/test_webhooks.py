"""Webhooks fire, are signed, retried and suspended as ClickUp documents it."""

import json

import pytest

CREATED = ["taskCreated", "taskStatusUpdated"]


def settle(api):
    assert api.sandbox.control.deliveries.wait_idle(10)


def test_creating_a_task_fires_created_and_status_updated(api, hook, listening, tasks_list):
    """Creation fires both events, with the history items of the official samples."""
    task = api.post(f"/v2/list/{tasks_list}/task", {"name": "Serve the new model"})
    settle(api)

    assert sorted(hook.events()) == CREATED
    created = next(request.body for request in hook.received if request.event == "taskCreated")
    assert created["task_id"] == task["id"]
    assert created["webhook_id"] == listening["id"]
    assert [item["field"] for item in created["history_items"]] == ["status", "task_creation"]
    assert created["history_items"][0]["before"]["type"] == "removed"
    assert len(created["history_items"][0]["id"]) == 19
    assert created["history_items"][0]["parent_id"] == tasks_list


def test_bodies_are_compact_utf8_and_signed(api, hook, listening, tasks_list):
    """X-Signature is the HMAC-SHA256 of exactly the bytes that were sent."""
    task = api.post(f"/v2/list/{tasks_list}/task", {"name": "x"})
    api.post(f"/v2/task/{task['id']}/comment", {"comment_text": "Größe 模型"})
    settle(api)

    for request in hook.received:
        assert request.signed_with(listening["secret"])
        compact = json.dumps(request.body, ensure_ascii=False, separators=(",", ":"))
        assert request.raw == compact.encode()


def test_a_change_fires_updated_and_the_specific_event(api, hook, listening, tasks_list):
    """taskUpdated and taskPriorityUpdated carry the same history item."""
    task = api.post(f"/v2/list/{tasks_list}/task", {"name": "x"})
    api.put(f"/v2/task/{task['id']}", {"priority": 2})
    settle(api)

    (specific,) = hook.items("taskPriorityUpdated")
    assert specific in hook.items("taskUpdated")
    assert specific["before"] is None
    assert specific["after"]["id"] == "2"
    assert specific["after"]["priority"] == "high"


def test_an_edited_comment_comes_under_the_item_of_the_posted_one(api, hook, listening, tasks_list):
    """Same id, date and `after`; only the kind of the event and the comment in it differ."""
    task = api.post(f"/v2/list/{tasks_list}/task", {"name": "x"})
    comment = api.post(f"/v2/task/{task['id']}/comment", {"comment_text": "first"})
    settle(api)
    api.sandbox.control.clock.advance(60_000)
    for text in ("second", "third"):
        api.put(f"/v2/comment/{comment['id']}", {"comment_text": text})
    settle(api)

    (posted,) = hook.items("taskCommentPosted")
    edits = hook.items("taskCommentUpdated")
    shared_keys = ("id", "date", "field", "before", "after")
    assert {name: posted[name] for name in shared_keys} == {
        "id": comment["hist_id"],
        "date": str(comment["date"]),
        "field": "comment",
        "before": None,
        "after": str(comment["id"]),
    }
    assert [{name: edit[name] for name in shared_keys} for edit in edits] == [
        {name: posted[name] for name in shared_keys}
    ] * 2
    texts = sorted(edit["comment"]["text_content"] for edit in edits)
    assert texts == ["second\n", "third\n"]


def test_an_unchanged_value_fires_nothing(api, hook, listening, tasks_list):
    """Writing what is already there is logged as a write but is no event."""
    task = api.post(f"/v2/list/{tasks_list}/task", {"name": "x", "priority": 2})
    settle(api)
    hook.received.clear()
    api.put(f"/v2/task/{task['id']}", {"priority": 2})
    settle(api)

    assert hook.events() == []
    (write,) = api.sandbox.control.writes(task["id"], "priority")
    assert write.before == write.after


@pytest.mark.parametrize(
    ("level", "is_delivered"), [("list_id", True), ("folder_id", True), ("space_id", True)]
)
def test_a_webhook_hears_only_its_place(api, hook, tasks_list, level, is_delivered):
    """List, Folder and Space hooks hear what is inside them and nothing else."""
    task_list = api.get(f"/v2/list/{tasks_list}")
    place = {"list_id": task_list["id"], "folder_id": task_list["folder"]["id"]}
    place["space_id"] = task_list["space"]["id"]
    elsewhere = api.post(f"/v2/team/{api.sandbox.team_id}/space", {"name": "Elsewhere"})
    away = api.post(f"/v2/space/{elsewhere['id']}/list", {"name": "Away"})
    body = {"endpoint": hook.url, "events": ["taskCreated"], level: int(place[level])}
    api.post(f"/v2/team/{api.sandbox.team_id}/webhook", body)

    inside = api.post(f"/v2/list/{tasks_list}/task", {"name": "inside"})
    api.post(f"/v2/list/{away['id']}/task", {"name": "outside"})
    settle(api)

    assert [request.body["task_id"] for request in hook.received] == [inside["id"]]


def test_the_most_specific_location_counts(api, hook, tasks_list):
    """A hook with a Space and a task hears the task only."""
    task = api.post(f"/v2/list/{tasks_list}/task", {"name": "one"})
    space = api.get(f"/v2/list/{tasks_list}")["space"]["id"]
    body = {"endpoint": hook.url, "events": "*", "space_id": int(space), "task_id": task["id"]}
    api.post(f"/v2/team/{api.sandbox.team_id}/webhook", body)

    api.post(f"/v2/list/{tasks_list}/task", {"name": "two"})
    api.put(f"/v2/task/{task['id']}", {"name": "renamed"})
    settle(api)

    assert {request.body["task_id"] for request in hook.received} == {task["id"]}


def test_a_failing_endpoint_gets_five_attempts(api, hook, listening, tasks_list):
    """After five failures the event is dropped, counted, and the hook is failing."""
    hook.answers = lambda _request: 500
    api.post(f"/v2/list/{tasks_list}/task", {"name": "x"})
    settle(api)

    assert len(hook.received) == 2 * 5
    (webhook,) = api.get(f"/v2/team/{api.sandbox.team_id}/webhook")["webhooks"]
    assert webhook["health"] == {"status": "failing", "fail_count": 2}


def test_a_success_resets_the_health(api, hook, listening, tasks_list):
    """One delivered event and the hook is active with no failures."""
    hook.answers = lambda _request: 500
    api.post(f"/v2/list/{tasks_list}/task", {"name": "x"})
    settle(api)
    hook.answers = lambda _request: 200
    api.post(f"/v2/list/{tasks_list}/task", {"name": "y"})
    settle(api)

    (webhook,) = api.get(f"/v2/team/{api.sandbox.team_id}/webhook")["webhooks"]
    assert webhook["health"] == {"status": "active", "fail_count": 0}


def test_410_suspends_at_once_and_put_wakes(api, hook, listening, tasks_list):
    """An endpoint that says Gone hears nothing until the webhook is set active again."""
    hook.answers = lambda _request: 410
    api.post(f"/v2/list/{tasks_list}/task", {"name": "x"})
    settle(api)
    hook.received.clear()
    hook.answers = lambda _request: 200
    api.post(f"/v2/list/{tasks_list}/task", {"name": "unheard"})
    settle(api)
    assert hook.received == []

    body = {"endpoint": hook.url, "events": "*", "status": "active"}
    woken = api.put(f"/v2/webhook/{listening['id']}", body)["webhook"]
    api.post(f"/v2/list/{tasks_list}/task", {"name": "heard"})
    settle(api)

    assert woken["health"] == {"status": "active", "fail_count": 0}
    assert sorted(hook.events()) == CREATED


@pytest.mark.clickup_sandbox(retry_spacing_s=(0.0,))
def test_a_hundred_dropped_events_suspend(api, hook, listening, tasks_list):
    """At 100 failures in a row the webhook is suspended."""
    hook.answers = lambda _request: 500
    api.sandbox.control.add_tasks("Tasks", [{"name": str(n)} for n in range(50)], silent=False)
    settle(api)

    (webhook,) = api.get(f"/v2/team/{api.sandbox.team_id}/webhook")["webhooks"]
    assert webhook["health"] == {"status": "suspended", "fail_count": 100}


@pytest.mark.clickup_sandbox(delivery_timeout_s=0.1, retry_spacing_s=(0.01,))
def test_a_slow_endpoint_is_a_failure(api, hook, listening, tasks_list):
    """An answer after the time-out (7 s unless a test shortens it) counts as none."""
    import time

    hook.answers = lambda _request: time.sleep(0.3) or 200
    api.post(f"/v2/list/{tasks_list}/task", {"name": "x"})
    settle(api)

    assert {tuple(delivery.statuses) for delivery in api.sandbox.control.delivery_log()} == {
        (0,) * 5
    }


def test_the_time_out_is_seven_seconds_and_five_attempts():
    """The documented figures are the defaults."""
    from clickup_mlops.sandbox.clickup import delivery
    from clickup_mlops.sandbox.clickup.state import webhooks

    assert (delivery.TIMEOUT_S, delivery.ATTEMPTS, webhooks.SUSPEND_AT) == (7.0, 5, 100)


def test_the_same_endpoint_and_place_is_refused(api, hook, listening):
    """OAUTH_171 for a second webhook with the same endpoint and location."""
    path = f"/v2/team/{api.sandbox.team_id}/webhook"
    body = {"endpoint": hook.url, "events": "*"}

    assert api.refused("POST", path, json=body) == (400, "OAUTH_171")


def test_webhooks_of_others_are_not_seen(api, listening):
    """GET lists only one's own; others' cannot be changed."""
    maria = api.sandbox.token_of("Maria")
    headers = {"Authorization": maria}
    path = f"/v2/team/{api.sandbox.team_id}/webhook"

    assert api.call("GET", path, headers=headers).json() == {"webhooks": []}
    answer = api.call("DELETE", f"/v2/webhook/{listening['id']}", headers=headers)
    assert answer.status_code == 404


def test_an_endpoint_without_protocol_is_https(api):
    """ClickUp assumes https."""
    body = {"endpoint": "example.com/hook", "events": ["taskCreated"]}
    webhook = api.post(f"/v2/team/{api.sandbox.team_id}/webhook", body)

    assert webhook["webhook"]["endpoint"] == "https://example.com/hook"


def test_deletes_and_list_creation_carry_no_history_items(api, hook, listening, tasks_list):
    """The bodies of the official samples for taskDeleted and listCreated."""
    folder = api.get(f"/v2/list/{tasks_list}")["folder"]["id"]
    task_list = api.post(f"/v2/folder/{folder}/list", {"name": "New"})
    task = api.post(f"/v2/list/{task_list['id']}/task", {"name": "x"})
    api.delete(f"/v2/task/{task['id']}")
    settle(api)

    by_event = {request.event: request.body for request in hook.received}
    assert set(by_event["listCreated"]) == {"event", "list_id", "webhook_id"}
    assert set(by_event["taskDeleted"]) == {"event", "task_id", "webhook_id"}


def test_an_endpoint_that_no_line_can_reach_is_given_up(api, tasks_list):
    """After five attempts, whatever is wrong with its name; the others are still served."""
    path = f"/v2/team/{api.sandbox.team_id}/webhook"
    for endpoint in ("http://a..b/x", "http://[::1", "http://127.0.0.1:99999/x", "ftp://x"):
        api.post(path, {"endpoint": endpoint, "events": ["taskCreated"]})
    api.post(f"/v2/list/{tasks_list}/task", {"name": "x"})

    assert api.sandbox.control.deliveries.wait_idle()
    log = api.sandbox.control.delivery_log("taskCreated")
    assert {(delivery.outcome, len(delivery.statuses)) for delivery in log} == {("dropped", 5)}
    assert len(log) == 4
