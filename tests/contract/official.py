"""Judges wire exchanges by ClickUp's official API documents.

`Official(folder).answer_problems(exchange)` and `.request_problems(exchange)` return sentences;
an empty list means that the documents agree. An exchange is what the sandbox's stats report.
"""

import json
import re
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs

from clickup_mlops.sandbox.core.stats import Exchange

_OBJECTS = {"type": "array", "items": {"type": "object"}}
_MS = {"type": ["integer", "null"]}
_PERSON = {"type": ["object", "null"]}

PATCHES: dict[str, Any] = {
    # Known type errors (SOURCE.md beside the documents).
    "time_spent": _MS,
    "time_estimate": _MS,
    **dict.fromkeys(
        [
            "assignees",
            "watchers",
            "tags",
            "checklists",
            "dependencies",
            "linked_tasks",
            "group_assignees",
        ],
        _OBJECTS,
    ),
    # Places where a schema contradicts the document's own example, or another schema of it.
    "folders": _OBJECTS,
    "lists": _OBJECTS,
    "assignee": _PERSON,
    "assigned_by": _PERSON,
    "task_count": {"type": ["integer", "string", "null"]},
    "profilePicture": {"type": ["string", "null"]},
    "avatar": {"type": ["string", "object", "null"]},  # a group's is an object
    "color": {"type": ["string", "null"]},
    "priority": {"type": ["object", "null"]},
    "points": {"type": ["number", "null"]},
    "status": {"type": ["object", "string", "null"]},
    **{
        key: {"type": ["string", "object", "null"]}
        for key in ["date_closed", "date_done", "due_date", "start_date", "parent"]
    },
    "start_date_time": {"type": ["boolean", "string", "null"]},
    "items": _OBJECTS,
    "custom_fields": _OBJECTS,
    "templates": _OBJECTS,
    "value": {},
    # Nothing there: a task without a custom id, a member without a custom role, a free entry.
    "custom_id": {"type": ["string", "null"]},
    "custom_role": {"type": ["object", "null"]},
    "task": {"type": ["object", "null"]},
    "divide": {"type": ["object", "null"]},
}
"""Property name -> schema to use instead, in answers of v2."""

EMPTY_IN_EXAMPLES = ("key_results", "owners", "members", "tasks")
"""Arrays of objects whose examples are empty, which the documents then call arrays of strings."""

ONLY_IF_ASKED = {"task_tags", "list_name", "folder_name", "space_name"}
"""Called required, but their query parameters say that they come only if asked for."""
OF_A_TASK = {"task_location", "task_url", "end"}
"""Called required, but an entry without a task has no location, and a running one no end."""

COMMENT_ID = {"type": "integer"}
"""The id in the answer to a new comment is a number (recorded live)."""


class Official:
    """Both documents, patched in memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "clickup"

    @cached_property
    def _documents(self) -> dict[str, dict[str, Any]]:
        v2 = json.loads((self._folder / "openapi-v2.json").read_text())
        v3 = json.loads((self._folder / "openapi-v3.json").read_text())
        _allow_null(v3)
        return {"/api/v2": v2, "/api/v3": v3}

    @cached_property
    def operations(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Every documented operation by method and path as it is called, parameters blanked."""
        operations = {}
        for document in self._documents.values():
            for path, item in document["paths"].items():
                full = path if path.startswith("/api") else f"/api{path}"
                for method, operation in item.items():
                    if method in ("get", "post", "put", "patch", "delete"):
                        operations[method.upper(), _blank(full)] = operation
        return operations

    def answer_problems(self, exchange: Exchange) -> list[str]:
        """What the documents say against an answer. Errors of v2 need only the envelope."""
        operation = self.operations.get((exchange.method, _blank(exchange.route)))
        if operation is None:
            return [] if exchange.status in (404, 405) else [f"undocumented {_name(exchange)}"]
        if exchange.status >= 400:
            return _envelope_problems(exchange)
        answer = operation["responses"].get(str(exchange.status))
        if answer is None:
            return [f"{_name(exchange)}: status {exchange.status} is not documented"]
        schema = _json_schema(answer)
        if schema is None or not exchange.response_body:
            return []
        return self._problems(exchange, schema, answers=True)

    def request_problems(self, exchange: Exchange) -> list[str]:
        """What the documents say against a request: unknown query keys, a wrong body."""
        operation = self.operations.get((exchange.method, _blank(exchange.route)))
        if operation is None:
            return [f"undocumented {_name(exchange)}"]
        problems = _query_problems(operation, exchange)
        schema = _json_schema(operation.get("requestBody") or {})
        if schema is not None and exchange.request_body:
            problems += self._problems(exchange, schema, answers=False)
        return problems

    def _problems(self, exchange: Exchange, schema: Any, *, answers: bool) -> list[str]:
        body = exchange.response_body if answers else exchange.request_body
        errors = self._validator(exchange.route[:7], json.dumps(schema), answers).iter_errors(
            json.loads(body)
        )
        return [f"{_name(exchange)}: {_where(error)}: {error.message[:300]}" for error in errors]

    @cache  # noqa: B019 - one Official lives as long as the test session
    def _validator(self, version: str, schema: str, answers: bool) -> Any:
        document = dict(self._documents[version])
        root = json.loads(schema)
        if version == "/api/v2":
            # References point into other operations' answers: those must be patched, too.
            document = json.loads(json.dumps(document))
            _inline(root, document)
            if answers:
                _patch(root)
        return jsonschema_rs.Draft202012Validator(
            {**root, "components": document.get("components")}
        )


