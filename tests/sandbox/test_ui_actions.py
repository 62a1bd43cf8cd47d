"""What provisioning meets in ClickUp: templates with content, refused fields, rights and limits."""

from typing import Any

import pytest

from clickup_mlops.errors import InputError
from clickup_mlops.sandbox import Sandbox
from tests.sandbox.conftest import Api

FIELDS = [
    {"name": "Workload", "type": "drop_down", "options": ["Inference", "Training"]},
    {"name": "P99 latency ms", "type": "number"},
    {"name": "Owner", "type": "users"},
]
STATUSES = [
    {"status": "Backlog", "type": "open"},
    {"status": "Canary", "type": "custom"},
    {"status": "Live", "type": "closed"},
]
BOARD = {"name": "Board", "type": "board", "grouping": {"field": "status"}}


@pytest.fixture
def ui(clickup_sandbox: Sandbox) -> Any:
    return clickup_sandbox.control.ui_actions


@pytest.fixture
def space(clickup_sandbox: Sandbox) -> str:
    return clickup_sandbox.control.space_id("Team")


def as_member(api: Api, name: str) -> Api:
    return Api(api.sandbox, api.sandbox.token_of(name))


# Templates


def made_from(api: Api, space: str, template: str, **options: Any) -> str:
    body = {"name": "Copy", **({"options": options} if options else {})}
    return str(api.post(f"/v2/space/{space}/list_template/{template}", body)["id"])


def names(answer: Any, key: str) -> list[str]:
    return [record["name"] for record in answer[key]]


def test_a_list_template_carries_fields_statuses_views_and_tasks(api, ui, space):
    """Drawn by hand, copied by the API: everything arrives."""
    task = {"name": "Write the model card", "tags": ["docs"], "subtasks": []}
    template = ui.define_template(
        "list", "Serving", fields=FIELDS, statuses=STATUSES, views=[BOARD], tasks=[task]
    )

    list_id = made_from(api, space, template.id, return_immediately=False)

    assert names(api.get(f"/v2/list/{list_id}/field"), "fields") == [
        field["name"] for field in FIELDS
    ]
    assert names(api.get(f"/v2/list/{list_id}/view"), "views") == ["Board"]
    assert names(api.get(f"/v2/list/{list_id}/task"), "tasks") == ["Write the model card"]
    statuses = api.get(f"/v2/list/{list_id}")["statuses"]
    assert [status["status"] for status in statuses] == ["backlog", "canary", "live"]


def test_a_copy_fills_in_parts(api, ui, space, clickup_sandbox):
    """The id comes at once; who looks too early sees nothing, then a part, then everything."""
    clickup_sandbox.control.clock.freeze()
    template = ui.define_template("list", "Serving", fields=FIELDS, views=[BOARD])
    list_id = made_from(api, space, template.id)
    states = []

    for _ in range(3):
        fields = names(api.get(f"/v2/list/{list_id}/field"), "fields")
        states.append((len(fields), len(api.get(f"/v2/list/{list_id}/view")["views"])))
        clickup_sandbox.control.clock.advance(150)

    assert states == [(0, 0), (2, 0), (3, 1)]


def test_options_leave_parts_out(api, ui, space):
    """`custom_fields`, `include_views`, `old_statuses`: false means without."""
    template = ui.define_template("list", "S", fields=FIELDS, statuses=STATUSES, views=[BOARD])
    without = dict.fromkeys(("custom_fields", "include_views", "old_statuses"), False)

    list_id = made_from(api, space, template.id, return_immediately=False, **without)

    assert api.get(f"/v2/list/{list_id}/field")["fields"] == []
    assert api.get(f"/v2/list/{list_id}/view")["views"] == []
    assert api.get(f"/v2/list/{list_id}")["override_statuses"] is False


def test_a_folder_template_carries_its_own_fields_and_its_lists(api, ui, space):
    """Folder fields are seen in every List of the copy; each List has its own statuses."""
    lists = [{"name": "Services", "statuses": STATUSES}, {"name": "Incidents"}]
    template = ui.define_template("folder", "Serving", fields=FIELDS, lists=lists)
    body = {"name": "Ranker", "options": {"return_immediately": False}}

    folder = api.post(f"/v2/space/{space}/folder_template/{template.id}", body)

    inside = api.get(f"/v2/folder/{folder['id']}/list")["lists"]
    assert [task_list["name"] for task_list in inside] == ["Services", "Incidents"]
    assert len(api.get(f"/v2/list/{inside[1]['id']}/field")["fields"]) == len(FIELDS)
    assert [task_list["override_statuses"] for task_list in inside] == [True, True]


