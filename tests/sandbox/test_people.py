"""Managing people: the plan, rights, what a removal ends, and the audit log."""

import pytest

from tests.sandbox.conftest import Api


@pytest.fixture
def team(api):
    return f"/v2/team/{api.sandbox.team_id}"


@pytest.fixture
def enterprise(api):
    api.sandbox.control.ui_actions.set_plan("Enterprise")
    return api


def as_member(api, name):
    return Api(api.sandbox, api.sandbox.token_of(name))


def id_of(api, name):
    return api.sandbox.control.member(name).id


def audit(api, member="Maria", **body):
    path = f"/v3/workspaces/{api.sandbox.team_id}/auditlogs"
    return as_member(api, member).post(path, body)["data"]


def test_people_are_managed_on_the_enterprise_plan_only(api, team, tasks_list):
    """400; the code is not documented."""
    user = id_of(api, "Jonas")
    for method, path in (
        ("POST", f"{team}/user"),
        ("GET", f"{team}/user/{user}"),
        ("DELETE", f"{team}/user/{user}"),
        ("POST", f"{team}/guest"),
        ("POST", f"/v2/list/{tasks_list}/guest/{user}"),
    ):
        assert api.refused(method, path, json={"email": "x@y.z"}) == (400, "TEAM_110"), path


def test_only_owners_and_admins_manage_people(enterprise, team):
    """And nobody removes the owner."""
    jonas, maria = as_member(enterprise, "Jonas"), id_of(enterprise, "Maria")

    assert jonas.refused("POST", f"{team}/user", json={"email": "x@y.z"}) == (401, "ACCESS_083")
    assert jonas.refused("DELETE", f"{team}/user/{maria}") == (401, "ACCESS_083")
    assert enterprise.refused("DELETE", f"{team}/user/{maria}")[0] == 400


def test_the_owner_stays_the_owner(enterprise, team):
    """Neither `admin` nor a custom role changes that."""
    enterprise.sandbox.control.ui_actions.set_role("Jonas", "member", custom="Annotator")
    (role,) = enterprise.get(f"{team}/customroles")["custom_roles"]
    path = f"{team}/user/{id_of(enterprise, 'Maria')}"

    assert enterprise.put(path, {"admin": False})["member"]["user"]["role"] == 1
    assert enterprise.refused("PUT", path, json={"custom_role_id": role["id"]})[0] == 400


def test_a_guest_of_the_seed_has_joined(enterprise, team):
    """Also after somebody has changed what they may do."""
    enterprise.sandbox.control.ui_actions.set_role("Jonas", "guest")
    path = f"{team}/guest/{id_of(enterprise, 'Jonas')}"
    changed = enterprise.put(path, {"can_edit_tags": True})["guest"]

    assert (changed["can_edit_tags"], changed["can_create_views"]) == (True, False)
    assert changed["user"]["date_joined"] == changed["user"]["date_invited"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/customroles"),
        ("POST", "/custom_item"),
        ("POST", "/goal_folder"),
        ("GET", "/guest"),
        ("POST", "/shared"),
        ("POST", "/list_template"),
    ],
)
def test_what_the_api_cannot_do_stays_impossible(enterprise, team, method, path):
    """404 APP_001, as for any other unknown route."""
    assert enterprise.refused(method, f"{team}{path}", json={"name": "x"}) == (404, "APP_001")


def test_a_removed_member_can_do_nothing_more(enterprise, team, hook, tasks_list):
    """Tokens end and webhooks stop; tasks keep their creator."""
    jonas, user = as_member(enterprise, "Jonas"), id_of(enterprise, "Jonas")
    task = jonas.post(f"/v2/list/{tasks_list}/task", {"name": "mine"})
    jonas.post(f"{team}/webhook", {"endpoint": hook.url, "events": "*"})
    enterprise.post(f"{team}/group", {"name": "On Call", "members": [user]})
    enterprise.delete(f"{team}/user/{user}")
    (group,) = enterprise.get("/v2/group", team_id=enterprise.sandbox.team_id)["groups"]
    assert group["members"] == []
    enterprise.put(f"/v2/task/{task['id']}", {"name": "theirs"})
    assert enterprise.sandbox.control.deliveries.wait_idle(10)

    assert jonas.refused("GET", "/v2/user") == (401, "OAUTH_025")
    assert hook.received == []
    assert enterprise.get(f"/v2/task/{task['id']}")["creator"]["id"] == user
    (workspace,) = enterprise.get("/v2/team")["teams"]
    assert user not in [member["user"]["id"] for member in workspace["members"]]


