"""The schema, and queries checked against it."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLSchema,
    GraphQLUnionType,
    OperationDefinitionNode,
    OperationType,
    build_schema,
    parse,
    validate,
)

COMMON = """
  column: Column!
  id: ID!
  is_leaf: Boolean!
  text: String
  type: ColumnType!
  value: JSON
"""
"""The fields that GraphQL wants to see again in every type of value."""


@dataclass(frozen=True)
class Query:
    """A document; `errors` are what is wrong with it."""

    document: DocumentNode
    errors: tuple[GraphQLError, ...] = ()

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation to execute: the named one, or the only one."""
        operations = [
            operation
            for operation in self.document.definitions
            if isinstance(operation, OperationDefinitionNode)
        ]
        matches = [
            operation
            for operation in operations
            if name is None or (operation.name and operation.name.value == name)
        ]
        return matches[0] if matches else None

    def is_mutation(self, name: str | None) -> bool:
        """Whether the operation to execute changes something."""
        operation = self.operation(name)
        return operation is not None and operation.operation is OperationType.MUTATION


OLD, CURRENT = "2026-07", "2026-10"
VERSIONS: Final = {OLD: "maintenance", CURRENT: "current", "2027-01": "release_candidate"}
"""Versions of the API, and what they are."""
_MONTH: Final = re.compile(r"20\d\d-(?:01|04|07|10)")


def choose_version(requested: str | None) -> str:
    """The version that answers: the current one, unless a month's is asked for."""
    return requested if requested and _MONTH.fullmatch(requested) else CURRENT


@cache
def load_schema(version: str = CURRENT) -> GraphQLSchema:
    """The schema of a version; all sandboxes of a process share it. What is older than the current
    one is as `OLD`.
    """
    folder = Path(__file__).parent / "sdl"
    old = folder.glob(f"old/{OLD}.graphql") if version < CURRENT else ()
    files = [*sorted(folder.glob("*.graphql")), *old]
    text = "\n".join(file.read_text("utf-8") for file in files)
    schema = build_schema(
        text.replace("implements ColumnValue {", "implements ColumnValue {" + COMMON)
    )
    for graphql_type in schema.type_map.values():
        if isinstance(graphql_type, GraphQLInterfaceType | GraphQLUnionType):
            graphql_type.resolve_type = _type_of
    return schema


def _type_of(value: Any, *_more: Any) -> str:
    name: str = value["__typename"] if isinstance(value, dict) else value.GRAPHQL
    return name


@lru_cache(maxsize=256)
def parse_query(text: str, version: str = CURRENT) -> Query:
    """Parse and check a query; clients send the same few texts again and again."""
    try:
        document = parse(text)
    except GraphQLError as problem:
        return Query(DocumentNode(definitions=()), (problem,))
    return Query(document, tuple(validate(load_schema(version), document)))
