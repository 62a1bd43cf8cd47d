"""The schema, and queries checked against it."""

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

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
        found = [
            one for one in self.document.definitions if isinstance(one, OperationDefinitionNode)
        ]
        named = [one for one in found if name is None or (one.name and one.name.value == name)]
        return named[0] if named else None

    def is_mutation(self, name: str | None) -> bool:
        """Whether it writes."""
        found = self.operation(name)
        return found is not None and found.operation is OperationType.MUTATION


@cache
def schema() -> GraphQLSchema:
    """The schema; all sandboxes of a process share it."""
    folder = Path(__file__).parent / "sdl"
    text = "\n".join(one.read_text("utf-8") for one in sorted(folder.glob("*.graphql")))
    found = build_schema(
        text.replace("implements ColumnValue {", "implements ColumnValue {" + COMMON)
    )
    for one in found.type_map.values():
        if isinstance(one, GraphQLInterfaceType | GraphQLUnionType):
            one.resolve_type = _type_of
    return found


def _type_of(value: Any, *_more: Any) -> str:
    name: str = value["__typename"] if isinstance(value, dict) else value.GRAPHQL
    return name


@lru_cache(maxsize=256)
def read(text: str) -> Query:
    """Parse and check a query; clients send the same few texts again and again."""
    try:
        document = parse(text)
    except GraphQLError as problem:
        return Query(DocumentNode(definitions=()), (problem,))
    return Query(document, tuple(validate(schema(), document)))
