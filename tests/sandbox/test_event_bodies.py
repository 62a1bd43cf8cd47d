"""What events say, field by field, as in the official payload samples."""

import json

import pytest


@pytest.fixture
def task(api, listening, hook, tasks_list):
    """A task whose creation was reported already."""
    task_id = api.post(f"/v2/list/{tasks_list}/task", {"name": "x"})["id"]
    settle(api)
    hook.received.clear()
    return task_id


def settle(api):
    assert api.sandbox.control.deliveries.wait_idle(10)


def only(api, hook, event):
    """The items of the one event of this kind; taskUpdated carries the same ones."""
    settle(api)
    (request,) = [request for request in hook.received if request.event == event]
    general = [
        request.body["history_items"] for request in hook.received if request.event == "taskUpdated"
    ]
    assert general == [request.body["history_items"]]
    return request.body["history_items"]


def test_a_reply_is_a_comment_with_its_parent_beside_it(api, hook, task):
    """taskCommentPosted for the task, `after` the reply's id, with `parent_comment`."""
    parent = api.post(f"/v2/task/{task}/comment", {"comment_text": "which GPU?"})
    settle(api)
    hook.received.clear()
    reply = api.post(f"/v2/comment/{parent['id']}/reply", {"comment_text": "the A100"})

    (item,) = only(api, hook, "taskCommentPosted")
    assert {request.body["task_id"] for request in hook.received} == {task}
    assert (item["id"], item["field"], item["after"]) == (
        reply["hist_id"],
        "comment",
        str(reply["id"]),
    )
    assert item["comment"]["text_content"] == "the A100\n"
    assert item["parent_comment"]["id"] == str(parent["id"])


@pytest.mark.parametrize("change", [{"comment_text": "now"}, {"resolved": True}])
def test_an_edited_comment_names_its_id(api, hook, task, change):
    """Whatever was edited, `after` of taskCommentUpdated is the comment's id."""
    comment = api.post(f"/v2/task/{task}/comment", {"comment_text": "first"})
    settle(api)
    hook.received.clear()
    api.put(f"/v2/comment/{comment['id']}", change)

    (item,) = only(api, hook, "taskCommentUpdated")
    assert (item["field"], item["before"], item["after"]) == ("comment", None, str(comment["id"]))


def test_an_attachment_is_named_by_its_id(api, hook, task):
    """Field `attachments`, `after` an id, and the attachment beside it."""
    file = {"attachment": ("a.txt", b"x")}
    attachment = api.call("POST", f"/v2/task/{task}/attachment", files=file).json()
    settle(api)

    (item,) = hook.items("taskUpdated")
    assert (item["field"], item["before"], item["after"]) == ("attachments", None, attachment["id"])
    assert [attachment["title"] for attachment in item["attachments"]] == ["a.txt"]


def test_checklist_items_are_named_by_id_and_resolved_by_word(api, hook, task):
    """An added item's UUID; `"false"` and `"true"` of a resolved one; checklist and item beside."""
    checklist = api.post(f"/v2/task/{task}/checklist", {"name": "c"})["checklist"]
    path = f"/v2/checklist/{checklist['id']}/checklist_item"
    item_id = api.post(path, {"name": "i"})["checklist"]["items"][0]["id"]
    api.put(f"{path}/{item_id}", {"resolved": True})
    settle(api)

    by_field = {item["field"]: item for item in hook.items("taskUpdated")}
    added, resolved = by_field["checklist_items_added"], by_field["checklist_item_resolved"]
    assert (added["before"], added["after"]) == (None, item_id)
    assert [item["id"] for item in added["checklist_items"]] == [item_id]
    assert (resolved["before"], resolved["after"]) == ("false", "true")
    assert resolved["checklist_item"]["id"] == item_id
    assert {item["checklist"]["id"] for item in (added, resolved)} == {checklist["id"]}


def test_a_time_estimate_is_a_string_with_its_words_beside_it(api, hook, task):
    """`"5400000"`, and in `data` the number and `1 hour 30 minutes`."""
    api.put(f"/v2/task/{task}", {"time_estimate": 5_400_000})

    (item,) = only(api, hook, "taskTimeEstimateUpdated")
    assert (item["before"], item["after"]) == (None, "5400000")
    assert item["data"] == {
        "time_estimate_string": "1 hour 30 minutes",
        "old_time_estimate_string": None,
        "rolled_up_time_estimate": 5_400_000,
        "time_estimate": 5_400_000,
        "time_estimates_by_user": [],
    }


def test_a_due_date_says_whether_it_has_a_time(api, hook, task):
    """Strings of milliseconds; `due_date_time` and `old_due_date_time` in `data`."""
    api.put(f"/v2/task/{task}", {"due_date": 1_642_701_600_000})
    settle(api)
    hook.received.clear()
    api.put(f"/v2/task/{task}", {"due_date": 1_643_608_800_000, "due_date_time": True})

    (item,) = only(api, hook, "taskDueDateUpdated")
    assert (item["before"], item["after"]) == ("1642701600000", "1643608800000")
    assert item["data"] == {"due_date_time": True, "old_due_date_time": False}


def test_a_due_date_after_a_start_date_changes_the_duration_first(api, hook, task):
    """The item `duration` stands before `due_date` in the same event."""
    start = 1_642_701_600_000
    api.put(f"/v2/task/{task}", {"start_date": start})
    settle(api)
    hook.received.clear()
    api.put(f"/v2/task/{task}", {"due_date": start + 16 * 86_400_000})

    duration, due = only(api, hook, "taskDueDateUpdated")
    assert (duration["field"], duration["after"]) == ("duration", ", , , , , 23040 minutes")
    assert due["field"] == "due_date"


def test_a_description_is_reported_as_the_editor_keeps_it(api, hook, task):
    """A Quill delta in a string."""
    api.put(f"/v2/task/{task}", {"description": "now"})
    settle(api)

    (item,) = hook.items("taskUpdated")
    assert (item["field"], item["before"]) == ("content", None)
    assert json.loads(item["after"]) == {"ops": [{"insert": "now\n"}]}


def test_a_custom_date_is_a_string(api, hook, task):
    """Milliseconds as a string, before and after."""
    field = api.sandbox.control.create_field("Deadline", "date")
    for value in (1_667_367_645_000, 1_667_367_646_000):
        api.post(f"/v2/task/{task}/field/{field.id}", {"value": value})
    settle(api)

    values = [(item["before"], item["after"]) for item in hook.items("taskUpdated")]
    assert sorted(values, key=str) == [
        ("1667367645000", "1667367646000"),
        (None, "1667367645000"),
    ]


def test_each_change_of_a_list_is_reported(api, hook, listening, tasks_list):
    """listUpdated for name, content, priority and due date; none for what stays."""
    changes = {"name": "Now", "content": "text", "priority": 2, "due_date": 1_642_701_600_000}
    for body in (changes, changes):
        api.put(f"/v2/list/{tasks_list}", body)
    settle(api)

    by_field = {item["field"]: item for item in hook.items("listUpdated")}
    assert len(hook.received) == len(by_field) == 4
    assert {item["type"] for item in by_field.values()} == {6}
    assert (by_field["name"]["before"], by_field["name"]["after"]) == ("Tasks", "Now")
    assert by_field["priority"]["after"]["priority"] == "high"
    assert by_field["due_date"]["after"] == "1642701600000"
    assert json.loads(by_field["content"]["after"]) == {"ops": [{"insert": "text\n"}]}
