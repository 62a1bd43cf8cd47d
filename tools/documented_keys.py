"""Writes `sandbox/clickup/documented/keys.json`: the keys that the official API documents name.

`python tools/documented_keys.py FOLDER`; in it are `openapi-v2.json` and `openapi-v3.json`.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

TARGET = Path(__file__).parents[1] / "clickup_mlops/sandbox/clickup/documented/keys.json"
_DOCUMENTS = (("openapi-v2.json", "/api"), ("openapi-v3.json", ""))


def collect(folder: Path) -> dict[str, dict[str, list[str]]]:
    """By method and path without names of ids: the keys of `body` and of `query`."""
    keys = {}
    for name, prefix in _DOCUMENTS:
        document = json.loads((folder / name).read_bytes())
        for path, operations in document["paths"].items():
            for method in operations.keys() & {"get", "post", "put", "patch", "delete"}:
                route = f"{method.upper()} {prefix}{re.sub(r'{[^}]*}', '{}', path)}"
                keys[route] = _describe(document, operations, operations[method])
    return dict(sorted(keys.items()))


def _describe(document: Any, shared: Any, operation: Any) -> dict[str, list[str]]:
    parameters = [*shared.get("parameters", ()), *operation.get("parameters", ())]
    resolved = [_resolve(document, parameter) for parameter in parameters]
    query = {
        parameter["name"].removesuffix("[]") for parameter in resolved if parameter["in"] == "query"
    }
    content = _resolve(document, operation.get("requestBody", {})).get("content", {})
    schemas = [media["schema"] for media in content.values() if "schema" in media]
    body = {key for schema in schemas for key in _properties(document, schema)}
    return {"query": sorted(query), "body": sorted(body)}


def _properties(document: Any, schema: Any) -> Iterator[str]:
    schema = _resolve(document, schema)
    yield from schema.get("properties", ())
    for part in ("allOf", "anyOf", "oneOf"):
        for each in schema.get(part, ()):
            yield from _properties(document, each)


def _resolve(document: Any, node: Any) -> Any:
    while "$ref" in node:
        target = document
        for step in unquote(node["$ref"]).removeprefix("#/").split("/"):
            key = step.replace("~1", "/").replace("~0", "~")
            target = target[int(key) if isinstance(target, list) else key]
        node = target
    return node


if __name__ == "__main__":
    TARGET.write_text(json.dumps(collect(Path(sys.argv[1])), separators=(",", ":")) + "\n")