def test_columns_of_a_copied_view_are_the_copys_own_fields(api, ui, space, clickup_sandbox):
    """A saved view names its fields by id; the copy names the copied fields."""
    field = clickup_sandbox.control.create_field("Accuracy", "number", list_name="Tasks")
    home = clickup_sandbox.control.list_id("Tasks")
    columns = {"fields": [{"field": f"cf_{field.id}", "idx": 0, "hidden": False}]}
    api.post(f"/v2/list/{home}/view", {"name": "V", "type": "table", "columns": columns})
    template = clickup_sandbox.control.save_template("list", "Tasks", "Saved")

    list_id = made_from(api, space, template.id, return_immediately=False)

    (copied,) = api.get(f"/v2/list/{list_id}/field")["fields"]
    (view,) = api.get(f"/v2/list/{list_id}/view")["views"]
    assert copied["id"] != field.id
    assert view["columns"]["fields"][0]["field"] == f"cf_{copied['id']}"


# Creating a field through the API


@pytest.mark.parametrize(
    ("switch", "answer"),
    [
        ("off", (404, "APP_001")),
        ("forbidden", (403, "ACCESS_083")),
        ("plan", (400, "FIELD_073")),
    ],
)
@pytest.mark.parametrize("level", ["list", "space", "team"])
def test_the_undocumented_call_can_be_refused(api, ui, switch, answer, level, clickup_sandbox):
    """No such route (the default), forbidden, or not in the plan: as users report it."""
    ui.field_creation(switch)
    ids = {"list": clickup_sandbox.control.list_id("Tasks"), "team": clickup_sandbox.team_id}
    ids["space"] = clickup_sandbox.control.space_id("Team")
    body = {"name": "Cluster", "type": "short_text"}

    assert api.refused("POST", f"/v2/{level}/{ids[level]}/field", json=body) == answer


def test_a_call_that_does_not_exist_says_nothing_about_the_place(api):
    """Also for a List that nobody has."""
    assert api.refused("POST", "/v2/list/1/field", json={"name": "x"}) == (404, "APP_001")


def test_the_undocumented_call_creates_fields_with_options(api, ui, tasks_list):
    """Options keep names, order and colours; a second field of the same name is not refused."""
    ui.field_creation("on")
    options = [{"name": "Training", "orderindex": 1}]
    options += [{"name": "Inference", "orderindex": 0, "color": "#ff0000"}]
    body = {"name": "Workload", "type": "drop_down", "type_config": {"options": options}}

    field = api.post(f"/v2/list/{tasks_list}/field", body)["field"]
    api.post(f"/v2/list/{tasks_list}/field", body)

    named_colors = [(option["name"], option["color"]) for option in field["type_config"]["options"]]
    assert named_colors[0] == ("Inference", "#ff0000")
    assert [name for name, _ in named_colors] == ["Inference", "Training"]
    assert len(api.get(f"/v2/list/{tasks_list}/field")["fields"]) == 2


def test_a_field_that_was_created_cannot_be_deleted(api, ui, tasks_list):
    """There is no such call, with the switch on or off; folders have no creation either."""
    ui.field_creation("on")
    field = api.post(f"/v2/list/{tasks_list}/field", {"name": "A", "type": "number"})["field"]
    folder = api.get(f"/v2/list/{tasks_list}")["folder"]["id"]

    path = f"/v2/list/{tasks_list}/field/{field['id']}"
    assert api.refused("DELETE", path) == (404, "APP_001")
    assert api.refused("POST", f"/v2/folder/{folder}/field", json={}) == (404, "APP_001")


@pytest.mark.parametrize("body", [{"name": "F", "type": "formula"}, {"type": "number"}, {}])
def test_a_field_needs_a_name_and_a_type_that_can_be_created(api, ui, tasks_list, body):
    """Computed types are made in ClickUp's own pages only."""
    ui.field_creation("on")

    assert api.refused("POST", f"/v2/list/{tasks_list}/field", json=body)[0] == 400


# The importer


