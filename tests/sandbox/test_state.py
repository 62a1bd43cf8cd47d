"""The state survives a restart; the clock obeys; seeds grow."""

import pytest
import requests

from clickup_mlops.errors import ConfigError, ContentError
from clickup_mlops.sandbox import Sandbox, running


def snapshot(sandbox):
    return {table.kind.__name__: table.rows for table in sandbox.world.tables}


def test_everything_survives_a_restart(tmp_path):
    """A sandbox on the same file is the same world, and gives out no id twice."""
    file = tmp_path / "state.sqlite3"
    first = Sandbox(seed="demo", state_file=file)
    maria = first.control.as_user("Maria")
    task = maria.create_task("Triage", "Serve the model", priority=1, tags=["llm"])
    maria.comment(task, "soon")
    maria.set_field(task, "Workload", "Inference")
    maria.delete("Order lunch for the planning day")
    first.close()

    second = Sandbox(state_file=file)
    try:
        assert snapshot(second) == snapshot(first)
        assert second.token == first.token
        assert second.control.as_user("Maria").create_task("Triage", "next") != task
        assert len(second.control.tasks) == len(first.control.tasks) + 1
    finally:
        second.close()


def test_the_clock_can_be_set_frozen_and_advanced(clickup_sandbox):
    """Times in answers follow the sandbox's clock."""
    control = clickup_sandbox.control
    control.clock.freeze(1_700_000_000_000)
    task = control.as_user("Maria").create_task("Tasks", "x")
    control.clock.advance(60_000)
    control.as_user("Maria").set_priority(task, "high")
    answered = control.task(task)

    assert answered["date_created"] == "1700000000000"
    assert answered["date_updated"] == "1700000060000"
    control.clock.run()
    assert control.clock.now_ms() >= 1_700_000_060_000
    assert not control.clock.frozen


def test_comments_and_replies_change_when_their_task_was_updated(clickup_sandbox):
    """As edits of them do: a client finds what it missed by that time."""
    control = clickup_sandbox.control
    maria = control.as_user("Maria")
    control.clock.freeze(1_700_000_000_000)
    task = maria.create_task("Tasks", "x")
    update_times = [control.task(task)["date_updated"]]
    comment = maria.comment(task, "one")
    for change in (
        lambda: maria.comment(task, "two"),
        lambda: maria.edit_comment(comment, "three"),
        lambda: requests.post(
            f"{clickup_sandbox.url}/api/v2/comment/{comment}/reply",
            json={"comment_text": "four"},
            headers={"Authorization": clickup_sandbox.token},
            timeout=10,
        ),
    ):
        control.clock.advance(1_000)
        change()
        update_times.append(control.task(task)["date_updated"])

    assert update_times == sorted(set(update_times))


def test_the_demo_is_an_ml_team(clickup_sandbox):
    """Lists, fields, people, and about sixty tasks with priorities that people clicked."""
    sandbox = Sandbox(seed="demo")
    try:
        tasks = [task for task in sandbox.control.tasks if task.parent is None]
        lists = {task_list.name for task_list in sandbox.world.lists}
        fields = {field.name for field in sandbox.world.fields}
    finally:
        sandbox.close()

    assert {"Triage", "Inference", "Training", "Data", "Cluster"} <= lists
    assert {"Workload", "Model", "P99 latency ms", "SLO latency ms", "GPU hours"} <= fields
    assert len(tasks) >= 55
    assert {task.priority for task in tasks} == {None, 1, 2, 3, 4}
    assert len({task.name for task in tasks}) == len(tasks)


def test_a_seed_of_ones_own(tmp_path):
    """A TOML file is a seed; a wrong entry is named."""
    seed_text = '[team]\nname="T"\n[[member]]\nusername="Bo Bot"\nemail="b@example.com"\n'
    seed_text += '[[space]]\nname="S"\n[[space.list]]\nname="L"\n'
    (tmp_path / "own.toml").write_text(seed_text)
    sandbox = Sandbox(seed=tmp_path / "own.toml")
    assert sandbox.control.list_id("L")
    sandbox.close()

    (tmp_path / "bad.toml").write_text(seed_text + '[[task]]\nlist="M"\nname="x"\n')
    with pytest.raises(ContentError, match=r"bad.toml: task\[0\] 'x'"):
        Sandbox(seed=tmp_path / "bad.toml")


