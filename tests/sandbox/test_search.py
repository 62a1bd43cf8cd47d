"""Reading many tasks: filters, order, pages."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickup_mlops.sandbox import Sandbox
from clickup_mlops.sandbox.clickup.state.tasks.search import PAGE, Query, Search


@pytest.fixture
def names(api, tasks_list):
    def read(path=f"/v2/list/{tasks_list}/task", **params):
        return [task["name"] for task in api.get(path, **params)["tasks"]]

    return read


def create(api, list_id, name, **body):
    return api.post(f"/v2/list/{list_id}/task", {"name": name, **body})


def test_a_hundred_per_page_and_last_page(api, tasks_list):
    """Pages are fixed at 100; the last one says so; beyond it there is nothing."""
    api.sandbox.control.add_tasks("Tasks", [{"name": str(n)} for n in range(250)])
    pages = [api.get(f"/v2/list/{tasks_list}/task", page=n) for n in range(4)]

    assert [len(page["tasks"]) for page in pages] == [100, 100, 50, 0]
    assert [page["last_page"] for page in pages] == [False, False, True, True]
    assert len({task["id"] for page in pages for task in page["tasks"]}) == 250


def test_closed_and_subtasks_are_left_out_unless_wanted(api, tasks_list, names):
    """include_closed and subtasks bring them back."""
    parent = create(api, tasks_list, "parent")
    create(api, tasks_list, "child", parent=parent["id"])
    create(api, tasks_list, "done", status="complete")

    assert names() == ["parent"]
    assert set(names(include_closed="true")) == {"parent", "done"}
    assert set(names(subtasks="true")) == {"parent", "child"}
    assert names(**{"statuses[]": "complete"}) == ["done"]


def test_newest_first_unless_reversed(api, tasks_list, names):
    """The default order is by creation, newest first; order_by and reverse change it."""
    clock = api.sandbox.control.clock
    for name, due in (("a", 3), ("b", 1), ("c", 2)):
        create(api, tasks_list, name, due_date=due)
        clock.advance(1000)
    api.put(f"/v2/task/{api.sandbox.control.find('a').id}", {"priority": 1})

    assert names() == ["c", "b", "a"]
    assert names(reverse="true") == ["a", "b", "c"]
    assert names(order_by="updated") == ["a", "c", "b"]
    assert names(order_by="due_date", reverse="true") == ["b", "c", "a"]


def test_dates_assignees_and_tags(api, tasks_list, names):
    """The _gt and _lt filters are exclusive; arrays match any of theirs."""
    maria = api.sandbox.control.member("Maria").id
    create(api, tasks_list, "a", due_date=1000, tags=["gpu"])
    create(api, tasks_list, "b", due_date=2000, assignees=[maria])

    assert names(due_date_gt=1000) == ["b"]
    assert names(due_date_lt=2000) == ["a"]
    assert names(**{"assignees[]": maria}) == ["b"]
    assert names(**{"tags[]": ["gpu", "other"]}) == ["a"]
    updated = int(api.sandbox.control.task("b")["date_updated"])
    assert "b" not in names(date_updated_gt=updated)


def test_the_workspace_read_narrows_by_place(api, tasks_list, names):
    """list_ids, project_ids (folders) and space_ids."""
    inbox = api.sandbox.control.list_id("Inbox")
    create(api, tasks_list, "in tasks")
    create(api, inbox, "in inbox")
    task_list = api.get(f"/v2/list/{tasks_list}")
    path = f"/v2/team/{api.sandbox.team_id}/task"

    assert set(names(path)) == {"in tasks", "in inbox"}
    assert names(path, **{"list_ids[]": inbox}) == ["in inbox"]
    assert names(path, **{"project_ids[]": task_list["folder"]["id"]}) == ["in tasks"]
    assert set(names(path, **{"space_ids[]": task_list["space"]["id"]})) == {"in tasks", "in inbox"}


def test_an_array_sent_as_a_scalar_is_refused(api, tasks_list):
    """PUBAPITASK_014: it must be statuses[]."""
    path = f"/v2/list/{tasks_list}/task?statuses=open"

    assert api.refused("GET", path) == (400, "PUBAPITASK_014")


@pytest.mark.parametrize(
    ("operator", "value", "matches"),
    [
        ("=", 100, "a"),
        (">", 100, "b"),
        (">=", 100, "ab"),
        ("<", 300, "a"),
        ("RANGE", [50, 150], "a"),
        ("RANGE", {"low_value": 150, "high_value": 400}, "b"),
        ("IS NULL", None, "c"),
        ("IS NOT NULL", None, "ab"),
        ("!=", 100, "bc"),
    ],
)
def test_number_fields_can_be_filtered(api, tasks_list, names, operator, value, matches):
    """Each documented operator on a number."""
    field = api.sandbox.control.create_field("P99 latency ms", "number")
    for name, number in (("a", 100), ("b", 300)):
        body = {"custom_fields": [{"id": field.id, "value": number}]}
        create(api, tasks_list, name, **body)
    create(api, tasks_list, "c")
    condition = {"field_id": field.id, "operator": operator, "value": value}

    assert sorted(names(custom_fields=json.dumps([condition]))) == list(matches)


@pytest.mark.parametrize(
    ("operator", "chosen", "matches"),
    [
        ("ANY", [0, 1], "abc"),
        ("ALL", [0, 1], "b"),
        ("NOT ANY", [0], "c"),
        ("NOT ALL", [0, 1], "ac"),
    ],
)
def test_label_fields_can_be_filtered(api, tasks_list, names, operator, chosen, matches):
    """Any, all, and their opposites."""
    field = api.sandbox.control.create_field("Impact", "labels", choices=["cost", "users"])
    ids = [option["id"] for option in field.type_config["options"]]
    for name, value in (("a", ids[:1]), ("b", ids), ("c", ids[1:])):
        create(api, tasks_list, name, custom_fields=[{"id": field.id, "value": value}])
    condition = {"field_id": field.id, "operator": operator, "value": [ids[n] for n in chosen]}

    assert sorted(names(custom_fields=json.dumps([condition]))) == list(matches)


@settings(deadline=None, max_examples=40)
@given(
    due=st.lists(st.one_of(st.none(), st.integers(1, 5)), min_size=1, max_size=230),
    order=st.sampled_from(["id", "created", "updated", "due_date"]),
    reverse=st.booleans(),
)
def test_pages_hold_each_task_once(due, order, reverse):
    """Whatever the order, the pages together are all tasks, none twice."""
    sandbox = Sandbox()
    try:
        task_ids = sandbox.control.add_tasks("Tasks", [{"name": "x", "due_date": d} for d in due])
        search = Search(sandbox.world)
        query = Query(order_by=order, reverse=reverse)
        pages = len(due) // PAGE + 1
        read = [task.id for n in range(pages) for task in search.page(sandbox.team_id, query, n)[0]]
    finally:
        sandbox.close()

    assert sorted(read) == sorted(task_ids)


def test_a_read_after_a_write_shows_the_write(api, tasks_list):
    """The kept JSON of a task never outlives a change of it or of what it repeats."""
    task = create(api, tasks_list, "x")
    path = f"/v2/list/{tasks_list}/task"
    api.get(path)
    api.put(f"/v2/task/{task['id']}", {"priority": 1})
    assert api.get(path)["tasks"][0]["priority"]["id"] == "1"
    api.put(f"/v2/list/{tasks_list}", {"name": "Renamed"})
    assert api.get(path)["tasks"][0]["list"]["name"] == "Renamed"


@pytest.mark.parametrize("operator", ["<", "<=", ">", ">=", "RANGE"])
def test_what_has_no_order_is_not_compared(api, tasks_list, operator):
    """A comparison on a field without an order is a 400, as is one without its values."""
    path = f"/v2/list/{tasks_list}/task"
    for kind, value in (("text", "1"), ("text", [1, 2]), ("users", 1), ("number", "x")):
        field = api.sandbox.control.create_field(kind, kind)
        create(api, tasks_list, "x")
        condition = {"field_id": field.id, "operator": operator, "value": value}
        assert api.refused("GET", path, params={"custom_fields": json.dumps([condition])})[0] == 400


@pytest.mark.parametrize("text", ["²", "9" * 5000, "-1", "1.5", "1e3", ""])
def test_a_page_that_is_no_number_is_a_400(api, tasks_list, text):
    """Whatever else Python would take for digits."""
    assert api.refused("GET", f"/v2/list/{tasks_list}/task", params={"page": text})[0] == 400
