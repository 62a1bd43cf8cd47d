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


def compute_cost(
    document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> int:
    """The points of an operation, known before it is executed."""
    fragments = {
        definition.name.value: definition.selection_set
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    defaults = {
        variable.variable.name.value: value_from_ast_untyped(variable.default_value)
        for variable in operation.variable_definitions or ()
        if variable.default_value is not None
    }
    return 1 + _sum_cost(operation.selection_set, 1, fragments, defaults | dict(variables))


def _sum_cost(
    selection_set: SelectionSetNode,
    times: int,
    fragments: Mapping[str, SelectionSetNode],
    variables: Mapping[str, Any],
) -> int:
    total = 0
    for selection in selection_set.selections:
        if isinstance(selection, FragmentSpreadNode):
            total += _sum_cost(fragments[selection.name.value], times, fragments, variables)
        elif isinstance(selection, InlineFragmentNode):
            total += _sum_cost(selection.selection_set, times, fragments, variables)
        elif (
            isinstance(selection, FieldNode)
            and selection.selection_set
            and selection.name.value != "complexity"
        ):
            count = times * _estimate_size(selection, variables)
            total += count * PER_OBJECT + _sum_cost(
                selection.selection_set, count, fragments, variables
            )
    return total


def _estimate_size(field: FieldNode, variables: Mapping[str, Any]) -> int:
    arguments = {
        argument.name.value: value_from_ast_untyped(argument.value, dict(variables))
        for argument in field.arguments or ()
    }
    ids = arguments.get("ids")
    id_count = len(ids) if isinstance(ids, list) else 1 if ids is not None else None
    limit = arguments.get("limit")
    sizes = [size for size in (id_count, limit) if isinstance(size, int)]
    return max(1, min(sizes)) if sizes else SIZES.get(field.name.value, 1)
