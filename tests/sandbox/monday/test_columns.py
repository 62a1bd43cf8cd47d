"""Columns: what they accept, and how raw values, texts and fields show it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.sandbox.core.clock import Clock
from clickup_mlops.sandbox.monday import MondaySandbox
from clickup_mlops.sandbox.monday.state import entries
from clickup_mlops.sandbox.monday.state.model import Column
from clickup_mlops.sandbox.monday.state.refusal import Refusal
from clickup_mlops.sandbox.monday.state.structure import (
    DEFAULTS,
    build_dropdown_settings,
    build_status_settings,
)
from clickup_mlops.sandbox.monday.state.world import World
from tests.sandbox.monday.conftest import Api

SETTINGS = {
    "status": build_status_settings("Working on it", "Done"),
    "dropdown": build_dropdown_settings("H100, 80 GB", "L4"),
}
CASES: list[tuple[str, Any, Any, str | None]] = [
    # type, what is set, raw value without changed_at, text
    ("status", "Done", {"index": 1, "post_id": None}, "Done"),
    ("status", {"index": 0}, {"index": 0, "post_id": None}, "Working on it"),
    ("status", '{"label":"Done"}', {"index": 1, "post_id": None}, "Done"),
    ("status", "", None, None),
    ("dropdown", {"labels": ["H100, 80 GB", "L4"]}, {"ids": [1, 2]}, "H100, 80 GB, L4"),
    ("dropdown", "L4", {"ids": [2]}, "L4"),
    ("dropdown", None, None, None),
    ("date", {"date": "2026-06-15"}, {"date": "2026-06-15"}, "2026-06-15"),
    (
        "date",
        "2026-06-15 09:00:00",
        {"date": "2026-06-15", "time": "09:00:00"},
        "2026-06-15 09:00",
    ),
    ("date", None, None, ""),
    (
        "timeline",
        {"from": "2026-03-01", "to": "2026-03-15"},
        {"from": "2026-03-01", "to": "2026-03-15"},
        "2026-03-01 - 2026-03-15",
    ),
    ("timeline", {}, {}, ""),
    (
        "week",
        {"startDate": "2026-01-05"},
        {"week": {"startDate": "2026-01-05", "endDate": "2026-01-11"}},
        "2026-01-05 - 2026-01-11",
    ),
    ("hour", {"hour": 16, "minute": 42}, {"hour": 16, "minute": 42}, "04:42 PM"),
    ("hour", {"hour": 0}, {"hour": 0, "minute": 0}, "12:00 AM"),
    ("numbers", 12.5, "12.5", "12.5"),
    ("text", "57 lenox ave", "57 lenox ave", "57 lenox ave"),
    ("text", '"quoted', '"quoted', '"quoted'),
    ("long_text", "two\nlines", {"text": "two\nlines"}, "two\nlines"),
    ("checkbox", {"checked": "true"}, {"checked": True}, "v"),
    ("checkbox", {"checked": False}, None, ""),
    (
        "link",
        {"url": "https://a.example", "text": "A"},
        {"url": "https://a.example", "text": "A"},
        "A - https://a.example",
    ),
    ("email", "a@b.example Ann", {"email": "a@b.example", "text": "Ann"}, "Ann - a@b.example"),
    ("email", "a@b.example", {"email": "a@b.example", "text": "a@b.example"}, "a@b.example"),
    (
        "phone",
        "+4755550000 NO",
        {"phone": "+4755550000", "countryShortName": "NO"},
        "+4755550000",
    ),
    (
        "location",
        {"lat": 60.39, "lng": 5.32, "address": "Bergen"},
        {"lat": "60.39", "lng": "5.32", "address": "Bergen"},
        "Bergen",
    ),
    (
        "country",
        {"countryCode": "NO", "countryName": "Norway"},
        {"countryCode": "NO", "countryName": "Norway"},
        "Norway",
    ),
    ("rating", 4, {"rating": 4}, "4"),
    ("rating", 0, None, ""),
    ("world_clock", "Europe/Oslo", {"timezone": "Europe/Oslo"}, "Europe/Oslo"),
    ("color_picker", "#FF5733", {"color": {"hex": "#FF5733"}}, "#FF5733"),
    ("color_picker", {"color": {"r": 1}}, {"color": {"r": 1}}, None),
    ("vote", None, None, "0"),
    ("integration", {"issue_id": "ML-1"}, {"issue_id": "ML-1"}, "ML-1"),
]
WRONG: list[tuple[str, Any]] = [
    ("status", "Nowhere"),
    ("status", {"index": 77}),
    ("status", {"index": True}),
    ("dropdown", "H200"),
    ("people", "Ada"),
    ("date", "tomorrow"),
    ("date", {"date": "2026-13-01"}),
    ("timeline", {"from": "2026-03-01"}),
    ("week", "next"),
    ("hour", {"hour": 24}),
    ("numbers", "many"),
    ("text", {"a": 1}),
    ("location", {"lat": "north", "lng": "5"}),
    ("country", "NO"),
    ("rating", 9),
    ("color_picker", "red"),
    ("tags", {"tag_ids": [1]}),
    ("file", {"files": [{"assetId": 1}]}),
    ("team", 5),
    ("dependency", "all"),
    ("mirror", "x"),
    ("formula", "1"),
    ("auto_number", "1"),
]
VALUES = "{ items { column_values { type value text } } }"
Query = Callable[[str], Any]


def _column(kind: str) -> Column:
    settings = SETTINGS.get(kind, DEFAULTS.get(kind, {}))
    return Column("c", "C", kind, json.loads(json.dumps(settings)))


@pytest.mark.parametrize(("kind", "value", "raw", "text"), CASES)
def test_a_value_is_shown_raw_and_as_text(
    kind: str,
    value: Any,
    raw: Any,
    text: str | None,
    api: Api,
    monday_sandbox: MondaySandbox,
) -> None:
    """In the recorded forms; most raw values hold when they were set."""
    board = monday_sandbox.control.add_board("Serving", empty=True)
    settings = SETTINGS.get(kind)
    monday_sandbox.control.add_column(board, "C", kind, column_id="c", settings=settings)
    monday_sandbox.control.add_item(board, "Item", {"c": value})
    (column_value,) = api(VALUES)["items"][0]["column_values"]

    actual = None if column_value["value"] is None else json.loads(column_value["value"])
    if isinstance(actual, dict):
        assert actual.pop("changed_at", "Z")[-1] == "Z"
    assert (column_value["type"], actual, column_value["text"]) == (kind, raw, text)


@pytest.mark.parametrize(("kind", "value"), WRONG)
def test_a_wrong_value_is_refused(kind: str, value: Any) -> None:
    """By name of the column; computed columns take nothing."""
    world = World(Clock())

    with pytest.raises(Refusal, match=r"column c|The label") as caught:
        entries.accept(world, _column(kind), value, 1)
    assert caught.value.code == "ColumnValueException"


@given(
    st.sampled_from(sorted(entries._PARSERS)),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["date", "ids", "labels", "files", "hour"]), inner)
        ),
        max_leaves=6,
    ),
)
def test_whatever_is_set_is_taken_or_refused(kind: str, value: Any) -> None:
    """Never another error; and what is taken is JSON."""
    try:
        json.dumps(entries.accept(World(Clock()), _column(kind), value, 1))
    except Refusal as no:
        assert no.code == "ColumnValueException"


def test_times_are_kept_in_utc_and_shown_in_the_zone_of_the_caller(
    monday_sandbox: MondaySandbox,
) -> None:
    """Text and fields depend on who asks, the raw value does not; a day alone floats."""
    control = monday_sandbox.control
    control.add_user("Chen", "chen@example.com", time_zone="Asia/Shanghai")
    board = control.add_board("Serving")
    control.add_item(board, "Late", {"date4": {"date": "2026-06-15", "time": "20:30:00"}})
    control.add_item(board, "Day", {"date4": {"date": "2026-06-15"}})
    query = (
        '{ items { column_values(ids: ["date4"]) { value text ... on DateValue { date time } } } }'
    )
    late, day = (
        item["column_values"][0]
        for item in Api(monday_sandbox, control.token_of("Chen"))(query)["items"]
    )

    assert json.loads(late["value"])["time"] == "20:30:00"
    assert (late["text"], late["date"], late["time"]) == ("2026-06-16 04:30", "2026-06-16", "04:30")
    assert (day["text"], day["date"], day["time"]) == ("2026-06-15", "2026-06-15", "")


def test_labels_can_be_made_on_the_way(api: Api, monday_sandbox: MondaySandbox) -> None:
    """If the caller says so; a status column has forty at most."""
    board = monday_sandbox.control.add_board("Serving")
    monday_sandbox.control.add_column(board, "Hardware", "dropdown", column_id="hw")
    query = """mutation ($values: JSON, $new: Boolean) { create_item(board_id: %s, item_name: "x",
      column_values: $values, create_labels_if_missing: $new) {
        column_values(ids: ["status", "hw"]) { text } } }"""
    values = json.dumps({"status": "Shadow", "hw": {"labels": ["H100"]}})

    assert api.refused(query % board.id, values=values)[1] == "ColumnValueException"
    column_values = api(query % board.id, values=values, new=True)["create_item"]["column_values"]
    assert [column_value["text"] for column_value in column_values] == ["Shadow", "H100"]
    column = board.columns["status"]
    for number in range(40 - len(column.settings["labels"])):
        labels_before = json.dumps({"status": f"Label {number}"})
        assert api(query % board.id, values=labels_before, new=True)
    full = json.dumps({"status": "One more"})
    assert api.refused(query % board.id, values=full, new=True)[1] == "ColumnValueException"


def test_old_settings_are_still_there(api: Api, monday_sandbox: MondaySandbox) -> None:
    """As text, with other names and forms."""
    board = monday_sandbox.control.add_board("Serving")
    settings = build_dropdown_settings("H100", most=1)
    monday_sandbox.control.add_column(board, "H", "dropdown", column_id="h", settings=settings)
    query = "{ boards { columns(types: [status, dropdown]) { settings settings_str width } } }"
    status, dropdown = api(query)["boards"][0]["columns"]
    old = json.loads(status["settings_str"])

    assert old["labels"] == {"0": "Working on it", "1": "Done", "2": "Stuck"}
    assert old["done_colors"] == [1]
    assert old["labels_positions_v2"] == {"0": 0, "1": 1, "2": 2, "5": 3}
    assert status["settings"]["labels"][1]["is_done"] is True
    assert json.loads(dropdown["settings_str"])["labels"] == [{"id": 1, "name": "H100"}]
    assert dropdown["settings"]["limit_select"] is True


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("{hours} + 1", "3"),
        ("{hours} - 0.5", "1.5"),
        ("{hours} / 4", "0.5"),
        ("{hours} / {none}", ""),
        ("IF({hours} > 1, 1, 0)", ""),
    ],
)
def test_simple_formulas_are_computed(
    formula: str, result: str, api: Api, monday_sandbox: MondaySandbox
) -> None:
    """Others show nothing, as formulas over mirrors do."""
    control = monday_sandbox.control
    board = control.add_board("Costs", empty=True)
    control.add_column(board, "Hours", "numbers", column_id="hours")
    control.add_column(board, "F", "formula", column_id="f", settings={"formula": formula})
    control.add_item(board, "Train", {"hours": "2"})
    query = (
        "{ items { column_values(types: [formula]) { ... on FormulaValue { display_value } } } }"
    )

    assert api(query)["items"][0]["column_values"] == [{"display_value": result}]


def test_a_mirror_of_nothing_is_empty(api: Api, monday_sandbox: MondaySandbox) -> None:
    """Without its connecting column, or where the other board lacks the shown one."""
    control = monday_sandbox.control
    run = control.add_item(control.add_board("Runs", empty=True), "Run")
    board = control.add_board("Serving", empty=True)
    control.add_column(board, "Run", "board_relation", column_id="run")
    for key, relation in (("lost", "gone"), ("blank", "run")):
        settings = {"relation_column": relation, "displayed_column": "status"}
        control.add_column(board, "Mirror", "mirror", column_id=key, settings=settings)
    control.add_item(board, "x", {"run": {"item_ids": [run.id]}})
    query = """query ($i: [ID!]) { boards(ids: $i) { items_page { items { column_values {
      id value text ... on MirrorValue { display_value }
      ... on BoardRelationValue { display_value linked_item_ids } } } } } }"""
    column_values = api(query, i=[board.id])["boards"][0]["items_page"]["items"][0]["column_values"]

    nothing = {"value": None, "text": None, "display_value": ""}
    assert column_values[0]["linked_item_ids"] == [str(run.id)]
    assert column_values[1:] == [{"id": "lost"} | nothing, {"id": "blank"} | nothing]
    control.delete(run)
    again = api(query, i=[board.id])["boards"][0]["items_page"]["items"][0]["column_values"]
    assert again[0]["linked_item_ids"] == []
