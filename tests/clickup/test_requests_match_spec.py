"""Every request that the client can send, judged by ClickUp's own documents."""

from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests
from urllib3 import HTTPConnectionPool

from clickup_mlops.clickup import blocks
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.client.resources import authorization as oauth
from clickup_mlops.clickup.client.resources.docs import Parent
from clickup_mlops.clickup.goals import Goal
from clickup_mlops.clickup.wire import clients
from clickup_mlops.errors import ApiError
from clickup_mlops.sandbox import Sandbox
from tests.clickup.documented import (
    COMPOSED,
    Watch,
    look_at,
    methods,
    named,
    pages,
    prepare_request,
)
from tests.clickup.official import Official

ENDPOINT = "https://bot.example/hooks/clickup"


@pytest.fixture
def official(reference_dir: Path) -> Official:
    return Official.load(reference_dir / "clickup")


@pytest.fixture
def problems(clickup: ClickUp, official: Official) -> list[str]:
    """What was wrong with the requests so far."""
    messages: list[str] = []

    look_at(clickup.transport.wire, lambda request: messages.extend(official.judge(request)))
    return messages


def places(clickup: ClickUp, sandbox: Sandbox, team: str) -> None:
    clickup.authorization.user()
    clickup.authorization.time_zone()
    clickup.authorization.workspaces()
    clickup.authorization.plan(team)
    clickup.authorization.shared(team)
    clickup.authorization.roles(team)
    clickup.authorization.custom_roles(team)
    clickup.authorization.seats(team)
    clickup.members.task_types(team)
    me = clickup.authorization.user().id
    group = clickup.groups.create(team, "On call", [me], handle="on-call")
    clickup.groups.all(team, group_ids=[group.id])
    clickup.groups.update(group.id, name="Pager", handle="pager", members_rem=[me])
    clickup.groups.delete(group.id)
    space = clickup.spaces.create(team, "Inference")
    clickup.spaces.all(team, archived=False)
    clickup.spaces.update(space.id, name="Serving", private=True, color="#ff0000")
    folder = clickup.folders.create(space.id, "Models")
    clickup.folders.of_space(space.id)
    clickup.folders.rename(folder.id, "Rankers")
    clickup.folders.get(folder.id)
    inside = clickup.lists.create("A", folder_id=folder.id, markdown="# A")
    direct = clickup.lists.create("B", space_id=space.id)
    clickup.lists.of_folder(folder.id)
    clickup.lists.of_space(space.id, archived=True)
    clickup.lists.update(inside.id, name="C", priority=2, due_ms=1_795_609_800_000)
    clickup.lists.get(direct.id)
    clickup.lists.members(direct.id)
    clickup.members.of_list(direct.id)
    clickup.tags.create(space.id, "gpu")
    clickup.tags.of_space(space.id)
    clickup.tags.update(space.id, "gpu", new_name="gpus", background="#5b4fe9")
    clickup.tags.delete(space.id, "gpus")
    clickup.lists.delete(inside.id)
    clickup.folders.delete(folder.id)
    clickup.spaces.get(space.id)
    clickup.spaces.delete(space.id)


