"""Filters and orders of item pages."""

from typing import Any

import pytest

from clickup_mlops.sandbox.monday import MondaySandbox
from tests.sandbox.monday.conftest import Api

PAGE = """query ($query: ItemsQuery) { boards { items_page(limit: 100, query_params: $query) {
  items { name } } } }"""
HOUR_MS = 3_600_000


@pytest.fixture
def board(monday_sandbox: MondaySandbox) -> MondaySandbox:
    control = monday_sandbox.control
    control.clock.freeze(1_790_000_000_000)
    board = control.add_board("Serving", groups=("Now", "Next"))
    control.add_column(board, "Hours", "numbers", column_id="hours")
    me = control.user().id
    control.add_item(board, "Alpha", {"status": "Done", "hours": "9", "person": str(me)})
    control.clock.advance(HOUR_MS)
    control.add_item(board, "Beta", {"status": "Stuck", "hours": "10", "date4": "2026-12-01"})
    control.clock.advance(HOUR_MS)
    control.add_item(board, "Gamma", group="Next")
    return monday_sandbox


def _find_names(api: Api, **query: Any) -> list[str]:
    page = api(PAGE, query=query)["boards"][0]["items_page"]
    return [item["name"] for item in page["items"]]


def _rule(column_id: str, value: Any, operator: str = "any_of") -> dict[str, Any]:
    return {"column_id": column_id, "compare_value": value, "operator": operator}


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        (_rule("status", [1]), ["Alpha"]),
        (_rule("status", [1], "not_any_of"), ["Beta", "Gamma"]),
        (_rule("status", [], "is_empty"), ["Gamma"]),
        (_rule("status", [], "is_not_empty"), ["Alpha", "Beta"]),
        (_rule("hours", "9", "greater_than"), ["Beta"]),
        (_rule("hours", ["9"], "greater_than_or_equals"), ["Alpha", "Beta"]),
        (_rule("hours", ["10"], "lower_than"), ["Alpha"]),
        (_rule("hours", ["9"], "lower_than_or_equal"), ["Alpha"]),
        (_rule("hours", ["10", "11"], "between"), ["Beta"]),
        (_rule("name", ["et"], "contains_text"), ["Beta"]),
        (_rule("name", ["et"], "not_contains_text"), ["Alpha", "Gamma"]),
        (_rule("name", ["Ga"], "starts_with"), ["Gamma"]),
        (_rule("name", ["pha"], "ends_with"), ["Alpha"]),
        (_rule("date4", ["EXACT", "2026-12-01"], "any_of"), ["Beta"]),
        (
            _rule("__last_updated__", ["EXACT", "2026-09-21T16:13:20Z"], "greater_than_or_equals"),
            ["Gamma"],
        ),
        (_rule("__creation_log__", ["2026-09-21T15:00:00Z"], "lower_than"), ["Alpha"]),
        (_rule("date4", ["x"], "lower_than"), ["Beta"]),
    ],
)
def test_a_rule_chooses_items(
    rule: dict[str, Any], names: list[str], api: Api, board: MondaySandbox
) -> None:
    """By the raw value of a column, the name, the group, or a time."""
    assert _find_names(api, rules=[rule]) == names


def test_rules_can_be_joined_and_nested(api: Api, board: MondaySandbox) -> None:
    """All of them, any of them, and groups of them; people by id; ids alone."""
    is_done, gamma = _rule("status", [1]), _rule("name", ["Gamma"])
    me = _rule("person", [str(board.control.user().id)])
    group = _rule("group", [board.control.board("Serving").groups.popitem()[0]])

    assert _find_names(api, rules=[is_done, gamma]) == []
    assert _find_names(api, rules=[is_done, gamma], operator="or") == ["Alpha", "Gamma"]
    assert _find_names(api, groups=[{"rules": [is_done, me]}]) == ["Alpha"]
    assert _find_names(api, rules=[group]) == ["Gamma"]
    assert _find_names(api, ids=[board.control.item("Beta").id]) == ["Beta"]


def test_items_can_be_ordered(api: Api, board: MondaySandbox) -> None:
    """Upwards or downwards; empty ones come last upwards."""
    down = [{"column_id": "__last_updated__", "direction": "desc"}]
    assert _find_names(api, order_by=down) == ["Gamma", "Beta", "Alpha"]
    assert _find_names(api, order_by=[{"column_id": "status"}]) == ["Alpha", "Beta", "Gamma"]


def test_what_cannot_be_asked_is_refused(api: Api, board: MondaySandbox) -> None:
    """Unknown columns, and operators that the sandbox does not have."""
    unknown = {"rules": [_rule("nowhere", [1])]}
    missing = {"rules": [_rule("date4", ["TODAY"], "within_the_next")]}

    assert api.refused(PAGE, query=unknown)[1] == "InvalidColumnIdException"
    assert api.refused(PAGE, query=missing)[1] == "InvalidArgumentException"


def test_items_are_found_by_what_their_columns_show(api: Api, board: MondaySandbox) -> None:
    """All columns must fit."""
    query = """query ($board: ID!, $columns: [ItemsPageByColumnValuesQuery!]) {
      items_page_by_column_values(board_id: $board, limit: 1, columns: $columns) {
        cursor items { name } } }"""
    board_id = board.control.board("Serving").id
    by_status = [{"column_id": "status", "column_values": ["Done", "Stuck"]}]
    named = [*by_status, {"column_id": "name", "column_values": ["Beta"]}]
    first = api(query, board=board_id, columns=by_status)["items_page_by_column_values"]
    second = api(query, board=board_id, columns=named)["items_page_by_column_values"]
    by_unknown_column = [{"column_id": "nowhere", "column_values": ["x"]}]

    assert (first["items"], bool(first["cursor"])) == ([{"name": "Alpha"}], True)
    assert second == {"cursor": None, "items": [{"name": "Beta"}]}
    again = query.replace("limit: 1", f'limit: 1, cursor: "{first["cursor"]}"')
    assert api(again, board=board_id)["items_page_by_column_values"]["items"] == [{"name": "Beta"}]
    assert (
        api(query, board=board_id, columns=by_unknown_column)["items_page_by_column_values"][
            "items"
        ]
        == []
    )