def test_the_importer_creates_the_columns_that_are_not_there(api, ui, tasks_list):
    """Types as a person chooses them; options from the values; rows become tasks."""
    ui.create_field("Tasks", "Model", "short_text")
    text = "Task Name,Model,Workload,Notes\nA,ranker,Inference,x\nB,,Training,y\n"

    created = ui.import_spreadsheet("Tasks", text, {"Workload": "drop_down", "Model": "text"})

    assert created == ["Workload"]
    fields = {field["name"]: field for field in api.get(f"/v2/list/{tasks_list}/field")["fields"]}
    assert set(fields) == {"Model", "Workload"}
    options = fields["Workload"]["type_config"]["options"]
    assert [option["name"] for option in options] == ["Inference", "Training"]
    assert len(api.get(f"/v2/list/{tasks_list}/task")["tasks"]) == 2


@pytest.mark.parametrize("text", ["Name\nA\n", "Task Name,A,a\nx,1,2\n"])
def test_the_importer_refuses_files_without_names_or_with_doubled_headers(ui, text):
    """As ClickUp's does."""
    with pytest.raises(InputError):
        ui.import_spreadsheet("Tasks", text, {})


# Guests and view-only members


def test_a_guest_sees_only_what_is_shared(api, ui, tasks_list, space):
    """No Spaces; a shared List with its permission; everything else is not found."""
    ui.set_role("Jonas", "guest", shares={"Tasks": "read"})
    guest, inbox = as_member(api, "Jonas"), api.sandbox.control.list_id("Inbox")

    assert guest.get(f"/v2/team/{api.sandbox.team_id}/space")["spaces"] == []
    assert guest.refused("GET", f"/v2/space/{space}") == (404, "ACCESS_999")
    assert guest.get(f"/v2/list/{tasks_list}")["permission_level"] == "read"
    assert guest.refused("GET", f"/v2/list/{inbox}") == (404, "ACCESS_999")


@pytest.mark.parametrize(
    ("permission", "create", "update", "comment"),
    [
        ("read", 401, 401, 401),
        ("comment", 401, 401, 200),
        ("edit", 401, 200, 200),
        ("create", 200, 200, 200),
    ],
)
def test_a_guest_may_do_what_the_share_says(
    api, ui, tasks_list, permission, create, update, comment
):
    """Read, comment, edit, create: each allows what the ones before it allow."""
    task = api.post(f"/v2/list/{tasks_list}/task", {"name": "Serve"})["id"]
    ui.set_role("Jonas", "guest", shares={"Work": permission})
    guest = as_member(api, "Jonas")

    def status(method: str, path: str, body: dict[str, Any]) -> int:
        return guest.call(method, path, json=body).status_code

    assert status("POST", f"/v2/list/{tasks_list}/task", {"name": "More"}) == create
    assert status("PUT", f"/v2/task/{task}", {"name": "Better"}) == update
    assert status("POST", f"/v2/task/{task}/comment", {"comment_text": "hi"}) == comment


def test_a_guest_builds_nothing(api, ui, tasks_list, space):
    """No Space, Folder, List, view, webhook or Doc."""
    ui.set_role("Jonas", "guest", shares={"Work": "create"})
    guest, team = as_member(api, "Jonas"), api.sandbox.team_id

    for path in (
        f"/v2/team/{team}/space",
        f"/v2/list/{tasks_list}/view",
        f"/v2/team/{team}/webhook",
        f"/v3/workspaces/{team}/docs",
    ):
        assert guest.call("POST", path, json={"name": "X"}).status_code == 401, path
    assert guest.call("POST", f"/v2/space/{space}/folder", json={"name": "X"}).status_code == 404


def test_a_view_only_member_reads_everything_and_writes_nothing(api, ui, tasks_list, space):
    """A token has the rights of its user; Folders and Lists show it as `read`."""
    ui.set_role("Jonas", "member", read_only=True)
    viewer = as_member(api, "Jonas")

    assert viewer.get(f"/v2/space/{space}")["name"] == "Team"
    assert viewer.get(f"/v2/list/{tasks_list}")["permission_level"] == "read"
    path = f"/v2/list/{tasks_list}/task"
    assert viewer.refused("POST", path, json={"name": "X"}) == (401, "ACCESS_083")


# ClickApps and plans


@pytest.mark.parametrize(
    ("app", "path"),
    [("tags", "/v2/space/{space}/tag"), ("checklists", "/v2/task/{task}/checklist")],
)
def test_a_switched_off_clickapp_refuses_writes(api, ui, tasks_list, space, app, path):
    """The Space says that it is off before anybody tries."""
    task = api.post(f"/v2/list/{tasks_list}/task", {"name": "Serve"})["id"]
    ui.set_clickapp("Team", app, False)

    assert api.get(f"/v2/space/{space}")["features"][app]["enabled"] is False
    body = {"name": "X", "tag": {"name": "x"}}
    assert api.call("POST", path.format(space=space, task=task), json=body).status_code == 400