def test_what_is_unknown_is_said(tmp_path):
    """An unknown seed or plan, or a taken port, is a ConfigError with a way out."""
    with pytest.raises(ConfigError, match="no seed 'x'") as problem:
        Sandbox(seed="x")
    assert "demo" in problem.value.hint
    with pytest.raises(ConfigError, match="unknown plan"):
        Sandbox(plan="Gold")
    with running() as sandbox:
        port = int(sandbox.url.rpartition(":")[2])
        with (
            pytest.raises(ConfigError, match=f"cannot listen on 127.0.0.1:{port}"),
            running(port=port),
        ):
            pass


def test_a_template_copy_fills_later(api):
    """The id comes at once, the content when the clock has moved on."""
    control = api.sandbox.control
    field = control.create_field("Model", "short_text", list_name="Tasks")
    control.set_statuses("Tasks", [{"status": "queued", "type": "open", "color": "#000000"}])
    task = control.as_user("Maria").create_task("Tasks", "step one", tags=["gpu"])
    control.as_user("Maria").set_field(task, "Model", "chat")
    template = control.save_template("list", "Tasks", "Roll-out").id
    control.clock.freeze()
    space = control.space_id("Team")
    body = {"name": "Copy", "options": {"custom_fields": True, "old_statuses": True}}
    copy_id = api.post(f"/v2/space/{space}/list_template/{template}", body)["id"]
    assert api.get(f"/v2/list/{copy_id}/task")["tasks"] == []
    control.clock.advance(1_000)

    (copy,) = api.get(f"/v2/list/{copy_id}/task")["tasks"]
    assert copy["name"] == "step one"
    assert copy["status"]["status"] == "queued"
    assert [field["value"] for field in copy["custom_fields"]] == ["chat"]
    assert copy["id"] != task
    assert copy["custom_fields"][0]["id"] != field.id


def test_a_new_task_may_start_from_a_template(api):
    """By `template_id`, which is not documented; what the request says wins."""
    control = api.sandbox.control
    source = control.as_user("Maria").create_task("Tasks", "Roll-out", tags=["gpu"], priority=2)
    template = control.save_template("task", source, "roll-out").id
    path = f"/v2/list/{control.list_id('Tasks')}/task"
    task = api.post(path, {"name": "chat-7b", "template_id": template, "priority": 1})
    assert (task["name"], task["priority"]["priority"]) == ("chat-7b", "urgent")
    assert [tag["name"] for tag in task["tags"]] == ["gpu"]
    refused = api.call("POST", path, json={"name": "x", "template_id": "t-1"})
    assert (refused.status_code, refused.json()["ECODE"]) == (404, "ACCESS_999")


def test_other_machines_are_let_in_only_on_purpose():
    """The sandbox obeys whoever asks."""
    for host in ("0.0.0.0", "::"):
        with pytest.raises(ConfigError, match="other machines") as problem, running(host=host):
            pass
        assert "--allow-remote" in problem.value.hint
    with running(host="0.0.0.0", allow_remote=True) as sandbox:
        port = sandbox.url.rpartition(":")[2]
        assert requests.get(f"http://127.0.0.1:{port}/", timeout=10).ok


def test_a_template_needs_a_name(api):
    """OAUTH_117 and OAUTH_119, in the envelope with `error`."""
    control = api.sandbox.control
    ids = {
        kind: control.save_template(kind, name, "t").id
        for kind, name in (("list", "Tasks"), ("folder", "Work"))
    }
    space = control.space_id("Team")
    for kind, code in (("list", "OAUTH_117"), ("folder", "OAUTH_119")):
        answer = api.call("POST", f"/v2/space/{space}/{kind}_template/{ids[kind]}", json={})
        assert (answer.status_code, answer.json()["ECODE"]) == (400, code)
        assert "error" in answer.json()


def test_the_public_fixture_answers(clickup_sandbox):
    """The plug-in's fixture is a running sandbox."""
    headers = {"Authorization": clickup_sandbox.token}
    answer = requests.get(f"{clickup_sandbox.url}/api/v2/team", headers=headers)

    assert answer.json()["teams"][0]["id"] == clickup_sandbox.team_id
