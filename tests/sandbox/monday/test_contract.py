"""Nothing in our schema is made up: Monday.com's own has all of it, in the same form."""

from pathlib import Path

import pytest
from graphql import GraphQLNamedType, GraphQLSchema

from clickup_mlops.sandbox.monday.graph.cells import TYPES
from clickup_mlops.sandbox.monday.graph.schema import load_schema
from tests.sandbox.monday import official

OURS = [name for name in sorted(load_schema().type_map) if not name.startswith("__")]


@pytest.fixture(scope="module")
def theirs(reference_dir: Path) -> GraphQLSchema:
    return official.load(reference_dir)


def _describe(kind: GraphQLNamedType) -> dict[str, str]:
    """Fields, arguments, values and members, each with its type."""
    parts = {"": type(kind).__name__}
    for name, field in getattr(kind, "fields", {}).items():
        parts[name] = str(field.type)
        for argument, definition in getattr(field, "args", {}).items():
            parts[f"{name}({argument})"] = str(definition.type)
    parts |= dict.fromkeys(getattr(kind, "values", {}), "value")
    parts |= {f"|{member.name}": "member" for member in getattr(kind, "types", ())}
    return parts | {
        f"&{interface.name}": "interface" for interface in getattr(kind, "interfaces", ())
    }


@pytest.mark.parametrize("name", OURS)
def test_every_part_of_our_schema_is_in_theirs(name: str, theirs: GraphQLSchema) -> None:
    """Types, fields, arguments, values of enums and members of unions."""
    assert name in theirs.type_map

    ours, official_parts = _describe(load_schema().type_map[name]), _describe(theirs.type_map[name])
    assert {key: part for key, part in ours.items() if official_parts.get(key) != part} == {}


@pytest.mark.parametrize("name", ["ColumnType", "ColumnCapability", "State", "Kind"])
def test_enums_that_clients_depend_on_are_whole(name: str, theirs: GraphQLSchema) -> None:
    """No value of theirs is missing."""
    ours, official_enum = load_schema().type_map[name], theirs.type_map[name]

    assert set(getattr(ours, "values")) == set(getattr(official_enum, "values"))  # noqa: B009


def test_every_type_of_column_value_is_modelled(theirs: GraphQLSchema) -> None:
    """Each object type of theirs is one of ours, and each column type has one."""
    for schema in (load_schema(), theirs):
        kinds = schema.type_map["ColumnValue"]
        assert len(schema.get_possible_types(kinds)) == 41  # type: ignore[arg-type]
    assert set(TYPES) == set(load_schema().type_map["ColumnType"].values) - {"name"}  # type: ignore[attr-defined]
