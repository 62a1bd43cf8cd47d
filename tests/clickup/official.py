"""ClickUp's own API documents as a judge of the requests that our client sends.

What the documents have wrong, and what we do instead on purpose, is listed here, each with its
reason; everything else must fit.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import jsonschema_rs
import orjson
import requests

Json = dict[str, Any]

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One operation of a document; `pointer` leads to it."""

    document: str
    method: str
    path: str
    pattern: re.Pattern[str]
    raw: Json
    parameters: tuple[Json, ...]

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.path}"


@dataclass
class Official:
    """Both documents, ready to judge."""

    documents: dict[str, Json]
    operations: list[Operation] = field(default_factory=list)
    judged: set[str] = field(default_factory=set)

    @classmethod
    def load(cls, folder: Path) -> "Official":
        v2 = orjson.loads((folder / "openapi-v2.json").read_bytes())
        v3 = orjson.loads((folder / "openapi-v3.json").read_bytes())
        official = cls({"urn:v2": v2, "urn:v3": v3})
        for name, prefix in (("urn:v2", "/api"), ("urn:v3", "")):
            official._add(name, prefix)
        official._registry = jsonschema_rs.Registry(list(official.documents.items()))  # type: ignore[attr-defined]
        return official

    def _add(self, name: str, prefix: str) -> None:
        for path, item in self.documents[name]["paths"].items():
            for method in METHODS:
                if method in item:
                    shared = item.get("parameters", ()), item[method].get("parameters", ())
                    parameters = tuple(
                        self._resolved(name, parameter) for both in shared for parameter in both
                    )
                    full = prefix + path
                    pattern = re.compile(re.sub(r"\\\{\w+\\\}", "([^/]+)", re.escape(full)))
                    self.operations.append(
                        Operation(name, method, full, pattern, item[method], parameters)
                    )
        # Fixed paths win over those with parameters.
        self.operations.sort(key=lambda operation: operation.path.count("{"))

    def _resolved(self, name: str, node: Json) -> Json:
        while "$ref" in node:
            node = self._at(name, node["$ref"])
        return node

    def _at(self, name: str, pointer: str) -> Json:
        node: Any = self.documents[name]
        for part in pointer.removeprefix("#/").split("/"):
            node = node[unquote(part).replace("~1", "/").replace("~0", "~")]
        return node

    # -- judging

    def judge(self, request: requests.PreparedRequest) -> list[str]:
        """What is wrong with the request by the documents; empty if nothing."""
        url = urlsplit(request.url or "")
        operation = self.operation(str(request.method).lower(), url.path)
        if operation is None:
            return [f"{request.method} {url.path}: not documented"]
        self.judged.add(operation.name)
        problems = [
            *self._path(operation, url.path),
            *self._query(operation, parse_qsl(url.query, keep_blank_values=True)),
            *self._body(operation, request),
        ]
        return [f"{operation.name}: {problem}" for problem in problems]

    def operation(self, method: str, path: str) -> Operation | None:
        for operation in self.operations:
            if operation.method == method and operation.pattern.fullmatch(path):
                return operation
        return None

    def _path(self, operation: Operation, path: str) -> list[str]:
        match = operation.pattern.fullmatch(path)
        names = re.findall(r"\{(\w+)\}", operation.path)
        assert match
        values = dict(zip(names, map(unquote, match.groups()), strict=True))
        parameters = [parameter for parameter in operation.parameters if parameter["in"] == "path"]
        return [
            problem
            for parameter in parameters
            for problem in self._value(operation, parameter, values[parameter["name"]])
        ]

    def _query(self, operation: Operation, pairs: list[tuple[str, str]]) -> list[str]:
        parameters = {
            parameter["name"]: parameter
            for parameter in operation.parameters
            if parameter["in"] == "query"
        }
        problems = []
        for name, value in pairs:
            # Arrays need brackets on the wire; half of the document leaves them out.
            parameter = parameters.get(name) or parameters.get(name.removesuffix("[]"))
            if parameter is None:
                problems.append(f"unknown query parameter {name}")
            else:
                problems += self._value(operation, parameter, value)
        sent_names = {name for name, _ in pairs}
        missing = {
            name for name, parameter in parameters.items() if parameter.get("required")
        } - sent_names
        if operation.name == "DELETE /api/v2/task/{task_id}/dependency" and len(missing) == 1:
            missing = set()  # both are marked required, but exactly one may be sent
        return problems + [f"query parameter {name} is missing" for name in sorted(missing)]

    def _value(self, operation: Operation, parameter: Json, text: str) -> list[str]:
        schema = self._resolved(operation.document, parameter.get("schema", {}))
        if schema.get("type") == "array":
            schema = self._resolved(operation.document, schema.get("items", {}))
        kind = schema.get("type")
        fits = {
            "integer": lambda: re.fullmatch(r"-?\d+", text),
            "number": lambda: re.fullmatch(r"-?\d+(\.\d+)?", text),
            "boolean": lambda: text in ("true", "false"),
        }.get(str(kind), lambda: True)()
        # Task, template and view ids are text; some places call them numbers.
        if not fits and parameter["in"] == "path":
            fits = parameter["name"] in ("task_id", "view_id", "doc_id", "page_id", "template_id")
        wrong = [] if fits else [f"{parameter['name']}={text!r} is no {kind}"]
        if "enum" in schema and text not in map(str, schema["enum"]):
            wrong.append(f"{parameter['name']}={text!r} is not one of {schema['enum']}")
        return wrong

    def _body(self, operation: Operation, request: requests.PreparedRequest) -> list[str]:
        kinds = operation.raw.get("requestBody", {}).get("content", {})
        media_type = str(request.headers.get("Content-Type", "")).partition(";")[0]
        if not kinds:
            return ["a body was sent, none is documented"] if request.body else []
        if media_type == "multipart/form-data":
            return [] if media_type in kinds else [f"{media_type} is not documented"]
        if not request.body:
            required = operation.raw["requestBody"].get("required")
            return ["the body is missing"] if required else []
        if media_type != "application/json" or not (
            {"application/json", "application/x-www-form-urlencoded"} & set(kinds)
        ):
            return [f"{media_type} is not documented"]
        body = forgiven(operation.name, orjson.loads(request.body))
        schema = self._pointer(operation, next(iter(kinds)))
        validator = jsonschema_rs.validator_for({"$ref": schema}, registry=self._registry)  # type: ignore[attr-defined]
        problems = [
            f"{'/'.join(map(str, error.instance_path))}: {error.message}"
            for error in validator.iter_errors(body)
        ]
        return [problem for problem in problems if not known_mistake(operation.name, problem)]

    def _pointer(self, operation: Operation, kind: str) -> str:
        path = (
            operation.path.removeprefix("/api")
            if operation.document == "urn:v2"
            else operation.path
        )
        escaped = [part.replace("~", "~0").replace("/", "~1") for part in (path, kind)]
        quoted = [part.replace("{", "%7B").replace("}", "%7D") for part in escaped]
        return (
            f"{operation.document}#/paths/{quoted[0]}/{operation.method}"
            f"/requestBody/content/{quoted[1]}/schema"
        )


def forgiven(operation: str, body: Any) -> Any:
    """The body without what the documents lack although ClickUp takes it (facts, SOURCE.md)."""
    if not isinstance(body, Mapping):
        return body
    body = dict(body)
    if "comment" in body and "/comment" in operation:
        body["comment_text"] = body.pop("comment")[0]["text"]  # comments also take blocks
    if body.get("events") == "*":
        body["events"] = ["*"]  # the webhook page documents the bare star
    if "priority" in body and body["priority"] is None:
        del body["priority"]  # null removes the priority
    return body


_PARTIAL = ("PUT /api/v2/comment/{comment_id}", "PUT /api/v2/space/{space_id}")


def known_mistake(operation: str, problem: str) -> bool:
    """Whether the document, not the request, is wrong."""
    if operation in _PARTIAL and "is a required property" in problem:
        return True  # partial bodies are accepted
    return operation == "PUT /api/v2/webhook/{webhook_id}" and problem.startswith("events")