def test_fields_cannot_be_set_where_their_clickapp_is_off(api, ui, tasks_list):
    """Until somebody switches it on again."""
    field = ui.create_field("Team", "Accuracy", "number")
    task = api.post(f"/v2/list/{tasks_list}/task", {"name": "Serve"})["id"]
    path = f"/v2/task/{task}/field/{field.id}"
    ui.set_clickapp("Team", "custom_fields", False)
    assert api.call("POST", path, json={"value": 1}).status_code == 400
    ui.set_clickapp("Team", "custom_fields", True)

    api.post(path, {"value": 1})


@pytest.mark.clickup_sandbox(plan="Free")
def test_the_free_plan_has_five_spaces(api):
    """The sixth is refused; one is there from the start."""
    path = f"/v2/team/{api.sandbox.team_id}/space"
    for number in range(4):
        api.post(path, {"name": f"Space {number}"})

    assert api.call("POST", path, json={"name": "One too many"}).status_code == 400


@pytest.mark.parametrize(
    ("plan", "kind", "uses"), [("Free", "gantt", 60), ("Unlimited", "timeline", 100)]
)
def test_views_have_uses_on_small_plans(api, ui, tasks_list, plan, kind, uses):
    """Creating and changing count alike; other views and plans have no limit."""
    ui.set_plan(plan)
    body = {"name": "Plan", "type": kind}
    view = api.post(f"/v2/list/{tasks_list}/view", body)["view"]
    for _ in range(uses - 1):
        api.put(f"/v2/view/{view['id']}", body)

    assert api.call("PUT", f"/v2/view/{view['id']}", json=body).status_code == 400
    api.post(f"/v2/list/{tasks_list}/view", {"name": "L", "type": "list"})
    ui.set_plan("Business")
    api.put(f"/v2/view/{view['id']}", body)


@pytest.mark.parametrize(("plan", "lists"), [("Free", 100), ("Unlimited", 200)])
def test_a_folder_holds_as_many_lists_as_the_plan_allows(api, ui, tasks_list, plan, lists):
    """One is there from the start."""
    ui.set_plan(plan)
    folder = api.get(f"/v2/list/{tasks_list}")["folder"]["id"]
    for number in range(lists - 1):
        api.post(f"/v2/folder/{folder}/list", {"name": f"List {number}"})

    path = f"/v2/folder/{folder}/list"
    assert api.call("POST", path, json={"name": "One too many"}).status_code == 400


# Over HTTP


def test_a_person_can_be_played_over_http(api, tasks_list):
    """Every method has a control route; private ones and unknown ones have none."""
    body = {"place": "Tasks", "name": "GPU hours", "kind": "number"}
    field = api.control("POST", "/by_hand/create_field", json=body).json()["done"]

    assert field["name"] == api.get(f"/v2/list/{tasks_list}/field")["fields"][0]["name"]
    assert api.control("POST", "/by_hand/_find_place", json={}).status_code == 400
    assert api.control("POST", "/by_hand/create_field", json={"place": "no"}).status_code == 400
    wrong = {"place": "Nowhere", "name": "A", "kind": "number"}
    assert "Nowhere" in api.control("POST", "/by_hand/create_field", json=wrong).json()["error"]


def test_a_role_is_set_over_http_by_who_it_is_for(api, clickup_sandbox):
    """The keyword is `who` over HTTP, whatever the method calls its parameter."""
    answer = api.control("POST", "/by_hand/set_role", json={"who": "Jonas", "role": "guest"})

    assert answer.status_code == 200
    assert clickup_sandbox.control.member("Jonas").role == 4


def test_options_can_be_changed_by_hand_and_keep_their_ids(api, ui, tasks_list):
    """What stays keeps its id, so that tasks keep their values."""
    ui.create_field("Tasks", "Environment", "drop_down", ["dev", "prod"])
    before = api.get(f"/v2/list/{tasks_list}/field")["fields"][0]["type_config"]["options"]

    ui.change_field("Environment", options=["prod", "staging"])

    after = api.get(f"/v2/list/{tasks_list}/field")["fields"][0]["type_config"]["options"]
    assert [option["name"] for option in after] == ["prod", "staging"]
    assert after[0]["id"] == before[1]["id"]
    assert [option["orderindex"] for option in after] == [0, 1]
