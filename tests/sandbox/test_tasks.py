"""Tasks behave as ClickUp's do, oddities included."""

import pytest


@pytest.fixture
def task(api, tasks_list):
    return api.post(f"/v2/list/{tasks_list}/task", {"name": "Serve the model"})


def test_ids_and_times_have_the_real_shapes(task):
    """Short ids, numeric strings, times as strings, a 32-decimal orderindex."""
    assert len(task["id"]) == 9
    assert task["id"].isalnum()
    assert task["list"]["id"].isdigit()
    assert task["date_created"].isdigit()
    assert len(task["orderindex"].partition(".")[2]) == 32
    assert task["time_estimate"] is None
    assert set(task["space"]) == {"id"}


def test_a_string_priority_sets_nothing(api, task):
    """ "high" is accepted and ignored; 1 to 4 and null are what counts."""
    path = f"/v2/task/{task['id']}"

    assert api.put(path, {"priority": "high"})["priority"] is None
    assert api.put(path, {"priority": 1})["priority"]["priority"] == "urgent"
    assert api.put(path, {"priority": None})["priority"] is None


def test_put_ignores_custom_fields_and_tags(api, task):
    """They have endpoints of their own; PUT drops them with 200."""
    field = api.sandbox.control.create_field("Model", "short_text")
    body = {"tags": ["x"], "custom_fields": [{"id": field.id, "value": "chat"}]}
    changed = api.put(f"/v2/task/{task['id']}", body)

    assert changed["tags"] == []
    assert "value" not in changed["custom_fields"][0]


def test_flat_assignees_become_watchers(api, task):
    """A flat array answers 200 and assigns nobody; the delta form assigns."""
    maria = api.sandbox.control.member("Maria").id
    path = f"/v2/task/{task['id']}"
    flat = api.put(path, {"assignees": [maria]})
    assert flat["assignees"] == []
    assert maria in [watcher["id"] for watcher in flat["watchers"]]

    assigned = api.put(path, {"assignees": {"add": [maria], "rem": []}})
    assert [assignee["id"] for assignee in assigned["assignees"]] == [maria]
    removed = api.put(path, {"assignees": {"rem": [maria]}})
    assert removed["assignees"] == []


def test_a_blank_clears_the_description(api, task):
    """An empty description is written as a single blank."""
    path = f"/v2/task/{task['id']}"
    api.put(path, {"description": "text"})

    assert api.put(path, {"description": " "})["description"] == ""


@pytest.mark.parametrize("key", ["description", "markdown_content", "markdown_description"])
def test_every_description_key_is_taken(api, tasks_list, key):
    """Clients disagree about the key; each of the three works."""
    task = api.post(f"/v2/list/{tasks_list}/task", {"name": "x", key: "some *text*"})
    path = f"/v2/task/{task['id']}"
    answered = api.get(path, include_markdown_description="true")

    assert answered["markdown_description"] == "some *text*"
    assert "markdown_description" not in api.get(path)


def test_parent_null_does_not_un_nest(api, task, tasks_list):
    """A subtask stays one."""
    child = api.post(f"/v2/list/{tasks_list}/task", {"name": "child", "parent": task["id"]})
    assert child["top_level_parent"] == task["id"]

    assert api.put(f"/v2/task/{child['id']}", {"parent": None})["parent"] == task["id"]
    answered = api.get(f"/v2/task/{task['id']}", include_subtasks="true")
    assert [subtask["id"] for subtask in answered["subtasks"]] == [child["id"]]


def test_an_unknown_status_is_refused_and_changes_nothing(api, task):
    """ITEM_114, and the other keys of the request are not applied either."""
    path = f"/v2/task/{task['id']}"

    assert api.refused("PUT", path, json={"name": "new", "status": "nope"}) == (400, "ITEM_114")
    assert api.get(path)["name"] == "Serve the model"


