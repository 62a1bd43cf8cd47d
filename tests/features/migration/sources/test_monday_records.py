"""Records from objects of Monday.com's API, odd ones too."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.features.migration.records import Board, Cell, Column, Manual, Option
from clickup_mlops.features.migration.sources import _monday_records as records

STATUS = Column("s", "State", "status", options=(Option("1", "Done"),))
BOARD = Board("9", "B", columns=(STATUS, Column("d", "Due", "date"), Column("f", "F", "formula")))


def read(*values: dict[str, Any], **more: Any) -> tuple[dict[str, Cell], list[str]]:
    problems: list[str] = []
    raw = {"id": "1", "name": "item", "column_values": list(values), **more}
    item = records.item(raw, BOARD, None, lambda _kind, sentence: problems.append(sentence))
    return dict(item.cells), problems


def test_a_value_that_cannot_be_read_keeps_its_text_and_names_its_place() -> None:
    """The other values of the item are there."""
    cells, problems = read(
        {"id": "d", "type": "date", "text": "soon", "value": '{"date": "soon"}'},
        {"id": "s", "type": "status", "text": None, "value": '{"index": 1}'},
        {"id": "gone", "type": "text", "text": "x", "value": '"x"'},
    )

    assert cells == {"d": Cell(None, "soon"), "s": Cell("1", "Done")}
    assert problems[0].startswith('item 1 "item", column "Due"')


def test_the_result_of_a_formula_comes_from_beside_the_values() -> None:
    """It is asked for separately, as few may be asked for at once."""
    cells, _ = read(
        {"id": "f", "type": "formula", "text": "", "value": None},
        formulas=[{"id": "f", "display_value": "42"}],
    )

    assert cells == {"f": Cell("42", "42")}


def test_a_computed_status_that_differs_is_said() -> None:
    """There is no value for it."""
    counts = [{"key": "1", "count": 1}, {"key": "2", "count": 1}]

    cells, problems = read({"id": "s", "type": "status", "text": None, "battery_value": counts})

    assert cells == {} and "subitems that differ" in problems[0]


def test_a_value_that_is_computed_from_subitems_says_so() -> None:
    """Only that of an item with subitems: the others were entered."""
    capabilities = {"calculated": {"function": "SUM"}}
    column = {"id": "m", "title": "Minutes", "type": "numbers", "capabilities": capabilities}
    board = records.board({"id": "9", "name": "B", "columns": [column]}, (), ())

    for is_leaf, function in ((False, "SUM"), (True, "")):
        value = {"id": "m", "type": "numbers", "text": "85", "value": '"85"', "is_leaf": is_leaf}
        raw = {"id": "1", "name": "item", "column_values": [value]}
        item = records.item(raw, board, None, lambda _kind, _sentence: None)
        assert item.cells["m"] == Cell("85", "85", function)


def test_groups_are_in_the_order_of_numbers_in_texts() -> None:
    """ "9" is before "10", and a text that is no number is first."""
    groups = [
        {"id": "b", "title": "B", "position": "163840.0"},
        {"id": "a", "title": "A", "position": "65536"},
        {"id": "x", "title": "X", "position": None},
        {"id": "gone", "title": "Gone", "position": "1", "deleted": True},
    ]

    board = records.board({"id": "1", "name": "B", "groups": groups}, (), ())

    assert [group.id for group in board.groups] == ["x", "a", "b"]
    assert board.items == -1 and board.workspace == ""


@pytest.mark.parametrize("key", ["boardIds", "board_ids"])
def test_the_board_of_subitems_is_in_the_settings(key: str) -> None:
    """Of the column of subitems, in either form."""
    column = {"id": "c", "type": "subtasks", "settings_str": json.dumps({key: [77]})}

    assert records.subitem_board({"columns": [{"id": "n", "type": "name"}, column]}) == "77"
    assert records.subitem_board({"columns": [{"id": "c", "type": "subtasks"}]}) == ""
    assert records.subitem_board({}) == ""


def test_what_people_must_rebuild_is_listed() -> None:
    """Automations of both kinds, webhooks, views and forms."""
    result = {
        "items": [{"id": "1", "title": "Notify", "active": False}],
        "legacy_automations": [{"name": "Old one"}, "unnamed"],
        "webhooks": [{"id": "5", "event": "create_item"}],
    }
    views = [{"id": "1", "name": "Ask us", "type": "FormBoardView"}, {"id": "2", "name": "Main"}]

    assert list(records.inventory(result)) == [
        Manual("automation", "Notify (off)"),
        Manual("automation", "Old one"),
        Manual("automation", "unnamed"),
        Manual("webhook", "create_item"),
    ]
    assert [(view.kind, view.name) for view in records.views({"views": views})] == [
        ("form", "Ask us"),
        ("view", "Main"),
    ]


def test_an_update_that_was_moved_here_has_its_first_date() -> None:
    """Not the date of the import; an edit is one only if it came later."""
    raw = {
        "id": "1",
        "body": "x",
        "creator_id": "-7",
        "created_at": "2026-01-01T00:00:00Z",
        "edited_at": "2026-01-01T00:00:00Z",
        "original_creation_date": "2020-01-01T00:00:00Z",
    }

    moved = records.update(raw, "5")
    plain = records.update({**raw, "original_creation_date": "not a date"}, "5")

    assert moved.created_ms == 1577836800000 and moved.edited_ms == 1767225600000
    assert plain.created_ms == 1767225600000 and plain.edited_ms is None
    assert moved.author == "" and moved.author_name == "Monday.com template"


JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "type"]), inner)
    ),
    max_leaves=4,
)
FIELDS = ("name", "group", "parent_item", "creator_id", "subscribers", "description", "state",
          "created_at", "column_values", "formulas")  # fmt: skip


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_no_item_makes_it_raise(raw: Any) -> None:
    """A bad item never stops the board."""
    assert records.item({"id": "1", **raw}, BOARD, None, lambda *_: None).id == "1"