def test_an_invited_guest_sees_what_is_shared(enterprise, team, tasks_list):
    """One task, to the level given; then nothing."""
    invited = enterprise.post(f"{team}/guest", {"email": "guest@example.com"})
    guest = invited["team"]["members"][0]["user"]["id"]
    caller = as_member(enterprise, "guest")
    shared_task, hidden_task = (
        f"/v2/task/{enterprise.post(f'/v2/list/{tasks_list}/task', {'name': name})['id']}"
        for name in "ab"
    )
    assert caller.refused("GET", shared_task) == (401, "ACCESS_083")
    enterprise.post(f"{shared_task}/guest/{guest}", {"permission_level": "comment"})

    assert caller.get(shared_task)["name"] == "a"
    assert caller.get(f"{team}/shared")["shared"]["tasks"][0]["name"] == "a"
    assert caller.call("POST", f"{shared_task}/comment", json={"comment_text": "hi"}).ok
    assert caller.refused("PUT", shared_task, json={"name": "z"}) == (401, "ACCESS_083")
    assert caller.refused("GET", hidden_task) == (401, "ACCESS_083")
    assert caller.refused("POST", f"{shared_task}/guest/{guest}", json={})[0] == 401
    enterprise.delete(f"{shared_task}/guest/{guest}")
    assert caller.refused("GET", shared_task) == (401, "ACCESS_083")


def test_a_guest_who_cannot_see_a_task_is_assigned_by_nobody(enterprise, team, tasks_list):
    """The answer is a 200 that assigns nobody; once the task is shared, it assigns."""
    invited = enterprise.post(f"{team}/guest", {"email": "guest@example.com"})
    guest = invited["team"]["members"][0]["user"]["id"]
    task = f"/v2/task/{enterprise.post(f'/v2/list/{tasks_list}/task', {'name': 'a'})['id']}"
    assert enterprise.put(task, {"assignees": {"add": [guest]}})["assignees"] == []
    enterprise.post(f"{task}/guest/{guest}", {"permission_level": "comment"})
    assigned = enterprise.put(task, {"assignees": {"add": [guest]}})["assignees"]
    assert [person["id"] for person in assigned] == [guest]


def test_somebody_removed_can_be_invited_again(enterprise, team):
    """With the same user id."""
    user = id_of(enterprise, "Jonas")
    enterprise.delete(f"{team}/user/{user}")
    invited = enterprise.post(f"{team}/user", {"email": "jonas@example.com", "admin": False})

    assert invited["team"]["members"][0]["user"]["id"] == user
    assert as_member(enterprise, "Jonas").get("/v2/user")["user"]["id"] == user


def test_the_audit_log_is_for_the_owner_of_an_enterprise_workspace(api):
    """Others get a refusal in the envelope of v3."""
    path = f"/v3/workspaces/{api.sandbox.team_id}/auditlogs"
    assert as_member(api, "Maria").call("POST", path, json={}).status_code == 400
    api.sandbox.control.ui_actions.set_plan("Enterprise")

    assert api.call("POST", path, json={}).status_code == 401
    assert as_member(api, "Maria").call("POST", path, json={}).status_code == 200


def test_the_audit_log_names_who_did_what(enterprise, team, tasks_list):
    """Users, groups, tasks and fields, each under its applicability; filters; pages."""
    clock = enterprise.sandbox.control.clock
    clock.freeze(1_700_000_000_000)
    enterprise.post(f"{team}/user", {"email": "a@example.com", "admin": False})
    clock.advance(1_000)
    enterprise.post(f"{team}/group", {"name": "On Call"})
    enterprise.sandbox.control.create_field("Model", "short_text")
    task = enterprise.post(f"/v2/list/{tasks_list}/task", {"name": "x"})["id"]
    enterprise.put(f"/v2/task/{task}", {"priority": 1})

    rows = audit(enterprise, applicability="auth-and-security")
    assert [row["eventType"] for row in rows] == ["TEAM_CREATED", "INVITE_TO_WORKSPACE"]
    page = {"pageRows": 1, "pageTimestamp": rows[0]["timestamp"], "pageDirection": "before"}
    assert audit(enterprise, pagination=page) == rows[1:]
    assert audit(enterprise, filter={"userId": ["1"]}) == []
    assert audit(enterprise, filter={"eventType": ["TEAM_CREATED"]}) == rows[:1]
    of_tasks = audit(enterprise, applicability="hierarchy-activity")
    assert {row["eventType"] for row in of_tasks} == {"TASK_CREATED", "TASK_PRIORITY_CHANGED"}
    assert [row["target"] for row in audit(enterprise, applicability="custom-fields")] == ["Model"]