def test_closing_and_reopening(api, task):
    """A closed status sets date_closed; an open one takes it away."""
    path = f"/v2/task/{task['id']}"

    assert api.put(path, {"status": "Complete"})["date_closed"].isdigit()
    assert api.put(path, {"status": "to do"})["date_closed"] is None


def test_a_date_string_is_a_bare_400(api, task):
    """Milliseconds or nothing; the answer names no key."""
    answer = api.call("PUT", f"/v2/task/{task['id']}", json={"due_date": "2026-11-25"})

    assert answer.status_code == 400
    assert "due_date" not in answer.text


def test_deleting_answers_204_and_writes_to_the_dead_do_nothing(api, task):
    """DELETE has no body; a field write to a deleted task is 200 without effect."""
    field = api.sandbox.control.create_field("Model", "short_text")
    answer = api.call("DELETE", f"/v2/task/{task['id']}")
    assert (answer.status_code, answer.content) == (204, b"")

    assert api.post(f"/v2/task/{task['id']}/field/{field.id}", {"value": "x"}) == {}
    assert api.refused("GET", f"/v2/task/{task['id']}") == (404, "ITEM_013")


def test_unknown_places_are_404_access_999(api):
    """No access and not there look the same."""
    for path in ("/v2/list/1", "/v2/folder/1", "/v2/space/1", "/v2/view/1"):
        assert api.refused("GET", path) == (404, "ACCESS_999")


def test_unknown_routes_are_404(api):
    """404 APP_001 for what ClickUp has not."""
    assert api.refused("GET", "/v2/nonsense") == (404, "APP_001")
    assert api.refused("POST", "/v2/list/1/field", json={"name": "x"}) == (404, "APP_001")


def test_a_list_cannot_be_moved(api, tasks_list):
    """PUT list ignores folder_id with 200."""
    before = api.get(f"/v2/list/{tasks_list}")["folder"]

    assert api.put(f"/v2/list/{tasks_list}", {"folder_id": "1"})["folder"] == before


def test_statuses_in_a_space_update_are_dropped(api):
    """Accepted, and silently not applied."""
    (space,) = api.get(f"/v2/team/{api.sandbox.team_id}/space")["spaces"]
    body = {"statuses": [{"status": "new", "type": "open"}]}

    assert api.put(f"/v2/space/{space['id']}", body)["statuses"] == space["statuses"]


def test_custom_task_ids_need_the_team(api, task):
    """`custom_task_ids=true&team_id=` finds a task by its custom id."""
    api.sandbox.control.ui_actions.set_task_prefix("Team", "ML")
    team = api.sandbox.team_id

    answered = api.get("/v2/task/ML-1", custom_task_ids="true", team_id=team)
    assert (answered["id"], answered["custom_id"]) == (task["id"], "ML-1")
    assert api.refused("GET", "/v2/task/ML-1")[0] == 404
    assert api.refused("GET", "/v2/task/ML-1?custom_task_ids=true")[0] == 400


def test_custom_task_ids_count_on_in_their_space(api, task, tasks_list):
    """New tasks get the next one; a task that moves gets one of its new Space."""
    control = api.sandbox.control
    control.ui_actions.set_task_prefix("Team", "ML")
    path = f"/v2/list/{tasks_list}/task"
    assert [api.post(path, {"name": "x"})["custom_id"] for _ in range(2)] == ["ML-2", "ML-3"]

    space = api.post(f"/v2/team/{api.sandbox.team_id}/space", {"name": "Infra"})["id"]
    list_id = api.post(f"/v2/space/{space}/list", {"name": "Ops"})["id"]
    assert api.post(f"/v2/list/{list_id}/task", {"name": "x"})["custom_id"] is None
    control.ui_actions.set_task_prefix("Infra", "OPS")
    api.put(f"/v3/workspaces/{api.sandbox.team_id}/tasks/{task['id']}/home_list/{list_id}")
    assert api.get(f"/v2/task/{task['id']}")["custom_id"] == "OPS-2"


