"""The control side: acting as others, counting, logging; in Python and over HTTP alike."""

import pytest

from clickup_mlops.errors import InputError


@pytest.fixture
def control(clickup_sandbox):
    return clickup_sandbox.control


def test_a_member_acts_and_webhooks_fire(control, api, hook, listening):
    """Everything a person does by hand is told, with that person as the author."""
    maria = control.as_user("Maria")
    field = control.create_field("Workload", "drop_down", choices=["inference", "training"])
    task = maria.create_task("Tasks", "x", priority=4)
    maria.set_priority(task, "urgent")
    maria.set_status(task, "in progress")
    maria.set_field(task, "Workload", "training")
    maria.clear_field(task, field.id)
    maria.tag(task, "gpu")
    maria.untag(task, "gpu")
    maria.comment(task, "hello")
    maria.depend(task, maria.create_task("Tasks", "y"))
    maria.move(task, "Inbox")
    maria.delete("y")
    control.deliveries.wait_idle()

    assert {
        "taskCreated",
        "taskUpdated",
        "taskPriorityUpdated",
        "taskStatusUpdated",
        "taskTagUpdated",
        "taskCommentPosted",
        "taskMoved",
        "taskDeleted",
    } == set(hook.events())
    assert {item["user"]["username"] for item in hook.items("taskUpdated")} == {"Maria Keller"}
    (moved,) = hook.items("taskMoved")
    assert moved["after"]["name"] == "Inbox"
    assert moved["before"]["category"]["name"] == "Work"


def test_every_write_is_logged_once(control, api, tasks_list):
    """Task, field, before, after, actor and time, whoever wrote and by whatever way."""
    control.clock.freeze(1_700_000_000_000)
    task = api.post(f"/v2/list/{tasks_list}/task", {"name": "x"})["id"]
    api.put(f"/v2/task/{task}", {"priority": 2})
    control.as_user("Maria").set_priority(task, 1)
    first, second = control.writes(task, "priority")

    assert (first.before, first.after["id"], first.actor_id) == (
        None,
        "2",
        control.member("Router").id,
    )
    assert (second.before["id"], second.after["id"]) == ("2", "1")
    assert control.writes(task, "priority", actor="Maria") == [second]
    assert first.at_ms == 1_700_000_000_000


def test_calls_are_counted_by_documented_route(control, api, tasks_list):
    """Method, path template and status; refused calls too; the control side costs nothing."""
    api.get(f"/v2/list/{tasks_list}/task")
    api.get(f"/v2/list/{tasks_list}/task")
    api.call("GET", "/v2/task/nope")
    control.task(control.as_user("Maria").create_task("Tasks", "x"))

    assert control.stats.calls("GET", "/api/v2/list/{list_id}/task") == 2
    assert control.stats.calls(status=404) == 1
    assert control.stats.total == 3
    control.reset_counts()
    assert control.stats.total == 0


def test_unknown_names_say_what_there_is(control):
    """A mistyped member, list or task is an InputError that helps."""
    with pytest.raises(InputError, match="no member 'Marla'") as problem:
        control.as_user("Marla")
    assert "Maria Keller" in problem.value.hint
    with pytest.raises(InputError, match="no list 'Tsaks'"):
        control.list_id("Tsaks")
    with pytest.raises(InputError, match="no task 'z'"):
        control.as_user("Maria").set_priority("z", 1)


def test_deliveries_can_be_held_lost_and_repeated(control, api, hook, listening):
    """Pause, forget, resume and again."""
    control.deliveries.pause()
    control.as_user("Maria").create_task("Tasks", "lost")
    assert control.deliveries.discard_queued() == 2
    control.deliveries.resume()
    held = control.as_user("Maria").create_task("Tasks", "kept")
    control.deliveries.wait_idle()
    (delivery,) = control.delivery_log("taskCreated", held)
    control.deliveries.resend(delivery.id)
    control.deliveries.wait_idle()

    assert hook.events().count("taskCreated") == 2
    assert {request.body["task_id"] for request in hook.received} == {held}


