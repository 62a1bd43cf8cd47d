"""Nothing that a client sends breaks the sandbox, or half-applies."""

import copy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clickup_mlops.sandbox import Sandbox

WORDS = [
    "name",
    "description",
    "assignees",
    "group_assignees",
    "tags",
    "status",
    "priority",
    "due_date",
    "parent",
    "links_to",
    "custom_fields",
    "points",
    "watchers",
    "time_estimate",
    "archived",
    "features",
    "tag",
    "comment",
    "comment_text",
    "assignee",
    "value",
    "depends_on",
    "endpoint",
    "events",
    "list_id",
    "location",
    "options",
    "status_mappings",
    "type",
    "filters",
    "divide",
    "content",
    "checklists",
    "position",
    "id",
    "add",
    "rem",
    "user_ids",
    "page_id",
    "members",
    "handle",
    "reaction",
    "custom_fields_to_move",
    "move_custom_fields",
    "template_id",
    "resolved",
    "parent_folder_id",
    "parent_page_id",
    "visibility",
    "content_edit_mode",
    "color",
    "topic",
]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**13) | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*WORDS, "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
names = st.fixed_dictionaries({}, optional={"name": st.text(min_size=1), "type": st.just("list")})
extra_keys = st.dictionaries(st.sampled_from(WORDS), json_values, max_size=6)
bodies = st.builds(lambda named, more: more | named, names, extra_keys)


@pytest.fixture(scope="module")
def world():
    sandbox = Sandbox(rate_limit=0)
    kinds = ("drop_down", "labels", "users", "tasks", "number", "location", "manual_progress")
    ids = [sandbox.control.create_field(kind, kind, choices=["a", "b"]).id for kind in kinds]
    task = sandbox.control.as_user("Maria").create_task("Tasks", "x")
    yield sandbox, task, list(writes(sandbox, task, ids))
    sandbox.close()


def writes(sandbox, task, fields):
    control, team = sandbox.control, sandbox.team_id
    list_id, space = control.list_id("Tasks"), control.space_id("Team")
    yield "POST", f"/api/v2/list/{list_id}/task"
    yield "PUT", f"/api/v2/task/{task}"
    yield "PUT", f"/api/v2/list/{list_id}"
    yield "PUT", f"/api/v2/space/{space}"
    yield from (("POST", f"/api/v2/task/{task}/field/{field_id}") for field_id in fields)
    for part in ("comment", "dependency", "checklist"):
        yield "POST", f"/api/v2/task/{task}/{part}"
    for part in ("space", "webhook", "view"):
        yield "POST", f"/api/v2/team/{team}/{part}"
    for part in ("folder", "list", "tag", "view"):
        yield "POST", f"/api/v2/space/{space}/{part}"
    yield "POST", "/api/v2/oauth/token"
    for part in ("docs", "chat/channels", "chat/channels/location", "chat/channels/direct_message"):
        yield "POST", f"/api/v3/workspaces/{team}/{part}"
    yield "PUT", f"/api/v3/workspaces/{team}/tasks/{task}/home_list/{list_id}"
    yield from writes_to_what_is_there(sandbox, task, list_id, space)


