"""What a query costs.

Monday.com does not publish its formula. The sandbox assumes 10 points for each object that a field
may return: by its `limit`, else the number of `ids`, else `SIZES`; nested lists multiply. A page
of 500 items with values and subitems costs 65,000 points or so, as such pages do there.
"""

from collections.abc import Mapping
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    value_from_ast_untyped,
)

PER_OBJECT = 10
MOST = 5_000_000
"""Points of one query."""
SIZES: Final[Mapping[str, int]] = {
    "boards": 25,
    "workspaces": 25,
    "folders": 25,
    "docs": 25,
    "users": 200,
    "items_page": 25,
    "next_items_page": 25,
    "updates": 25,
    "activity_logs": 25,
    "blocks": 25,
    "subitems": 5,
    "replies": 2,
}


def cost(
    document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> int:
    """The points of an operation, known before it is executed."""
    fragments = {
        one.name.value: one.selection_set
        for one in document.definitions
        if isinstance(one, FragmentDefinitionNode)
    }
    defaults = {
        one.variable.name.value: value_from_ast_untyped(one.default_value)
        for one in operation.variable_definitions or ()
        if one.default_value is not None
    }
    return 1 + _cost(operation.selection_set, 1, fragments, defaults | dict(variables))


def _cost(
    selected: SelectionSetNode,
    times: int,
    fragments: Mapping[str, SelectionSetNode],
    variables: Mapping[str, Any],
) -> int:
    total = 0
    for one in selected.selections:
        if isinstance(one, FragmentSpreadNode):
            total += _cost(fragments[one.name.value], times, fragments, variables)
        elif isinstance(one, InlineFragmentNode):
            total += _cost(one.selection_set, times, fragments, variables)
        elif isinstance(one, FieldNode) and one.selection_set and one.name.value != "complexity":
            many = times * _size(one, variables)
            total += many * PER_OBJECT + _cost(one.selection_set, many, fragments, variables)
    return total


def _size(field: FieldNode, variables: Mapping[str, Any]) -> int:
    given = {
        one.name.value: value_from_ast_untyped(one.value, dict(variables))
        for one in field.arguments or ()
    }
    ids = given.get("ids")
    known = len(ids) if isinstance(ids, list) else 1 if ids is not None else None
    limit = given.get("limit")
    sizes = [one for one in (known, limit) if isinstance(one, int)]
    return max(1, min(sizes)) if sizes else SIZES.get(field.name.value, 1)
