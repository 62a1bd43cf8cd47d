"""The template language as JSON Schema, so that an editor completes keys and marks mistakes. Pure.

It is made from the models in `template`. It asks for less than they do, because what a file leaves
out may come from `extends` or `include`, and a number may be a parameter.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from clickup_mlops.config import Table
from clickup_mlops.features.provisioning.template.model import Folder, List, Space, Template
from clickup_mlops.features.provisioning.tree import Attributes, JsonTable

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
ENTRY: Final = ("name", "endpoint")
"""What an entry of `[[...]]` cannot do without."""
FILE: Final = ("summary", "strategy")
"""What a template's file cannot do without."""

_PARAMETER: Final = {"type": "string", "pattern": r"^\$\{[A-Za-z_]\w*\}$"}
_NOT_TEXT: Final = frozenset({"number", "integer", "boolean"})
_SPELLED: Final = frozenset({"pattern", "format", "enum"})
"""What a string must be like; a parameter is allowed all the same."""


def of_template() -> JsonTable:
    """The JSON Schema of `templates/<name>.toml`."""
    schema = _of(Template)
    return {**schema, "required": list(FILE)}


def of_part() -> JsonTable:
    """For `templates/parts/<name>.toml`: the keys of the places that include it."""
    places = [_of(place) for place in (Space, Folder, List)]
    merged: JsonTable = {
        "$schema": DRAFT,
        "title": "Part of a template",
        "type": "object",
        "additionalProperties": False,
        "properties": {},
        "$defs": {},
    }
    for place_schema in places:
        merged["properties"] |= place_schema["properties"]
        merged["$defs"] |= place_schema["$defs"]
    return merged


def keys_at(location: Sequence[int | str]) -> list[str]:
    """The keys that a table of a template may have, by where it stands; none if it may have any."""
    schema = of_template()
    current: Attributes = schema
    for part in location:
        named = current.get("properties", {})
        inner = current.get("items") if isinstance(part, int) else named.get(part)
        current = _resolve(inner or current.get("additionalProperties"), schema["$defs"])
    return list(current.get("properties", ()))


def _resolve(value: Any, definitions: Attributes) -> Attributes:
    if not isinstance(value, Mapping):
        return {}
    reference = str(value.get("$ref", "")).rpartition("/")[2]
    return definitions[reference] if reference else value


def _of(model: type[Table]) -> JsonTable:
    schema = model.model_json_schema(by_alias=True)
    definitions = {name: _entry(definition) for name, definition in schema.pop("$defs", {}).items()}
    return {"$schema": DRAFT, **_entry(schema), "$defs": definitions}


def _entry(schema: Attributes) -> JsonTable:
    """One table: only its name is asked for, and every value may be a parameter."""
    eased = dict(schema)
    required = [key for key in eased.pop("required", ()) if key in ENTRY]
    if required and schema.get("title") != Space.__name__:
        eased["required"] = required
    if "properties" in schema:
        eased["properties"] = {
            key: _eased(property_) for key, property_ in schema["properties"].items()
        }
    return eased


def _eased(value: Any) -> Any:
    """The same, also true for `${parameter}`."""
    if isinstance(value, list):
        return [_eased(inner_value) for inner_value in value]
    if not isinstance(value, Mapping):
        return value
    inner = {
        key: _eased(inner_value) if key not in ("default", "enum") else inner_value
        for key, inner_value in value.items()
    }
    kind = value.get("type")
    if kind in _NOT_TEXT or (kind == "string" and not _SPELLED.isdisjoint(value)):
        annotations = {
            key: inner.pop(key) for key in ("description", "title", "default") if key in inner
        }
        return {**annotations, "anyOf": [inner, _PARAMETER]}
    return inner
