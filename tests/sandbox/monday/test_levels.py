"""Multi-level boards: one board for all levels, roll-ups, and the flat page."""

import pytest

from clickup_mlops.sandbox.monday import MondaySandbox
from clickup_mlops.sandbox.monday.state.refusal import Refusal
from tests.sandbox.monday.conftest import Api

pytestmark = pytest.mark.monday_sandbox(seed="ai_ml")
PAGE = """query ($board: [ID!], $query: ItemsQuery, $scope: String) { boards(ids: $board) {
  items_page(limit: 100, query_params: $query, hierarchy_scope_config: $scope) { items { name }
} } }"""
VALUES = """query ($ids: [ID!], $with: [ColumnCapability!]) { items(ids: $ids) {
  column_values(capabilities: $with) { __typename id is_leaf text
    ... on BatteryValue { battery_value { key count } } ... on NumbersValue { number }
} } }"""


def _names(api: Api, board_id: int, **more: object) -> list[str]:
    page = api(PAGE, board=board_id, **more)["boards"][0]["items_page"]
    return [item["name"] for item in page["items"]]


def test_a_page_has_the_first_level_unless_it_asks_for_all(
    api: Api, monday_sandbox: MondaySandbox
) -> None:
    """And for all it needs a rule, even one that lets everything through."""
    board = monday_sandbox.control.board("Incidents")
    rule = {"column_id": "group", "compare_value": list(board.groups)}

    assert len(_names(api, board.id)) == 3
    assert _names(api, board.id, scope="allItems") == []
    every = _names(api, board.id, scope="allItems", query={"rules": [rule]})
    assert len(every) == 7
    assert "Drain the node" in every
    assert board.subitem_board_id is None


def test_roll_ups_must_be_asked_for(api: Api, monday_sandbox: MondaySandbox) -> None:
    """Without it they are left out; with it parents show counts and sums of the leaves."""
    parent = monday_sandbox.control.item("Tokens per second fell by half")
    leaf = monday_sandbox.control.item("Drain the node")
    plain = api(VALUES, ids=[parent.id])["items"][0]["column_values"]
    assert [column_value["id"] for column_value in plain] == ["severity", "oncall"]

    rolled = {
        column_value["id"]: column_value
        for column_value in api(VALUES, **{"ids": [parent.id], "with": ["CALCULATED"]})["items"][0][
            "column_values"
        ]
    }
    counts = {count["key"]: count["count"] for count in rolled["state"]["battery_value"]}
    assert counts == {"0": 1, "1": 1, "2": 1}
    assert rolled["state"]["is_leaf"] is False
    assert rolled["minutes"]["number"] == 85
    leaf_values = api(VALUES, **{"ids": [leaf.id], "with": ["CALCULATED"]})["items"][0][
        "column_values"
    ]
    assert {column_value["id"]: column_value["__typename"] for column_value in leaf_values}[
        "state"
    ] == "StatusValue"
    assert leaf_values[0]["is_leaf"] is True


def test_there_are_five_levels(monday_sandbox: MondaySandbox) -> None:
    """And two on a classic board."""
    control = monday_sandbox.control
    item = control.add_item("Incidents", "Level 1")
    for level in range(2, 6):
        item = control.add_subitem(item, f"Level {level}")
    child = control.item("Calibrate on 2,000 prompts")

    for deepest in (item, child):
        with pytest.raises(Refusal, match="deeper"):
            control.add_subitem(deepest, "Too deep")
