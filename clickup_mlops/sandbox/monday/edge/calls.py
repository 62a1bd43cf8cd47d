"""One GraphQL call: what was sent, and the answer to it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Request
from graphql import ExecutionResult, FieldNode, GraphQLError, OperationDefinitionNode

from clickup_mlops.sandbox.monday.edge.shapes import Failure, failure
from clickup_mlops.sandbox.monday.graph.schema import Query, read
from clickup_mlops.sandbox.monday.state.refusal import Refusal


@dataclass(frozen=True)
class Call:
    """A query with its variables."""

    query: Query
    text: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None

    @property
    def operation(self) -> OperationDefinitionNode | None:
        """What to execute."""
        return self.query.operation(self.name)

    @property
    def fields(self) -> list[str]:
        """The names of the fields at the top, without `complexity`."""
        found = self.operation
        names = [] if found is None else found.selection_set.selections
        return [
            one.name.value
            for one in names
            if isinstance(one, FieldNode) and one.name.value != "complexity"
        ]


def received(request: Request) -> Call | Failure:
    """The call in a request: JSON, or a form with files (`map` says for which variables)."""
    if request.mimetype == "multipart/form-data":
        return _form(request)
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        return failure("No query string was present", "GRAPHQL_VALIDATION_FAILED", 400)
    return _call(body["query"], body.get("variables"), body.get("operationName"))


def _form(request: Request) -> Call | Failure:
    text, variables = request.form.get("query", ""), _json(request.form.get("variables"))
    places = _json(request.form.get("map"))
    for key, upload in request.files.items():
        # {"file": "variables.file"}, {"file": ["variables.file"]}, or variables[file] without map
        paths = places.get(key) or key.replace("[", ".").replace("]", "")
        for path in [paths] if isinstance(paths, str) else paths:
            variables[str(path).removeprefix("variables.")] = (upload.filename, upload.read())
            upload.seek(0)
    return _call(text, variables, None)


def _json(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except json.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _call(text: str, variables: Any, name: Any) -> Call:
    given = variables if isinstance(variables, Mapping) else _json(variables)
    return Call(read(text), text, given, name if isinstance(name, str) else None)


def invalid(problems: tuple[GraphQLError, ...]) -> Failure:
    """A query that does not fit the schema: a message and a place, no code."""
    errors = [
        {
            # As GraphQL for JavaScript quotes names.
            "message": one.message.replace("'", '"'),
            "locations": [{"line": at.line, "column": at.column} for at in one.locations or ()],
        }
        for one in problems
    ]
    return Failure(200, {"errors": errors})


def answered(result: ExecutionResult) -> dict[str, Any]:
    """The body: data, and errors where there are some."""
    body: dict[str, Any] = {}
    if result.data is not None or not result.errors:
        body["data"] = result.data
    if result.errors:
        body["errors"] = [_error(one) for one in result.errors]
    return body


def _error(problem: GraphQLError) -> dict[str, Any]:
    found: dict[str, Any] = {
        "message": problem.message,
        "locations": [{"line": at.line, "column": at.column} for at in problem.locations or ()],
        "path": problem.path,
    }
    cause = problem.original_error
    if isinstance(cause, Refusal):
        waits = {key: one for key, one in cause.data.items() if key == "retry_in_seconds"}
        data = {key: one for key, one in cause.data.items() if key not in waits}
        own = {"code": cause.code, "status_code": cause.status, "error_data": data}
        found["extensions"] = own | {"service": "monolith"} | waits
    elif cause is not None and not isinstance(cause, GraphQLError):
        found["extensions"] = {"error_code": "INTERNAL_SERVER_ERROR", "status_code": 500}
        found["message"] = f"Internal server error: {type(cause).__name__}: {cause}"
    return found


def partial(body: dict[str, Any]) -> dict[str, Any]:
    """The same answer with its first part missing and an error instead."""
    data = body.get("data") or {}
    first = next((key for key in data if key != "complexity"), None)
    if first is None:
        return body
    error = {
        "message": "Internal server error",
        "path": [first],
        "extensions": {"code": "INTERNAL_SERVER_ERROR", "status_code": 500, "service": "boards"},
    }
    return {"data": data | {first: None}, "errors": [error]}