def _blank(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


def _name(exchange: Exchange) -> str:
    return f"{exchange.method} {exchange.route}"


def _where(problem: Any) -> str:
    return "/".join(map(str, problem.instance_path)) or "(body)"


def _json_schema(holder: dict[str, Any]) -> Any:
    return (holder.get("content") or {}).get("application/json", {}).get("schema")


def _envelope_problems(exchange: Exchange) -> list[str]:
    body = json.loads(exchange.response_body)
    v3 = {"status", "message", "trace_id", "timestamp"}
    if exchange.route.startswith("/api/v3"):
        return [] if set(body) >= v3 else [f"{_name(exchange)}: not the v3 envelope: {body}"]
    is_envelope = isinstance(body.get("err", body.get("error")), str) and "ECODE" in body
    return [] if is_envelope else [f"{_name(exchange)}: not the v2 envelope: {body}"]


def _query_problems(operation: dict[str, Any], exchange: Exchange) -> list[str]:
    documented = {p["name"].removesuffix("[]") for p in operation.get("parameters", [])}
    query_keys = {re.sub(r"\[\d*\]$", "", key) for key, _value in parse_qsl(exchange.query)}
    return [
        f"{_name(exchange)}: undocumented query key {key}"
        for key in sorted(query_keys - documented)
    ]


def _follow(reference: str, document: dict[str, Any]) -> Any:
    from urllib.parse import unquote

    target: Any = document
    for token in reference.removeprefix("#/").split("/"):
        key = unquote(token).replace("~1", "/").replace("~0", "~")
        target = target[int(key)] if isinstance(target, list) else target[key]
    return target


def _inline(node: Any, document: dict[str, Any], depth: int = 0) -> None:
    """Replace references by what they point at, so that a patch touches no other operation."""
    if isinstance(node, list):
        for child in node:
            _inline(child, document, depth)
    elif isinstance(node, dict):
        while "$ref" in node and depth < 30:
            target = json.loads(json.dumps(_follow(node.pop("$ref"), document)))
            node.update(target)
        for key, child in node.items():
            if key not in ("example", "examples"):
                _inline(child, document, depth + 1)


def _patch(node: Any) -> None:
    if isinstance(node, list):
        for child in node:
            _patch(child)
    elif isinstance(node, dict):
        _patch_object(node, node.get("properties") or {})
        if "oneOf" in node:  # Branches overlap: any of them is meant.
            node["anyOf"] = node.pop("oneOf")
        for key, child in list(node.items()):
            # In `features` the same words are switches.
            if key not in ("example", "examples", "features"):
                _patch(child)


def _patch_object(node: dict[str, Any], properties: dict[str, Any]) -> None:
    for name, documented in properties.items():
        properties[name] = _patched(name, documented)
    if "task_tags" in properties or "list_name" in properties:
        node["required"] = sorted({*node["required"]} - ONLY_IF_ASKED - OF_A_TASK)
    if "27075wz" in properties:  # An example's task ids, taken for keys of the schema.
        node["additionalProperties"] = properties["27075wz"]
        node["required"] = []
    if set(node.get("required") or []) == {"id", "hist_id", "date"}:
        properties["id"] = COMMENT_ID


def _patched(name: str, documented: Any) -> Any:
    kind = documented.get("type")
    if name in EMPTY_IN_EXAMPLES and documented.get("items", {}).get("type") == "string":
        return _OBJECTS
    if name == "data" and kind == "object":  # No timer is running.
        return {**documented, "type": ["object", "null"]}
    if name == "assignee" and kind == "integer":  # A new time entry shows the id alone.
        return documented
    return PATCHES.get(name, documented)


def _allow_null(node: Any) -> None:
    """OpenAPI 3.0 says `nullable`, JSON Schema a list of types; overlapping `oneOf` means any."""
    if isinstance(node, list):
        for child in node:
            _allow_null(child)
    elif isinstance(node, dict):
        if "oneOf" in node:
            node["anyOf"] = node.pop("oneOf")
        if node.get("nullable") is True and isinstance(node.get("type"), str):
            node["type"] = [node["type"], "null"]
        for child in list(node.values()):
            _allow_null(child)
