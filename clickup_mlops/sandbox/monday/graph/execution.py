"""Executes a checked query against the records."""

from collections.abc import Mapping
from typing import Any

from graphql import ExecutionResult, execute_sync

from clickup_mlops.sandbox.monday.graph.context import Context
from clickup_mlops.sandbox.monday.graph.mutations import Mutations
from clickup_mlops.sandbox.monday.graph.nodes import Nodes
from clickup_mlops.sandbox.monday.graph.root import Root
from clickup_mlops.sandbox.monday.graph.schema import Query, load_schema


def execute(
    query: Query, context: Context, variables: Mapping[str, Any], name: str | None
) -> ExecutionResult:
    """Data and errors of the operation `name`, or the only one; the world is locked meanwhile."""
    context.nodes = Nodes(context)
    root = Mutations(context) if query.is_mutation(name) else Root(context)
    with context.world.lock:
        return execute_sync(
            load_schema(context.version),
            query.document,
            root_value=root,
            context_value=context,
            variable_values=dict(variables),
            operation_name=name,
        )