def writes_to_what_is_there(sandbox, task, list_id, space):
    """Each thing is made once; then whatever comes is sent to it."""
    team = sandbox.team_id
    client, headers = sandbox.app.test_client(), {"Authorization": sandbox.token}

    def create(path, **body):
        return client.post(path, json=body, headers=headers).json

    group = create(f"/api/v2/team/{team}/group", name="Crew", members=[])["id"]
    yield "POST", f"/api/v2/team/{team}/group"
    yield "PUT", f"/api/v2/group/{group}"
    comment = create(f"/api/v2/task/{task}/comment", comment_text="hi")["id"]
    yield "PUT", f"/api/v2/comment/{comment}"
    yield "POST", f"/api/v2/comment/{comment}/reply"
    checklist = create(f"/api/v2/task/{task}/checklist", name="Roll-out")["checklist"]["id"]
    item = create(f"/api/v2/checklist/{checklist}/checklist_item", name="a")["checklist"]["items"][
        0
    ]
    yield "PUT", f"/api/v2/checklist/{checklist}"
    yield "POST", f"/api/v2/checklist/{checklist}/checklist_item"
    yield "PUT", f"/api/v2/checklist/{checklist}/checklist_item/{item['id']}"
    view = create(f"/api/v2/list/{list_id}/view", name="v", type="conversation")["view"]["id"]
    yield "PUT", f"/api/v2/view/{view}"
    yield "POST", f"/api/v2/view/{view}/comment"
    create(f"/api/v2/space/{space}/tag", tag={"name": "hot"})
    yield "PUT", f"/api/v2/space/{space}/tag/hot"
    folder = sandbox.control.folder_id("Work")
    yield "PUT", f"/api/v2/folder/{folder}"
    yield "POST", f"/api/v2/folder/{folder}/list"
    template = sandbox.control.save_template("list", "Inbox", "t").id
    yield "POST", f"/api/v2/space/{space}/list_template/{template}"
    v3 = f"/api/v3/workspaces/{team}"
    doc = create(f"{v3}/docs", name="d")["id"]
    page = create(f"{v3}/docs/{doc}/pages", name="p")["id"]
    yield "POST", f"{v3}/docs/{doc}/pages"
    yield "PUT", f"{v3}/docs/{doc}/pages/{page}"
    channel = create(f"{v3}/chat/channels", name="c")["data"]["id"]
    message = create(f"{v3}/chat/channels/{channel}/messages", type="message", content="m")["id"]
    yield "PATCH", f"{v3}/chat/channels/{channel}"
    yield "POST", f"{v3}/chat/channels/{channel}/messages"
    yield "PATCH", f"{v3}/chat/messages/{message}"
    yield "POST", f"{v3}/chat/messages/{message}/replies"
    yield "POST", f"{v3}/chat/messages/{message}/reactions"


@settings(
    deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=bodies)
def test_no_body_breaks_a_write(world, body):
    """Every write answers 2xx or 4xx, whatever is sent."""
    sandbox, _task, paths = world
    client, headers = sandbox.app.test_client(), {"Authorization": sandbox.token}
    for method, path in paths:
        answer = client.open(path, method=method, json=body, headers=headers)
        assert answer.status_code < 500, (method, path, answer.text)


@settings(
    deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=bodies)
def test_a_refused_change_changes_nothing(world, body):
    """After a 4xx the task is exactly what it was."""
    sandbox, task, _paths = world
    client, headers = sandbox.app.test_client(), {"Authorization": sandbox.token}
    before = copy.deepcopy(sandbox.control.find(task))
    answer = client.put(f"/api/v2/task/{task}", json=body, headers=headers)
    if answer.status_code >= 400:
        assert sandbox.control.find(task) == before


@pytest.mark.parametrize("raw", [b"{", b"[]", b'"x"', b"\xff"])
def test_a_body_that_is_no_object_is_a_400(api, tasks_list, raw):
    """Broken JSON, or JSON of another kind."""
    headers = {"Content-Type": "application/json"}
    answer = api.call("POST", f"/v2/list/{tasks_list}/task", data=raw, headers=headers)

    assert answer.status_code == 400


def test_a_task_cannot_be_its_own_ancestor(api, tasks_list):
    """Nesting in a circle is refused."""
    top = api.post(f"/v2/list/{tasks_list}/task", {"name": "top"})["id"]
    below = api.post(f"/v2/list/{tasks_list}/task", {"name": "below", "parent": top})["id"]

    assert api.refused("PUT", f"/v2/task/{top}", json={"parent": below})[0] == 400
    assert api.refused("PUT", f"/v2/task/{top}", json={"parent": top})[0] == 400
