"""What is sent, against Monday.com's own schema."""

from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate

from clickup_mlops.monday import queries


@pytest.fixture(scope="module")
def schema(reference_dir: Path) -> GraphQLSchema:
    text = (reference_dir / "monday/schema.graphql").read_text(encoding="utf-8")
    return build_schema(text, assume_valid=True)


@pytest.mark.parametrize("name", queries.list_queries())
def test_every_query_is_valid_by_the_official_schema(schema: GraphQLSchema, name: str) -> None:
    """Fields, arguments, types of variables, and fragments that can be merged."""
    assert validate(schema, parse(queries.read_query(name))) == []


@pytest.mark.parametrize("name", queries.list_queries())
def test_only_reading_is_sent(name: str) -> None:
    """A migration changes nothing in Monday.com."""
    operations: list[Any] = [
        definition
        for definition in parse(queries.read_query(name)).definitions
        if hasattr(definition, "operation")
    ]

    assert [definition.operation.value for definition in operations] == ["query"]