def tasks(clickup: ClickUp, sandbox: Sandbox, team: str) -> None:
    control = sandbox.control
    home, me = control.list_id("Tasks"), control.members[0].id
    space = clickup.lists.get(home).space_id or ""
    second_list = clickup.lists.create("Other", space_id=space)
    control.create_field("GPU hours", "number")
    fields = clickup.fields.of_list(home)
    crew = clickup.groups.create(team, "Crew", [me])
    parent = clickup.tasks.create(
        home, "One", markdown="**x**", status="to do", priority=1, assignees=[me], tags=["a"],
        groups=[crew.id],
        due_ms=1_795_609_800_000, start_ms=1_795_609_700_000, time_estimate_ms=60_000, points=3,
        type_id=0, fields=[(fields[0], 8)], check_required_fields=True, notify_all=False,
    )  # fmt: skip
    child = clickup.tasks.create(
        home, "Two", description="y", parent_id=parent.id, links_to=parent.id
    )
    clickup.tasks.update(
        parent.id, name="Uno", description="", status="to do", priority=None, assignees_rem=[me],
        watchers_add=[me], due_ms=1_795_609_900_000, start_ms=1_795_609_800_000,
        time_estimate_ms=1_000, points=1, type_id=0, archived=False,
    )  # fmt: skip
    clickup.tasks.update(child.id, parent_id=parent.id, markdown="z", groups_add=[crew.id])
    clickup.tasks.update(child.id, groups_rem=[crew.id])
    clickup.tasks.get(parent.id, include_markdown=True, include_subtasks=True)
    list(
        clickup.tasks.in_list(
            home, include_closed=True, subtasks=True, order_by="updated", reverse=True,
            statuses=["to do"], assignees=[me], tags=["a"], types=[0], updated_after_ms=1,
            updated_before_ms=2**42, created_after_ms=1, created_before_ms=2**42, due_after_ms=1,
            due_before_ms=2**42, done_after_ms=1, done_before_ms=2**42, archived=False,
            include_markdown=True, multiple_lists=True,
            custom_fields=[{"field_id": fields[0].id, "operator": ">", "value": 1}],
        )
    )  # fmt: skip
    clickup.tasks.page(home, 0, statuses=["to do"])
    list(clickup.tasks.in_workspace(team, list_ids=[home], space_ids=[space], parent_id=parent.id))
    clickup.tasks.time_in_status([parent.id, child.id])
    clickup.members.of_task(parent.id)
    clickup.tasks.add_to_list(parent.id, second_list.id)
    clickup.tasks.remove_from_list(parent.id, second_list.id)
    clickup.tasks.move(team, parent.id, second_list.id, keep_fields=False)
    three, four = (clickup.tasks.create(home, name) for name in ("Three", "Four"))
    clickup.relations.wait_for(three.id, four.id)
    clickup.relations.stop_waiting_for(three.id, four.id)
    clickup.relations.block(three.id, four.id)
    clickup.relations.stop_blocking(three.id, four.id)
    clickup.relations.link(three.id, four.id)
    clickup.relations.unlink(three.id, four.id)
    clickup.tags.add(three.id, "hot & cold")
    clickup.tags.remove(three.id, "hot & cold")
    clickup.tasks.delete(three.id)


def values(clickup: ClickUp, sandbox: Sandbox, team: str) -> None:
    control = sandbox.control
    home, me = control.list_id("Tasks"), control.members[0].id
    task = clickup.tasks.create(home, "Valued")
    by_kind: dict[str, Any] = {
        "text": "t", "short_text": "s", "url": "https://example.org", "email": "a@example.org",
        "phone": "+1 201 555 0123", "number": 1.5, "currency": 8000, "date": 1_795_609_800_000,
        "checkbox": True, "drop_down": "Inference", "labels": ["Inference"], "users": [me],
        "tasks": [task.id], "emoji": 4, "manual_progress": 20,
        "location": {"location": {"lat": 1.5, "lng": 2.5}, "formatted_address": "Here"},
    }  # fmt: skip
    for kind in by_kind:
        choices = ["Inference", "Training"] if kind in ("drop_down", "labels") else []
        control.create_field(kind, kind, choices=choices)
    fields = {field.name: field for field in clickup.fields.of_list(home)}
    for kind, value in by_kind.items():
        clickup.fields.set(task.id, fields[kind], value)
    clickup.fields.clear(task.id, fields["text"])
    clickup.fields.of_folder(control.folder_id(next(iter(control.world.folders)).name))
    clickup.fields.of_space(clickup.lists.get(home).space_id or "")
    clickup.fields.of_workspace(team)


def words(clickup: ClickUp, sandbox: Sandbox, team: str) -> None:
    control = sandbox.control
    home, me = control.list_id("Tasks"), control.members[0].id
    task = clickup.tasks.create(home, "Discussed")
    comment = clickup.comments.add(task.id, "plain", assignee=me)
    clickup.comments.add(task.id, blocks.from_markdown("**bold**"))
    clickup.comments.reply(comment.id, "yes")
    clickup.comments.replies(comment.id)
    clickup.comments.update(comment.id, "changed", resolved=True)
    list(clickup.comments.of_task(task.id))
    clickup.comments.add_to_list(home, "list", assignee=me)
    list(clickup.comments.of_list(home))
    clickup.comments.delete(comment.id)
    crew = clickup.groups.create(team, "Crew", [me])
    clickup.comments.add(task.id, "for all", group=crew.id)
    clickup.attachments.add(task.id, "log.txt", BytesIO(b"oom"))
    clickup.attachments.add_with_size(team, task.id, "log.txt", BytesIO(b"oom"))
    list(clickup.attachments.of_task(team, task.id))
    field = control.create_field("Logs", "attachment")
    clickup.attachments.add_to_field(team, field.id, "log.txt", b"oom")
    list(clickup.attachments.of_field(team, field.id))
    entry = clickup.time_entries.add(
        team, task.id, start_ms=1_795_609_800_000, duration_ms=60_000, user=me, note="debugging"
    )
    clickup.time_entries.of_task(
        team, task.id, since_ms=1_795_609_800_000, until_ms=1_795_609_800_000, user=me
    )
    clickup.time_entries.of_everybody(task.id)
    clickup.time_entries.delete(team, entry)
    checklist = clickup.checklists.create(task.id, "Roll-out")
    checklist = clickup.checklists.add_item(checklist.id, "canary", assignee=me)
    item = checklist.items[0]
    clickup.checklists.update_item(checklist.id, item.id, name="Canary", resolved=True)
    clickup.checklists.delete_item(checklist.id, item.id)
    clickup.checklists.rename(checklist.id, "Roll-back")
    clickup.checklists.move(checklist.id, 0)
    clickup.checklists.delete(checklist.id)


