"""Views in a template's words and in ClickUp's."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.model import FieldDefinition
from clickup_mlops.features.provisioning.template import views
from clickup_mlops.features.provisioning.template.model import COLUMNS
from clickup_mlops.features.provisioning.tree import fold_name
from clickup_mlops.sandbox import Sandbox

OPTIONS = [{"id": f"o{n}", "name": name, "orderindex": n} for n, name in enumerate("AB")]
P99 = FieldDefinition("11", "P99 ms", "number")
KIND = FieldDefinition("22", "Kind", "drop_down", {"options": OPTIONS})
FIELDS = [P99, KIND]
KNOWN = {fold_name(field.name): field for field in FIELDS}

names = st.sampled_from([*COLUMNS, P99.name, KIND.name])
some_names = st.lists(names, max_size=4, unique=True)
sorts = some_names.flatmap(
    lambda value: st.tuples(*(st.sampled_from([key, f"-{key}"]) for key in value)).map(list)
)
filters = st.one_of(
    st.builds(lambda v: {"field": "status", "is": v}, st.lists(st.sampled_from("xyz"), min_size=1)),
    st.builds(
        lambda v: {"field": "priority", "is_not": v},
        st.lists(st.sampled_from(["none", "urgent", "high", "normal", "low"]), min_size=1),
    ),
    st.builds(lambda v: {"field": "Kind", "is": v}, st.lists(st.sampled_from("AB"), min_size=1)),
    st.builds(lambda v: {"field": "P99 ms", "above": v}, st.floats(0, 1e6)),
    st.builds(lambda v: {"field": "P99 ms", "below": v}, st.floats(0, 1e6)),
)
wanted = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["list", "board", "table", "gantt", "calendar", "timeline"]),
        "group_by": st.sampled_from(["none", "status", "priority", "tags", "due date", "Kind"]),
        "group_descending": st.booleans(),
        "sort_by": sorts,
        "filter": st.lists(filters, max_size=3),
        "match": st.sampled_from(["all", "any"]),
        "show_closed": st.booleans(),
        "columns": some_names,
    }
)


def as_clickup_keeps_it(view: dict[str, Any]) -> dict[str, Any]:
    return {"type": view["type"], **views.to_wire(view, KNOWN)}


@given(wanted)
def test_what_is_written_is_read_back(view):
    """So an applied view is as wanted, and the second plan has no work."""
    assert views.from_wire(as_clickup_keeps_it(view), FIELDS) == view


@given(wanted)
def test_fields_that_are_not_there_are_left_out_and_nothing_else(view):
    """A view is made as far as it can be; what it names of the missing field comes later."""
    reduced = views.without(view, {"p99 ms"})

    assert "P99 ms" not in views.fields_used(reduced)
    assert set(views.fields_used(reduced)) == set(views.fields_used(view)) - {"P99 ms"}
    assert views.without(reduced, {"p99 ms"}) == reduced
    only_kind = {"kind": KIND}
    assert views.to_wire(view, only_kind) == views.to_wire(reduced, only_kind)


def test_custom_fields_are_named_by_id_and_their_options_too():
    """ClickUp's words: `cf_<id>`, and option ids in filters."""
    view = {"group_by": "Kind", "filter": [{"field": "kind", "is": ["b"]}], "columns": ["P99 ms"]}

    wire = views.to_wire(view, KNOWN)

    assert wire["grouping"]["field"] == "cf_22"
    assert wire["filters"]["fields"][0]["values"] == ["o1"]
    assert wire["columns"]["fields"][0]["field"] == "cf_11"


def test_a_view_that_people_made_is_readable():
    """Unknown fields, operators and hidden columns disturb nothing, and can be written back."""
    raw = {
        "type": "list",
        "grouping": {"field": "cf_99", "dir": 1},
        "sorting": {"fields": ["strange"]},
        "filters": {"op": "AND", "fields": [{"field": "dueDate", "op": "LTE", "values": [{}]}]},
        "columns": {
            "fields": [
                {"field": "assignee"},
                {"field": "cf_11", "hidden": True},
                {"field": "points"},
            ]
        },
    }

    result = views.from_wire(raw, FIELDS)

    assert result["group_by"] == "clickup:cf_99"
    assert result["sort_by"] == []
    assert result["columns"] == ["assignee", "clickup:points"]
    wire = views.to_wire(result, {})
    assert wire["grouping"]["field"] == "cf_99"
    assert wire["filters"]["fields"][0]["values"] == [{}]
    assert [field["field"] for field in wire["columns"]["fields"]] == [
        "assignee",
        "points",
    ]


def test_the_sandbox_gives_back_what_was_sent(clickup_sandbox: Sandbox):
    """Over real HTTP: create, read, the same words."""
    client = ClickUp(clickup_sandbox.token, base_url=clickup_sandbox.url)
    home = clickup_sandbox.control.list_id("Tasks")
    view = {
        "type": "table",
        "group_by": "priority",
        "group_descending": True,
        "sort_by": ["-due date"],
        "filter": [{"field": "status", "is": ["to do"]}],
        "match": "any",
        "show_closed": True,
        "columns": ["assignee", "tags"],
    }

    client.views.create("list", home, "V", "table", **views.to_wire(view, {}))

    (created,) = [created for created in client.views.of("list", home) if created.name == "V"]
    assert views.from_wire(created.raw, []) == view
