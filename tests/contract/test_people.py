"""Members, guests, access and the audit log agree with ClickUp's official documents."""

from typing import Any

import pytest

from tests.contract.conftest import Caller

PERMISSIONS = {"can_edit_tags": True, "can_see_time_spent": True}


@pytest.fixture
def enterprise(call: Caller) -> Caller:
    call.control.ui_actions.set_plan("Enterprise")
    return call


@pytest.fixture
def guest(enterprise: Caller) -> int:
    body = {"email": "guest@example.com", **PERMISSIONS}
    created: dict[str, Any] = enterprise("POST", f"/v2/team/{enterprise.team}/guest", json=body)
    return int(created["team"]["members"][0]["user"]["id"])


def test_members(enterprise):
    """Invite, read, change, remove; seats follow."""
    call, path = enterprise, f"/v2/team/{enterprise.team}/user"
    team = call("POST", path, json={"email": "new@example.com", "admin": True})["team"]
    user = team["members"][0]["user"]
    assert (user["role"], user["date_joined"]) == (2, None)
    call("POST", path, 400, json={"email": "new@example.com", "admin": True})
    seats = call("GET", f"/v2/team/{call.team}/seats")
    assert seats["members"]["filled_members_seats"] == 4
    body = {"username": "Nora New", "admin": False, "custom_role_id": None}
    changed = call("PUT", f"{path}/{user['id']}", json=body)["member"]["user"]
    assert (changed["username"], changed["role"]) == ("Nora New", 3)
    call("GET", f"{path}/{user['id']}", params={"include_shared": "false"})
    call("DELETE", f"{path}/{user['id']}")
    call("GET", f"{path}/{user['id']}", 404)


def test_custom_roles(enterprise):
    """One that somebody has can be given to others."""
    call = enterprise
    call.control.ui_actions.set_role("Jonas", "member", custom="Annotator")
    (role,) = call("GET", f"/v2/team/{call.team}/customroles")["custom_roles"]
    maria = f"/v2/team/{call.team}/user"
    body = {"email": "x@example.com", "admin": False, "custom_role_id": role["id"]}
    (member,) = call("POST", maria, json=body)["team"]["members"]
    assert member["user"]["custom_role"] == {"id": role["id"], "name": "Annotator"}
    call("POST", maria, 400, json={**body, "email": "y@example.com", "custom_role_id": 1})


def test_guests(enterprise, guest, task):
    """A guest is given a task, a List and a Folder, and loses them again."""
    call, path = enterprise, f"/v2/team/{enterprise.team}/guest/{guest}"
    assert call("PUT", path, json={"can_create_views": True})["guest"]["can_create_views"] is True
    read = {"permission_level": "read"}
    for kind, place in (("task", task), ("list", task["list"]), ("folder", task["folder"])):
        share_path = f"/v2/{kind}/{place['id']}/guest/{guest}"
        shared = call("POST", share_path, json=read)["guest"]["shared"][f"{kind}s"]
        assert [(x["id"], x["permission_level"]) for x in shared] == [(place["id"], "read")]
        assert call("DELETE", share_path)["guest"]["shared"][f"{kind}s"] == []
    call("POST", f"/v2/task/{task['id']}/guest/{guest}", 400, json={"permission_level": "all"})
    assert call("GET", path)["guest"]["can_edit_tags"] is True
    call("DELETE", path)
    call("GET", path, 404)


def test_shared_hierarchy(enterprise, task):
    """What is shared with the caller."""
    call, me = enterprise, enterprise("GET", "/v2/user")["user"]["id"]
    places = {"list": task["list"]["id"], "folder": task["folder"]["id"], "task": task["id"]}
    for kind, place in places.items():
        entries = [{"kind": "user", "id": str(me), "permission_level": 4}]
        path = f"/v3/workspaces/{call.team}/{kind}/{place}/acls"
        call("PATCH", path, json={"private": True, "entries": entries})
    shared = call("GET", f"/v2/team/{call.team}/shared")["shared"]
    assert {k: shared[f"{k}s"][0]["id"] for k in places} == places
    call("PATCH", f"/v3/workspaces/{call.team}/dashboard/1/acls", 404, json={"private": True})


def test_merging(call, list_id, task):
    """The source's comments, tags and subtasks are the target's; the source is gone."""
    source = call("POST", f"/v2/list/{list_id}/task", json={"name": "Same", "tags": ["cuda"]})
    child = call("POST", f"/v2/list/{list_id}/task", json={"name": "c", "parent": source["id"]})
    call("POST", f"/v2/task/{source['id']}/comment", json={"comment_text": "seen"})
    path = f"/v2/task/{task['id']}/merge"
    call("POST", path, 400, json={"source_task_ids": [task["id"]]})
    call("POST", path, 404, json={"source_task_ids": ["nope"]})
    call("POST", f"/v2/task/{child['id']}/merge", 400, json={"source_task_ids": [source["id"]]})
    call("POST", path, json={"source_task_ids": [source["id"]]})
    merged = call("GET", f"/v2/task/{task['id']}", params={"include_subtasks": "true"})
    assert [tag["name"] for tag in merged["tags"]] == ["gpu", "cuda"]
    assert [subtask["id"] for subtask in merged["subtasks"]] == [child["id"]]
    assert call("GET", f"/v2/task/{task['id']}/comment")["comments"][0]["comment_text"] == "seen"
    call("GET", f"/v2/task/{source['id']}", 404)


def test_mentions_and_subtypes(call):
    """Who is tagged in a message; four kinds of posts."""
    maria, path = call.control.member("Maria"), f"/v3/workspaces/{call.team}"
    channel = call("POST", f"{path}/chat/channels", 201, json={"name": "ops"})["data"]["id"]
    body = {"type": "message", "content": f"[@Maria](#user_mention#{maria.id}) look"}
    message = call("POST", f"{path}/chat/channels/{channel}/messages", 201, json=body)
    (tagged,) = call("GET", f"{path}/chat/messages/{message['id']}/tagged_users")["data"]
    assert tagged["id"] == str(maria.id)
    kinds = call("GET", f"{path}/comments/types/post/subtypes")["data"]
    assert [kind["name"] for kind in kinds] == ["Announcement", "Discussion", "Idea", "Update"]
    call("GET", f"{path}/comments/types/nonsense/subtypes", 400)
    call("GET", f"{path}/chat/messages/1/tagged_users", 404)