def ways(clickup: ClickUp, sandbox: Sandbox, team: str) -> None:
    control = sandbox.control
    home = control.list_id("Tasks")
    space = clickup.lists.get(home).space_id or ""
    view = clickup.views.create("list", home, "Urgent", "board")
    clickup.views.of("list", home)
    clickup.views.get(view.id)
    clickup.views.update(view, name="Now")
    list(clickup.views.tasks(view.id))
    clickup.views.delete(view.id)
    talk = clickup.views.create("space", space, "Talk", "conversation")
    clickup.comments.add_to_view(talk.id, "hello")
    list(clickup.comments.of_view(talk.id))
    clickup.tasks.create(home, "Pattern")
    folder = next(iter(control.world.folders)).name
    for kind, source in (("task", "Pattern"), ("list", "Tasks"), ("folder", folder)):
        control.save_template(kind, source, f"{kind} template")
    (task_template,) = clickup.templates.tasks(team)
    (list_template,) = clickup.templates.lists(team)
    (folder_template,) = clickup.templates.folders(team)
    clickup.templates.create_task(home, task_template.id, "Copy")
    options = {"return_immediately": True, "custom_fields": True}
    clickup.templates.create_list(list_template.id, "Copy", space_id=space, **options)
    clickup.templates.create_list(
        list_template.id, "Copy 2", folder_id=control.folder_id(folder), **options
    )
    clickup.templates.create_folder(space, folder_template.id, "Copy 3", **options)
    hook = clickup.webhooks.create(team, ENDPOINT, ["taskCreated"], list_id=home)
    webhook = clickup.webhooks.create(team, ENDPOINT)
    clickup.webhooks.list(team)
    clickup.webhooks.update(hook.id, ENDPOINT, ["taskUpdated"])
    clickup.webhooks.update(webhook.id, ENDPOINT, "*")
    clickup.webhooks.delete(hook.id)
    with pytest.raises(ApiError):
        clickup.tasks.get_by_custom_id("ML-42", team)


def newer(clickup: ClickUp, sandbox: Sandbox, team: str) -> None:
    home = sandbox.control.list_id("Tasks")
    doc = clickup.docs.create(team, "Runbook", parent=(Parent.LIST, home), visibility="PUBLIC")
    list(clickup.docs.all(team, parent_id=home))
    clickup.docs.get(team, doc.id)
    page = clickup.docs.add_page(team, doc.id, "Rollback", "# How")
    clickup.docs.pages(team, doc.id)
    clickup.docs.texts(team, doc.id)
    clickup.docs.page(team, doc.id, page.id)
    clickup.docs.edit_page(team, doc.id, page.id, markdown="more", mode="append")
    clickup.docs.edit_page(team, doc.id, page.id, name="Back")
    channel = clickup.chat.create_channel(team, "incidents")
    clickup.chat.location_channel(team, "list", home)
    list(clickup.chat.channels(team))
    message = clickup.chat.send(team, channel.id, "**p99** is up")
    list(clickup.chat.messages(team, channel.id))
    clickup.chat.channel(team, channel.id)
    clickup.chat.update_channel(team, channel.id, name="incident", topic="p99", description="d")
    list(clickup.chat.members(team, channel.id))
    clickup.chat.direct(team, [sandbox.control.member("Maria").id])
    clickup.chat.react(team, message.id, "eyes")
    clickup.chat.reply(team, message.id, "on it")
    list(clickup.chat.replies(team, message.id))
    clickup.chat.edit(team, message.id, "p99 was up", resolved=True)
    clickup.chat.delete(team, message.id)
    clickup.chat.delete_channel(team, channel.id)


