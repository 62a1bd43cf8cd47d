"""ClickUp clients that others wrote work against the sandbox, unchanged but for the address."""

import pytest

from clickup_mlops.sandbox import Sandbox


def test_cupt(judged: Sandbox):
    """`cupt` reads, creates, changes, tags, comments, sets fields and uploads."""
    api = pytest.importorskip("cupt.api")

    class Local(api.ClickUpClient):
        BASE_URL = f"{judged.url}/api/v2"

    client, control = Local(judged.token), judged.control
    field = control.create_field("P99 latency ms", "number")
    list_id = control.list_id("Tasks")

    assert client.get_user()["user"]["username"] == "Router Bot"
    (team,) = client.get_workspaces()
    (space,) = client.get_spaces(team["id"])
    assert [task_list["name"] for task_list in client.get_lists(space["id"])] == ["Inbox"]
    first = client.create_task(list_id, {"name": "First"})
    second = client.create_task(list_id, {"name": "Second", "priority": 1})
    client.update_task(first["id"], {"priority": 2, "status": "in progress"})
    client.add_task_dependency(second["id"], first["id"])
    client.add_task_tag(first["id"], "gpu")
    client.set_task_custom_field(first["id"], field.id, 840)
    client.add_task_comment(first["id"], "p99 is back")
    read_back = client.get_task(first["id"])

    assert read_back["priority"]["priority"] == "high"
    assert read_back["tags"][0]["name"] == "gpu"
    assert read_back["custom_fields"][0]["value"] == "840"
    assert client.get_task_comments(first["id"])[0]["comment_text"] == "p99 is back"
    assert {task["id"] for task in client.get_workspace_tasks(team["id"])} == {
        first["id"],
        second["id"],
    }
    client.start_timer(team["id"], first["id"])
    assert client.get_running_timer(team["id"])["task"]["id"] == first["id"]
    assert client.stop_timer(team["id"])["data"]["duration"] >= 0
    client.add_time_entry(team["id"], second["id"], 60_000, "profiling")
    assert len(client.get_time_entries(team["id"], 0, 2 * 10**12)) == 2
    client.remove_task_dependency(second["id"], first["id"])
    client.remove_task_tag(first["id"], "gpu")
    client.remove_task_custom_field(first["id"], field.id)
    assert control.task(first["id"])["tags"] == []


def test_clickup_python_sdk(judged: Sandbox, monkeypatch: pytest.MonkeyPatch):
    """`clickup-python-sdk` walks from Workspace to task and writes on the way."""
    sdk = pytest.importorskip("clickup_python_sdk.api")
    monkeypatch.setattr(sdk.ClickupClient, "API", f"{judged.url}/api/")
    client = sdk.ClickupClient.init(user_token=judged.token)

    (team,) = client.get_teams()
    (space,) = team.get_spaces()
    (folder,) = space.get_folders()
    (task_list,) = folder.get_lists()
    task = task_list.create_task(name="Quantise the reranker", priority=3)
    task.update(priority=1)
    task.track_time(time=60_000)

    assert [task["name"] for task in task_list.get_tasks()] == ["Quantise the reranker"]
    assert judged.control.task(task["id"])["priority"]["priority"] == "urgent"
    assert judged.control.task(task["id"])["time_spent"] == 60_000