def test_a_guest_has_no_more_rights_by_custom_id(api, task):
    """What a task's own id is refused, its custom id is, too."""
    control, team = api.sandbox.control, api.sandbox.team_id
    control.ui_actions.set_task_prefix("Team", "ML")
    control.ui_actions.set_role("Jonas", "guest")
    headers = {"Authorization": api.sandbox.token_of("Jonas")}

    named = {"custom_task_ids": "true", "team_id": team}
    for path, params in ((f"/v2/task/{task['id']}", {}), ("/v2/task/ML-1", named)):
        answer = api.call("GET", path, headers=headers, params=params)
        assert answer.status_code == 401, path


def test_an_empty_end_of_a_dependency_is_none(api, task, tasks_list):
    """Both parameters of DELETE are documented as required, and one of them counts."""
    blocker = api.post(f"/v2/list/{tasks_list}/task", {"name": "other"})["id"]
    path = f"/v2/task/{task['id']}/dependency"
    api.post(path, {"depends_on": blocker})
    api.delete(path, depends_on=blocker, dependency_of="")

    assert api.get(f"/v2/task/{task['id']}")["dependencies"] == []
    assert api.refused("DELETE", path, params={"depends_on": "", "dependency_of": ""})[0] == 400


def test_a_deleted_task_takes_its_relations_along(api, task, tasks_list):
    """Links and dependencies, whichever end is deleted; those between others stay."""
    deleted, remaining = (
        api.post(f"/v2/list/{tasks_list}/task", {"name": name})["id"] for name in ("gone", "left")
    )
    api.post(f"/v2/task/{task['id']}/dependency", {"depends_on": deleted})
    api.post(f"/v2/task/{deleted}/dependency", {"depends_on": remaining})
    api.post(f"/v2/task/{task['id']}/dependency", {"depends_on": remaining})
    api.post(f"/v2/task/{remaining}/link/{deleted}")
    api.post(f"/v2/task/{remaining}/link/{task['id']}")
    api.delete(f"/v2/task/{deleted}")

    first, second = (api.get(f"/v2/task/{task_id}") for task_id in (task["id"], remaining))
    assert [dependency["depends_on"] for dependency in first["dependencies"]] == [remaining]
    assert [dependency["task_id"] for dependency in second["dependencies"]] == [task["id"]]
    assert [link["link_id"] for link in second["linked_tasks"]] == [task["id"]]


@pytest.mark.parametrize(("segment", "name"), [("gpu/", "gpu"), ("a/b", "a/b"), ("a%2F", "a/")])
def test_a_slash_at_the_end_is_not_part_of_a_tag(api, task, segment, name):
    """But one that was sent as `%2F` is."""
    api.post(f"/v2/task/{task['id']}/tag/{segment}")
    assert [tag["name"] for tag in api.get(f"/v2/task/{task['id']}")["tags"]] == [name]
    api.delete(f"/v2/task/{task['id']}/tag/{segment}")
    assert api.get(f"/v2/task/{task['id']}")["tags"] == []


def test_the_address_of_an_attachment_is_a_valid_one(api, task):
    """Whatever the file is called."""
    file = {"attachment": ("a b/#1?%.txt", b"x")}
    attachment = api.call("POST", f"/v2/task/{task['id']}/attachment", files=file).json()

    assert attachment["title"] == "a b/#1?%.txt"
    assert attachment["url"].endswith("/a%20b%2F%231%3F%25.txt")


def test_checklist_answers_have_the_documented_keys(api, task):
    """The time of creation once there is an item, the creator only in the task."""
    checklist = api.post(f"/v2/task/{task['id']}/checklist", {"name": "c"})["checklist"]
    path = f"/v2/checklist/{checklist['id']}/checklist_item"
    changed = api.post(path, {"name": "i"})["checklist"]
    (read_back,) = api.get(f"/v2/task/{task['id']}")["checklists"]

    assert set(changed) - set(checklist) == {"date_created"}
    assert set(read_back) - set(changed) == {"creator"}


