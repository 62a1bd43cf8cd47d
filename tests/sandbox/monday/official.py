"""Monday.com's own schema as a judge of ours, and of the queries that clients send."""

from functools import cache
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate


@cache
def _built(file: Path) -> GraphQLSchema:
    return build_schema(file.read_text("utf-8"), assume_valid_sdl=True)


def load(reference_dir: Path, name: str = "schema.graphql") -> GraphQLSchema:
    """The official schema; skips where it is not at hand."""
    file = reference_dir / "monday" / name
    if not file.is_file():
        pytest.skip(f"no official schema: {name} is not in the reference folder")
    return _built(file)


def problems(schema: GraphQLSchema, query: str) -> list[str]:
    """What is wrong with a query by the schema; empty if nothing."""
    return [error.message for error in validate(schema, parse(query))]
