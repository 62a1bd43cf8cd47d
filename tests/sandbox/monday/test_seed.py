"""The seeded AI/ML account."""

from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    is_union_type,
)

from clickup_mlops.sandbox.monday import MondaySandbox
from clickup_mlops.sandbox.monday.graph.schema import load_schema
from tests.sandbox.monday.conftest import Api

pytestmark = pytest.mark.monday_sandbox(seed="ai_ml")
BOARDS = "{ boards(limit: 30, state: all) { id name type state columns { type } } }"
VALUES = """query ($board: [ID!]) { boards(ids: $board) { items_page(limit: 100) { items { name
  column_values(capabilities: [CALCULATED]) { __typename id text value %s }
} } } }"""


def _selection(kind: GraphQLNamedType, *, include_references: bool = False) -> str:
    """The simple fields of a type; with `own` also those of what it refers to."""
    if is_union_type(kind):
        return "{ __typename }"
    parts = ["__typename"]
    for name, field in kind.fields.items():  # type: ignore[attr-defined]
        inner = get_named_type(field.type)
        if any(is_required_argument(argument) for argument in field.args.values()):
            continue
        alias = f"{kind.name}_{name}: {name}"
        if is_leaf_type(inner):
            parts.append(alias)
        elif include_references:
            parts.append(alias + _selection(inner))
    return "{ " + " ".join(parts) + " }"


def _all_values(api: Api, board_id: int) -> list[dict[str, Any]]:
    values = load_schema().type_map["ColumnValue"]
    assert isinstance(values, GraphQLInterfaceType)
    kinds = load_schema().get_possible_types(values)
    fragments = " ".join(
        f"... on {kind.name} {_selection(kind, include_references=True)}" for kind in kinds
    )
    items = api(VALUES % fragments, board=board_id)["boards"][0]["items_page"]["items"]
    return [value for item in items for value in item["column_values"]]


def test_it_uses_every_column_type(api: Api) -> None:
    """Over all its boards."""
    kinds = load_schema().type_map["ColumnType"]
    assert isinstance(kinds, GraphQLEnumType)
    boards = api(BOARDS)["boards"]

    used = {column["type"] for board in boards for column in board["columns"]}
    assert used == set(kinds.values)
    names = {board["name"] for board in boards}
    assert {"LLM serving", "Training runs", "Data pipeline", "Incidents"} <= names


def test_every_field_of_every_value_can_be_read(api: Api, monday_sandbox: MondaySandbox) -> None:
    """No field fails, whatever the cell holds, and each type of value is met."""
    met = set()
    for board in monday_sandbox.world.boards.values():
        if board.state == "active":
            met |= {value["__typename"] for value in _all_values(api, board.id)}

    values = load_schema().type_map["ColumnValue"]
    assert isinstance(values, GraphQLInterfaceType)
    assert met == {kind.name for kind in load_schema().get_possible_types(values)}


def test_it_has_what_makes_migrations_hard(api: Api, monday_sandbox: MondaySandbox) -> None:
    """Duplicate and long names, people who left, a circle, links that are lost."""
    control = monday_sandbox.control
    names = [item.name for item in control.world.items.values() if item.state == "active"]
    users = api("{ users { name } gone: users(status: [INACTIVE]) { name is_deleted } }")

    assert len(names) > len(set(names))
    assert max(map(len, names)) == 255
    assert users["gone"] == [{"name": "Gone Gunnar", "is_deleted": True}]
    assert "Gone Gunnar" not in {user["name"] for user in users["users"]}
    first, second = (
        control.item(name).cells["depends"]["links"][0]["item"]
        for name in ("🚀 Speculative decoding for the chat endpoint", "שיפור זמן התגובה של המודל")
    )
    assert {first, second} == {
        control.item("🚀 Speculative decoding for the chat endpoint").id,
        control.item("שיפור זמן התגובה של המודל").id,
    }
    pipeline = control.board("Data pipeline").columns.values()
    assert "status" not in {column.type for column in pipeline}