@pytest.mark.clickup_sandbox(retry_spacing_s=(600,))
def test_flush_does_not_wait_for_the_next_attempt(control, api, hook, listening):
    """What waits for a later attempt is due at once."""
    hook.answers = lambda _request: 500 if len(hook.received) <= 2 else 200
    control.as_user("Maria").create_task("Tasks", "x")
    assert not control.deliveries.wait_idle(0.3)
    control.deliveries.flush()

    assert control.deliveries.wait_idle(5)
    assert [delivery.statuses for delivery in control.delivery_log()] == [[500, 200]] * 2


def test_http_has_the_same_powers(api, hook, listening):
    """Members, places, acting, faults, clock, counts, writes, deliveries, definitions."""
    members = api.control("GET", "/members").json()
    assert members[0]["token"] == api.token
    lists = api.control("GET", "/places").json()["lists"]
    body = {"name": "Workload", "kind": "drop_down", "choices": ["a", "b"]}
    assert api.control("POST", "/fields", json=body).json()["type"] == "drop_down"
    act = {"user": "Maria", "do": "create_task", "list_name": "Tasks", "name": "x"}
    task = api.control("POST", "/act", json=act).json()["done"]
    act = {"user": "Maria", "do": "set_priority", "task": task, "priority": "high"}
    api.control("POST", "/act", json=act)
    assert api.control("GET", f"/task/{task}").json()["list"]["id"] == lists["Tasks"]
    writes = api.control("GET", "/writes", params={"field": "priority"}).json()
    assert [write["after"]["priority"] for write in writes] == ["high"]
    assert api.control("POST", "/deliveries/wait_idle", json={}).json() == {"done": True}
    log = api.control("GET", "/deliveries", params={"kind": "taskCreated"}).json()
    assert [(delivery["outcome"], delivery["statuses"]) for delivery in log] == [
        ("delivered", [200])
    ]
    api.control("POST", "/deliveries/again", json={"id": log[0]["id"]})
    fault = {"kind": "status", "status_code": 502}
    assert api.control("POST", "/faults", json=fault).json()["status_code"] == 502
    assert len(api.control("GET", "/faults").json()) == 1
    assert api.call("GET", "/v2/user").status_code == 502
    clock = api.control("POST", "/clock", json={"freeze": 1_700_000_000_000}).json()
    assert clock == {"now_ms": 1_700_000_000_000, "frozen": True}
    stats = api.control("GET", "/stats").json()
    assert {"method": "GET", "route": "/api/v2/user", "status": 502, "count": 1} in stats["calls"]
    assert api.control("GET", "/calls").json()[-1]["status"] == 502
    many = {"list_name": "Inbox", "bodies": [{"name": "a"}, {"name": "b"}]}
    assert len(api.control("POST", "/tasks", json=many).json()["ids"]) == 2
    template = {"kind": "list", "source": "Inbox", "name": "t"}
    assert api.control("POST", "/templates", json=template).json()["id"].startswith("t-")
    statuses = {"list_name": "Inbox", "statuses": [{"status": "new", "type": "open"}]}
    api.control("POST", "/statuses", json=statuses)
    assert api.get(f"/v2/list/{lists['Inbox']}")["statuses"][0]["status"] == "new"
    api.control("DELETE", "/stats", json={})
    assert api.control("GET", "/stats").json()["total"] == 0


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/faults", {"kind": "explode"}),
        ("/faults", {"kind": "status", "colour": "red"}),
        ("/faults", {"kind": "slow", "wait_s": "long"}),
        ("/faults", {"kind": "slow", "times": -1}),
        ("/by_hand/define", {}),
        ("/act", {"user": "Nobody", "do": "comment"}),
        ("/act", {"user": "Maria", "do": "_task"}),
        ("/act", {"user": "Maria", "do": "create_task", "list_name": "Nope", "name": "x"}),
        ("/tasks", {"list_name": "Tasks", "bodies": [{"name": ""}]}),
    ],
)
def test_mistakes_over_http_are_400_with_a_sentence(api, path, body):
    """A wrong control call never ends in a bare 500."""
    answer = api.control("POST", path, json=body)

    assert answer.status_code == 400
    assert answer.json()["error"]


def test_browsers_of_strangers_are_kept_out(api):
    """No form post, no foreign Host name."""
    form = api.control("POST", "/faults", data={"kind": "status"})
    assert form.status_code == 415
    foreign = api.control("GET", "/stats", headers={"Host": "evil.example"})
    assert foreign.status_code == 400