def goals(clickup: ClickUp, _sandbox: Sandbox, team: str) -> None:
    goal = Goal("g", "Faster", "", 1_795_609_800_000, "#32a852", 0, (), ())
    calls = [
        lambda: clickup.goals.all(team, include_completed=True),
        lambda: clickup.goals.create(team, "Faster", due_ms=1_795_609_800_000, owners=[1]),
        lambda: clickup.goals.get(goal.id),
        lambda: clickup.goals.update(goal, name="Fast", owners_add=[2], owners_rem=[1]),
        lambda: clickup.goals.add_key_result(goal.id, "p99", owners=[1], end=40, unit="ms"),
        lambda: clickup.goals.update_key_result("k", 20, "quantised"),
        lambda: clickup.goals.delete_key_result("k"),
        lambda: clickup.goals.delete(goal.id),
    ]
    for call in calls:
        with suppress(ApiError):  # what is sent counts here; nothing of it has to exist
            call()


SCENES: list[Callable[[ClickUp, Sandbox, str], None]] = [
    *(places, tasks, values, words, ways, newer, goals)
]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_requests_are_as_documented(
    scene: Callable[..., None],
    clickup: ClickUp,
    clickup_sandbox: Sandbox,
    team_id: str,
    problems: list[str],
) -> None:
    """Path, query and body of every request fit the official documents."""
    scene(clickup, clickup_sandbox, team_id)
    assert not problems


NO_DOCUMENT = {"checklists.of", "fields.create_undocumented"}
"""The first sends nothing, the second is in no document."""


def test_no_method_of_the_client_was_left_out(
    clickup: ClickUp, clickup_sandbox: Sandbox, team_id: str, official: Official
) -> None:
    """Whatever a new method sends must be judged above."""
    watch = Watch(clickup, official)
    for scene in SCENES:
        scene(clickup, clickup_sandbox, team_id)
    method_names = {name for name, *_ in methods(clickup)}
    assert method_names - watch.sent.keys() == NO_DOCUMENT | COMPOSED


def test_each_method_links_the_operations_that_it_calls(
    clickup: ClickUp, clickup_sandbox: Sandbox, team_id: str, official: Official
) -> None:
    """The pages exist by the official documents, and are about what is really sent."""
    linked, operation_by_page = named(clickup), pages(official)
    watch = Watch(clickup, official)
    for scene in SCENES:
        scene(clickup, clickup_sandbox, team_id)

    assert {name for name, links in linked.items() if not links} == NO_DOCUMENT
    assert {link for links in linked.values() for link in links} <= operation_by_page.keys()
    for name, operations in watch.sent.items():
        assert operations <= {operation_by_page[link] for link in linked[name]}, name


def test_the_code_exchange_is_as_documented(
    clickup_sandbox: Sandbox, official: Official, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It carries id, secret and code, and no token."""
    requests_sent: list[requests.PreparedRequest] = []
    real = HTTPConnectionPool.urlopen

    def look(self: HTTPConnectionPool, method: str, url: str, **more: Any) -> Any:
        requests_sent.append(prepare_request(method, url, more["body"], more["headers"]))
        return real(self, method, url, **more)

    monkeypatch.setattr(clients, "choose", lambda _client: "requests")
    monkeypatch.setattr(HTTPConnectionPool, "urlopen", look)
    with pytest.raises(ApiError):
        oauth.exchange_code("client", "secret", "wrong", base_url=clickup_sandbox.url)
    (request,) = requests_sent
    assert "Authorization" not in request.headers
    assert official.judge(request) == []


def test_the_judge_notices_what_is_wrong(official: Official) -> None:
    """A judge that lets everything pass would prove nothing."""
    base = "https://api.clickup.com/api/v2"

    def judged(method: str, path: str, body: Any = None) -> str:
        request = requests.Request(method, base + path, json=body).prepare()
        return "; ".join(official.judge(request))

    assert "not documented" in judged("POST", "/list/1/field", {"name": "x"})
    assert "required" in judged("POST", "/list/1/task", {})
    assert "priority" in judged("POST", "/list/1/task", {"name": "x", "priority": "high"})
    assert "unknown query" in judged("GET", "/list/1/task?pages=1")
    assert "is no integer" in judged("GET", "/list/1/task?page=one")
    assert "missing" in judged("GET", "/team/1/taskTemplate")
    assert judged("POST", "/list/1/task", {"name": "x", "priority": 1}) == ""


@pytest.mark.clickup_sandbox(strict=True)
def test_the_client_works_with_a_strict_sandbox(
    clickup: ClickUp, clickup_sandbox: Sandbox, team_id: str
) -> None:
    """Which refuses keys that nobody documents, and takes those that live answers accepted."""
    for scene in SCENES:
        scene(clickup, clickup_sandbox, team_id)