def test_checklist_items_nest(api, task):
    """A parent lists its children; none is below itself; a parent goes with its children."""
    checklist = api.post(f"/v2/task/{task['id']}/checklist", {"name": "c"})["checklist"]
    path = f"/v2/checklist/{checklist['id']}/checklist_item"
    items = [api.post(path, {"name": n})["checklist"]["items"][-1]["id"] for n in "abc"]
    for child, parent in ((1, 0), (2, 1)):
        changed = api.put(f"{path}/{items[child]}", {"parent": items[parent]})["checklist"]

    assert [item["children"] for item in changed["items"]] == [[items[1]], [items[2]], []]
    assert api.refused("PUT", f"{path}/{items[0]}", json={"parent": items[2]})[0] == 400
    assert api.refused("PUT", f"{path}/{items[0]}", json={"parent": "x"})[0] == 404
    api.delete(f"{path}/{items[0]}")
    (read_back,) = api.get(f"/v2/task/{task['id']}")["checklists"]
    assert (read_back["items"], read_back["unresolved"]) == ([], 0)


@pytest.mark.parametrize(("name", "number"), [("SPACE", "4"), ("LIST", "6"), ("WORKSPACE", "12")])
def test_docs_are_found_by_the_type_of_their_parent(api, tasks_list, name, number):
    """By name and by number; another word is a 400."""
    team = api.sandbox.team_id
    place = {"SPACE": api.sandbox.control.space_id("Team"), "LIST": tasks_list}.get(name, team)
    docs = f"/v3/workspaces/{team}/docs"
    for kind, where in ((int(number), place), (5, api.sandbox.control.folder_id("Work"))):
        api.post(docs, {"name": name, "parent": {"id": where, "type": kind}})

    for kind in (name, number):
        assert [doc["name"] for doc in api.get(docs, parent_type=kind)["docs"]] == [name]
    assert api.refused("GET", docs, params={"parent_type": "space"})[0] == 400
    assert api.get(docs, archived="true")["docs"] == []


def test_moving_needs_the_status_or_a_mapping(api, task):
    """v3 move: a status that the destination lacks must be mapped."""
    control = api.sandbox.control
    control.set_statuses("Inbox", [{"status": "new", "type": "open", "color": "#000000"}])
    inbox = control.list_id("Inbox")
    target = f"/v3/workspaces/{api.sandbox.team_id}/tasks/{task['id']}/home_list/{inbox}"
    refused = api.call("PUT", target, json={})
    assert refused.status_code == 400
    assert set(refused.json()) == {"status", "message", "trace_id", "timestamp"}

    new = api.get(f"/v2/list/{inbox}")["statuses"][0]["id"]
    mapping = {"source_status_id": task["status"]["id"], "destination_status_id": new}
    api.put(target, {"status_mappings": [mapping]})
    assert api.get(f"/v2/task/{task['id']}")["status"]["status"] == "new"


def test_fields_come_along_only_if_asked(api, task):
    """The new List gets the fields that it lacks, or the values are lost."""
    control = api.sandbox.control
    for name in ("GPUs", "Model"):
        control.create_field(name, "short_text", list_name="Tasks")
        control.as_user("Maria").set_field(task["id"], name, "8")
    ids = {
        field["name"]: field["id"] for field in api.get(f"/v2/task/{task['id']}")["custom_fields"]
    }
    homes = f"/v3/workspaces/{api.sandbox.team_id}/tasks/{task['id']}/home_list"
    inbox, tasks = control.list_id("Inbox"), control.list_id("Tasks")

    api.put(f"{homes}/{inbox}", {"custom_fields_to_move": [ids["GPUs"]]})
    (field,) = api.get(f"/v2/task/{task['id']}")["custom_fields"]
    assert (field["id"], field["value"]) == (ids["GPUs"], "8")
    assert [field["id"] for field in api.get(f"/v2/list/{inbox}/field")["fields"]] == [ids["GPUs"]]

    api.put(f"{homes}/{tasks}", {"move_custom_fields": True})
    values = {
        field["name"]: field.get("value")
        for field in api.get(f"/v2/task/{task['id']}")["custom_fields"]
    }
    assert values == {"GPUs": "8", "Model": None}


