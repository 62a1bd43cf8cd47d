"""Which tasks a view shows."""

import pytest


@pytest.fixture
def show_view(api, tasks_list):
    """The names that a view with one filter shows."""

    def show(**condition):
        filters = {"op": "AND", "fields": [condition], "search": "", "show_closed": False}
        body = {"name": "v", "type": "list", "filters": filters}
        view_id = api.post(f"/v2/list/{tasks_list}/view", body)["view"]["id"]
        return [task["name"] for task in api.get(f"/v2/view/{view_id}/task", page=0)["tasks"]]

    return show


def test_archived_tasks_are_shown_if_asked_for(api, tasks_list, show_view):
    """EQ shows these alone, NOT the others; the values are ignored."""
    api.post(f"/v2/list/{tasks_list}/task", {"name": "now"})
    api.post(f"/v2/list/{tasks_list}/task", {"name": "then", "archived": True})

    assert show_view(field="archived", op="EQ", values=[]) == ["then"]
    assert show_view(field="archived", op="NOT", values=[]) == ["now"]


def test_a_view_filters_by_custom_field(api, tasks_list, show_view):
    """A field is named `cf_<id>`; a value may stand alone."""
    field = api.sandbox.control.create_field("Model", "short_text").id
    for name in ("bert", "t5"):
        task = api.post(f"/v2/list/{tasks_list}/task", {"name": name})["id"]
        api.post(f"/v2/task/{task}/field/{field}", {"value": name})

    assert show_view(field=f"cf_{field}", op="EQ", values="bert") == ["bert"]
    assert show_view(field=f"cf_{field}", op="NOT", values=["bert"]) == ["t5"]


def test_a_filter_that_is_not_modelled_says_so(api, tasks_list):
    """501 SANDBOX_501: no test passes by accident."""
    fields = [{"field": "dueDate", "op": "EQ", "values": [{"op": "yesterday"}]}]
    body = {"name": "v", "type": "list", "filters": {"op": "AND", "fields": fields}}
    api.post(f"/v2/list/{tasks_list}/task", {"name": "x"})
    view = api.post(f"/v2/list/{tasks_list}/view", body)["view"]["id"]

    assert api.refused("GET", f"/v2/view/{view}/task") == (501, "SANDBOX_501")
