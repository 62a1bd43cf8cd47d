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


def _described(kind: GraphQLNamedType) -> dict[str, str]:
    """Fields, arguments, values and members, each with its type."""
    found = {"": type(kind).__name__}
    for name, field in getattr(kind, "fields", {}).items():
        found[name] = str(field.type)
        for argument, given in getattr(field, "args", {}).items():
            found[f"{name}({argument})"] = str(given.type)
    found |= dict.fromkeys(getattr(kind, "values", {}), "value")
    found |= {f"|{one.name}": "member" for one in getattr(kind, "types", ())}
    return found | {f"&{one.name}": "interface" for one in getattr(kind, "interfaces", ())}


@pytest.mark.parametrize("name", OURS)
def test_every_part_of_our_schema_is_in_theirs(name: str, theirs: GraphQLSchema) -> None:
    """Types, fields, arguments, values of enums and members of unions."""
    assert name in theirs.type_map

    own, known = _described(load_schema().type_map[name]), _described(theirs.type_map[name])
    assert {key: one for key, one in own.items() if known.get(key) != one} == {}


@pytest.mark.parametrize("name", ["ColumnType", "ColumnCapability", "State", "Kind"])
def test_enums_that_clients_depend_on_are_whole(name: str, theirs: GraphQLSchema) -> None:
    """No value of theirs is missing."""
    ours, known = load_schema().type_map[name], theirs.type_map[name]

    assert set(getattr(ours, "values")) == set(getattr(known, "values"))  # noqa: B009


def test_every_type_of_column_value_is_modelled(theirs: GraphQLSchema) -> None:
    """Each object type of theirs is one of ours, and each column type has one."""
    for found in (load_schema(), theirs):
        kinds = found.type_map["ColumnValue"]
        assert len(found.get_possible_types(kinds)) == 41  # type: ignore[arg-type]
    assert set(TYPES) == set(load_schema().type_map["ColumnType"].values) - {"name"}  # type: ignore[attr-defined]
