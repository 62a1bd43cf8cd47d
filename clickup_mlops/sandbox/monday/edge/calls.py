"""One GraphQL call: what was sent, and the answer to it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Request
from graphql import ExecutionResult, FieldNode, GraphQLError, OperationDefinitionNode

from clickup_mlops.sandbox.monday.edge.shapes import Failure, build_failure
from clickup_mlops.sandbox.monday.graph.schema import Query, choose_version, parse_query
from clickup_mlops.sandbox.monday.state.refusal import Refusal

_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


@dataclass(frozen=True)
class Call:
    """A GraphQL query with its variables; `name` chooses one of its operations."""

    query: Query
    text: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None

    @property
    def operation(self) -> OperationDefinitionNode | None:
        """The operation to execute; None if there is none of this name."""
        return self.query.operation(self.name)

    @property
    def fields(self) -> list[str]:
        """The names of the fields at the top, without `complexity`."""
        operation = self.operation
        selections = [] if operation is None else operation.selection_set.selections
        return [
            selection.name.value
            for selection in selections
            if isinstance(selection, FieldNode) and selection.name.value != "complexity"
        ]


def parse_request(request: Request) -> Call | Failure:
    """The call in a request: JSON, or a form, also with files (`map` says for which variables)."""
    version = choose_version(request.headers.get("API-Version"))
    is_form = request.mimetype in _FORMS
    body = _read_form(request) if is_form else request.get_json(force=True, silent=True)
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        return build_failure("No query string was present", "GRAPHQL_VALIDATION_FAILED", 400)
    return _build_call(body, version)


def _read_form(request: Request) -> dict[str, Any]:
    variables = _parse_json(request.form.get("variables"))
    places = _parse_json(request.form.get("map"))
    for key, upload in request.files.items():
        # {"file": "variables.file"}, {"file": ["variables.file"]}, or variables[file] without map
        paths = places.get(key) or key.replace("[", ".").replace("]", "")
        for path in [paths] if isinstance(paths, str) else paths:
            variables[str(path).removeprefix("variables.")] = (upload.filename, upload.read())
            upload.seek(0)
    return {**request.form.to_dict(), "variables": variables}


def _parse_json(text: str | None) -> dict[str, Any]:
    try:
        value = json.loads(text or "{}")
    except json.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def _build_call(body: Mapping[str, Any], version: str) -> Call:
    text, variables, name = body["query"], body.get("variables"), body.get("operationName")
    values = variables if isinstance(variables, Mapping) else _parse_json(variables)
    return Call(parse_query(text, version), text, values, name if isinstance(name, str) else None)


def build_validation_failure(problems: tuple[GraphQLError, ...]) -> Failure:
    """A query that does not fit the schema: a message and a place, no code."""
    errors = [
        {
            # As GraphQL for JavaScript quotes names.
            "message": problem.message.replace("'", '"'),
            "locations": [{"line": at.line, "column": at.column} for at in problem.locations or ()],
        }
        for problem in problems
    ]
    return Failure(200, {"errors": errors})


def build_body(result: ExecutionResult) -> dict[str, Any]:
    """The body: data, and errors where there are some."""
    body: dict[str, Any] = {}
    if result.data is not None or not result.errors:
        body["data"] = result.data
    if result.errors:
        body["errors"] = [_build_error(error) for error in result.errors]
    return body


def _build_error(problem: GraphQLError) -> dict[str, Any]:
    body: dict[str, Any] = {
        "message": problem.message,
        "locations": [{"line": at.line, "column": at.column} for at in problem.locations or ()],
        "path": problem.path,
    }
    cause = problem.original_error
    if isinstance(cause, Refusal):
        waits = {key: value for key, value in cause.data.items() if key == "retry_in_seconds"}
        data = {key: value for key, value in cause.data.items() if key not in waits}
        extensions = {"code": cause.code, "status_code": cause.status, "error_data": data}
        body["extensions"] = extensions | {"service": "monolith"} | waits
    elif cause is not None and not isinstance(cause, GraphQLError):
        body["extensions"] = {"error_code": "INTERNAL_SERVER_ERROR", "status_code": 500}
        body["message"] = f"Internal server error: {type(cause).__name__}: {cause}"
    return body


def drop_first_part(body: dict[str, Any]) -> dict[str, Any]:
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
