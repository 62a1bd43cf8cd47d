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
rest = st.dictionaries(st.sampled_from(WORDS), json_values, max_size=6)
bodies = st.builds(lambda named, more: more | named, names, rest)


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
    there, space = control.list_id("Tasks"), control.space_id("Team")
    yield "POST", f"/api/v2/list/{there}/task"
    yield "PUT", f"/api/v2/task/{task}"
    yield "PUT", f"/api/v2/list/{there}"
    yield "PUT", f"/api/v2/space/{space}"
    yield from (("POST", f"/api/v2/task/{task}/field/{one}") for one in fields)
    for part in ("comment", "dependency", "checklist"):
        yield "POST", f"/api/v2/task/{task}/{part}"
    for part in ("space", "webhook", "view"):
        yield "POST", f"/api/v2/team/{team}/{part}"
    for part in ("folder", "list", "tag", "view"):
        yield "POST", f"/api/v2/space/{space}/{part}"
    yield "POST", "/api/v2/oauth/token"
    for part in ("docs", "chat/channels", "chat/channels/location", "chat/channels/direct_message"):
        yield "POST", f"/api/v3/workspaces/{team}/{part}"
    yield "PUT", f"/api/v3/workspaces/{team}/tasks/{task}/home_list/{there}"


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
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