def test_a_new_home_is_no_further_list_any_more(api, task):
    """A task that was shown there already just changes its home."""
    inbox = api.sandbox.control.list_id("Inbox")
    api.post(f"/v2/list/{inbox}/task/{task['id']}", {})
    api.put(f"/v3/workspaces/{api.sandbox.team_id}/tasks/{task['id']}/home_list/{inbox}", {})
    answered = api.get(f"/v2/task/{task['id']}")
    assert (answered["list"]["id"], answered["locations"]) == (inbox, [])


def test_comments_come_newest_first_25_at_a_time(api, task):
    """The next page starts at the date and id of the last comment."""
    control = api.sandbox.control
    control.clock.freeze()
    for number in range(60):
        control.as_user("Maria").comment(task["id"], f"comment {number}")
    path, texts = f"/v2/task/{task['id']}/comment", []
    page = api.get(path)["comments"]
    while page:
        assert len(page) <= 25
        texts += [comment["comment_text"] for comment in page]
        page = api.get(path, start=page[-1]["date"], start_id=page[-1]["id"])["comments"]

    assert texts == [f"comment {number}" for number in reversed(range(60))]


def test_comment_blocks_are_kept(api, task):
    """Blocks in, blocks and their plain text out."""
    blocks = [{"text": "p99 "}, {"text": "840 ms", "attributes": {"bold": True}}]
    api.post(f"/v2/task/{task['id']}/comment", {"comment": blocks, "notify_all": False})
    (comment,) = api.get(f"/v2/task/{task['id']}/comment")["comments"]

    assert comment["comment_text"] == "p99 840 ms"
    assert comment["comment"][1]["attributes"] == {"bold": True}


def test_two_places_beside_each_other_have_different_names(api):
    """Made or renamed: SUBCAT_016 for Lists, CAT_014 for Folders."""
    control = api.sandbox.control
    space, folder = control.space_id("Team"), control.folder_id("Work")
    assert api.refused("POST", f"/v2/space/{space}/folder", json={"name": "Work"})[1] == "CAT_014"
    path = f"/v2/folder/{folder}/list"
    first, two = (api.post(path, {"name": name})["id"] for name in ("One", "Two"))
    assert api.refused("POST", path, json={"name": "One"})[1] == "SUBCAT_016"
    assert api.refused("PUT", f"/v2/list/{two}", json={"name": "One"})[1] == "SUBCAT_016"
    api.put(f"/v2/list/{first}", {"name": "One"})
    api.post(f"/v2/space/{space}/list", {"name": "One"})


def test_checklists_in_docs_are_dropped_and_docs_stay(api):
    """Markdown keeps its other lines; a Doc can be neither renamed nor deleted (405)."""
    path = f"/v3/workspaces/{api.sandbox.team_id}/docs"
    doc = api.post(path, {"name": "d"})["id"]
    text = "# Roll-out\n- [ ] canary\n  - [x] drain\n- a list\n"
    body = {"name": "p", "content": text, "content_format": "text/md"}
    assert api.post(f"{path}/{doc}/pages", body)["content"] == "# Roll-out\n- a list\n"
    assert {api.call(way, f"{path}/{doc}", json={}).status_code for way in ("PUT", "DELETE")} == {
        405
    }


def test_doc_content_without_a_format_is_escaped(api):
    """Markdown stays markdown only with content_format text/md."""
    path = f"/v3/workspaces/{api.sandbox.team_id}/docs"
    doc = api.post(path, {"name": "d"})["id"]
    page = api.post(f"{path}/{doc}/pages", {"name": "p", "content": "# T"})

    assert page["content"] == "\\# T"