def test_merging_moves_time_and_reports_the_lost_task(api, team, hook, listening, tasks_list):
    """taskDeleted for the source, taskUpdated for the target."""
    target, source = (
        api.post(f"/v2/list/{tasks_list}/task", {"name": name, "description": name})["id"]
        for name in "ab"
    )
    body = {"start": 1, "duration": 60_000, "tid": source}
    api.post(f"{team}/time_entries", body)
    api.post(f"/v2/task/{target}/merge", {"source_task_ids": [source]})
    assert api.sandbox.control.deliveries.wait_idle(10)

    merged = api.get(f"/v2/task/{target}")
    assert (merged["time_spent"], merged["description"]) == (60_000, "a\n\nb")
    task_ids = [
        request.body["task_id"] for request in hook.received if request.event == "taskDeleted"
    ]
    assert task_ids == [source]
    assert "merged_task" in [item["field"] for item in hook.items("taskUpdated")]


def test_a_guest_merges_only_what_they_may_edit(api, tasks_list):
    """403, as documented."""
    inbox = api.sandbox.control.list_id("Inbox")
    mine = api.post(f"/v2/list/{tasks_list}/task", {"name": "a"})["id"]
    hidden = api.post(f"/v2/list/{inbox}/task", {"name": "b"})["id"]
    api.sandbox.control.ui_actions.set_role("Jonas", "guest", shares={"Tasks": "edit"})
    body = {"source_task_ids": [hidden]}

    answer = as_member(api, "Jonas").call("POST", f"/v2/task/{mine}/merge", json=body)
    assert answer.status_code == 403
    assert api.get(f"/v2/task/{hidden}")["name"] == "b"


def test_privacy_of_a_space_and_a_field(api, hook, listening):
    """A Space shows it, and an event reports it; what is not there is 404."""
    team, space = api.sandbox.team_id, api.sandbox.control.space_id("Team")
    field = api.sandbox.control.create_field("Model", "short_text").id

    def patch(kind, object_id):
        path = f"/v3/workspaces/{team}/{kind}/{object_id}/acls"
        return api.call("PATCH", path, json={"private": True}).status_code

    assert (patch("space", space), patch("customField", field)) == (200, 200)
    assert api.get(f"/v2/space/{space}")["private"] is True
    assert (patch("customField", "x"), patch("whiteboard", "1")) == (404, 404)
    assert api.sandbox.control.deliveries.wait_idle(10)
    assert hook.events() == ["spaceUpdated"]


def test_a_group_s_access_is_its_members(api, tasks_list):
    """Given and taken with the group; unknown levels and people are refused."""
    maria = id_of(api, "Maria")
    team = api.sandbox.team_id
    group = api.post(f"/v2/team/{team}/group", {"name": "g", "members": [maria]})["id"]
    path = f"/v3/workspaces/{team}/list/{tasks_list}/acls"

    def patch(kind, object_id, level):
        entry = {"kind": kind, "id": str(object_id), "permission_level": level}
        return api.call("PATCH", path, json={"entries": [entry]}).status_code

    assert patch("group", group, 4) == 200
    shared = as_member(api, "Maria").get(f"/v2/team/{team}/shared")["shared"]
    assert shared["lists"][0]["permission_level"] in ("edit", "create")
    assert (patch("user", maria, 2), patch("user", 1, 4), patch("group", "x", 4)) == (400, 400, 400)
    assert patch("group", group, None) == 200
    assert as_member(api, "Maria").get(f"/v2/team/{team}/shared")["shared"]["lists"] == []
