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
    there = control.list_id("Tasks")

    assert client.get_user()["user"]["username"] == "Router Bot"
    (team,) = client.get_workspaces()
    (space,) = client.get_spaces(team["id"])
    assert [one["name"] for one in client.get_lists(space["id"])] == ["Inbox"]
    first = client.create_task(there, {"name": "First"})
    second = client.create_task(there, {"name": "Second", "priority": 1})
    client.update_task(first["id"], {"priority": 2, "status": "in progress"})
    client.add_task_dependency(second["id"], first["id"])
    client.add_task_tag(first["id"], "gpu")
    client.set_task_custom_field(first["id"], field.id, 840)
    client.add_task_comment(first["id"], "p99 is back")
    shown = client.get_task(first["id"])

    assert shown["priority"]["priority"] == "high"
    assert shown["tags"][0]["name"] == "gpu"
    assert shown["custom_fields"][0]["value"] == "840"
    assert client.get_task_comments(first["id"])[0]["comment_text"] == "p99 is back"
    assert {one["id"] for one in client.get_workspace_tasks(team["id"])} == {
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
    (there,) = folder.get_lists()
    task = there.create_task(name="Quantise the reranker", priority=3)
    task.update(priority=1)
    task.track_time(time=60_000)

    assert [one["name"] for one in there.get_tasks()] == ["Quantise the reranker"]
    assert judged.control.task(task["id"])["priority"]["priority"] == "urgent"
    assert judged.control.task(task["id"])["time_spent"] == 60_000
