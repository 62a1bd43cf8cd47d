"""The template language as JSON Schema, so that an editor completes keys and marks mistakes. Pure.

It is made from the models in `template`. It asks for less than they do, because what a file leaves
out may come from `extends` or `include`, and a number may be a parameter.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from clickup_mlops.config import Table
from clickup_mlops.features.provisioning.template.model import Folder, List, Space, Template
from clickup_mlops.features.provisioning.tree import Attributes, Json

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
ENTRY: Final = ("name", "endpoint")
"""What an entry of `[[...]]` cannot do without."""
FILE: Final = ("summary", "strategy")
"""What a template's file cannot do without."""

_PARAMETER: Final = {"type": "string", "pattern": r"^\$\{[A-Za-z_]\w*\}$"}
_NOT_TEXT: Final = frozenset({"number", "integer", "boolean"})
_SPELLED: Final = frozenset({"pattern", "format", "enum"})
"""What a string must be like; a parameter is allowed all the same."""


def of_template() -> Json:
    """For `templates/<name>.toml`."""
    made = _of(Template)
    return {**made, "required": list(FILE)}


def of_part() -> Json:
    """For `templates/parts/<name>.toml`: the keys of the places that include it."""
    places = [_of(place) for place in (Space, Folder, List)]
    whole: Json = {
        "$schema": DRAFT,
        "title": "Part of a template",
        "type": "object",
        "additionalProperties": False,
        "properties": {},
        "$defs": {},
    }
    for one in places:
        whole["properties"] |= one["properties"]
        whole["$defs"] |= one["$defs"]
    return whole


def keys_at(location: Sequence[int | str]) -> list[str]:
    """The keys that a table of a template may have, by where it stands; none if it may have any."""
    whole = of_template()
    here: Attributes = whole
    for part in location:
        named = here.get("properties", {})
        inner = here.get("items") if isinstance(part, int) else named.get(part)
        here = _meant(inner or here.get("additionalProperties"), whole["$defs"])
    return list(here.get("properties", ()))


def _meant(value: Any, definitions: Attributes) -> Attributes:
    if not isinstance(value, Mapping):
        return {}
    reference = str(value.get("$ref", "")).rpartition("/")[2]
    return definitions[reference] if reference else value


def _of(model: type[Table]) -> Json:
    made = model.model_json_schema(by_alias=True)
    definitions = {name: _entry(one) for name, one in made.pop("$defs", {}).items()}
    return {"$schema": DRAFT, **_entry(made), "$defs": definitions}


def _entry(made: Attributes) -> Json:
    """One table: only its name is asked for, and every value may be a parameter."""
    eased = dict(made)
    needed = [key for key in eased.pop("required", ()) if key in ENTRY]
    if needed and made.get("title") != Space.__name__:
        eased["required"] = needed
    if "properties" in made:
        eased["properties"] = {key: _eased(one) for key, one in made["properties"].items()}
    return eased


def _eased(value: Any) -> Any:
    """The same, also true for `${parameter}`."""
    if isinstance(value, list):
        return [_eased(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    inner = {
        key: _eased(one) if key not in ("default", "enum") else one for key, one in value.items()
    }
    kind = value.get("type")
    if kind in _NOT_TEXT or (kind == "string" and not _SPELLED.isdisjoint(value)):
        said = {key: inner.pop(key) for key in ("description", "title", "default") if key in inner}
        return {**said, "anyOf": [inner, _PARAMETER]}
    return inner
