"""Views: a template's words <-> ClickUp's. Pure.

Columns, groups, sorting and filters name custom fields; ClickUp knows them as `cf_<id>`, and their
options by id. Shapes from the official documents: `PUT /v2/view/{view_id}`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from clickup_mlops.clickup.fields import read_option_label
from clickup_mlops.clickup.model import FieldDefinition
from clickup_mlops.features.provisioning.fields import WITH_OPTIONS
from clickup_mlops.features.provisioning.template.model import COLUMNS
from clickup_mlops.features.provisioning.tree import Attributes, JsonTable, fold_name
from clickup_mlops.routing.decision import NUMBER

Known = Mapping[str, FieldDefinition]
"""Custom fields by folded name."""

RAW: Final = "clickup:"
"""Before a word of ClickUp's own that has no name here: an unknown column or field."""
CUSTOM: Final = "cf_"
_NAMES: Final = {wire: name for name, wire in COLUMNS.items()} | {"none": "none"}
_OPERATORS: Final = {"is": "ANY", "is_not": "NOT ANY", "above": "GT", "below": "LT"}
_MEANINGS: Final = {wire: ours for ours, wire in _OPERATORS.items()} | {
    "EQ": "is",
    "NOT": "is_not",
}
_PRIORITIES: Final[Mapping[str, int]] = {"none": -1} | {str(k): n for k, n in NUMBER.items()}
_MATCH: Final = {"all": "AND", "any": "OR"}


def fields_used(view: Attributes) -> list[str]:
    """The custom fields that a view names, each once."""
    names = [
        view.get("group_by", "none"),
        *(name.removeprefix("-") for name in view.get("sort_by", ())),
        *(condition["field"] for condition in view.get("filter", ())),
        *view.get("columns", ()),
    ]
    return [name for name in dict.fromkeys(names) if not _is_built_in(name)]


def _is_built_in(name: str) -> bool:
    return name == "none" or name in COLUMNS or name.startswith(RAW)


def without(view: Attributes, missing: Iterable[str]) -> JsonTable:
    """The view as far as it can be made while these (folded) fields are not there."""
    missing_names = frozenset(missing)

    def stays(name: str) -> bool:
        return fold_name(name) not in missing_names

    reduced = dict(view)
    if not stays(view.get("group_by", "none")):
        reduced["group_by"] = "none"
    for key, names in (("sort_by", _sort_name), ("filter", _filter_name), ("columns", str)):
        if key in view:
            reduced[key] = [entry for entry in view[key] if stays(names(entry))]
    if not reduced.get("columns"):
        reduced.pop("columns", None)
    return reduced


def renamed(view: Attributes, names: Mapping[str, str]) -> JsonTable:
    """The view with other names (by folded name) for some of its fields."""

    def name(old_name: str) -> str:
        return names.get(fold_name(old_name), old_name)

    def sort(old_name: str) -> str:
        return f"-{name(old_name[1:])}" if old_name.startswith("-") else name(old_name)

    changed = dict(view)
    if "group_by" in view:
        changed["group_by"] = name(view["group_by"])
    for key, change in (("columns", name), ("sort_by", sort)):
        if key in view:
            changed[key] = [change(old_name) for old_name in view[key]]
    if "filter" in view:
        changed["filter"] = [
            {**condition, "field": name(condition["field"])} for condition in view["filter"]
        ]
    return changed


def _sort_name(key: str) -> str:
    return key.removeprefix("-")


def _filter_name(condition: Attributes) -> str:
    return str(condition["field"])


# To ClickUp


def to_wire(view: Attributes, fields: Known) -> JsonTable:
    """What `client.views.create` and `update` take beside name and type.

    Fields that are not known are left out, as `without` does.
    """
    view = without(view, {fold_name(n) for n in fields_used(view)} - set(fields))
    backwards = view.get("group_descending", False)
    settings: JsonTable = {
        "grouping": {
            "field": _word(view.get("group_by", "none"), fields),
            "dir": -1 if backwards else 1,
            "collapsed": [],
            "ignore": False,
        },
        "sorting": {"fields": [_sort(n, entry, fields) for n, entry in _numbered(view, "sort_by")]},
        "filters": {
            "op": _MATCH[view.get("match", "all")],
            "fields": [_condition(n, entry, fields) for n, entry in _numbered(view, "filter")],
            "search": "",
            "show_closed": view.get("show_closed", False),
        },
    }
    if view.get("columns"):
        columns = [_column(n, name, fields) for n, name in _numbered(view, "columns")]
        settings["columns"] = {"fields": columns}
    return settings


def _numbered(view: Attributes, key: str) -> Iterable[tuple[int, Any]]:
    return enumerate(view.get(key) or ())


def _word(name: str, fields: Known) -> str:
    if _is_built_in(name):
        return COLUMNS.get(name, name.removeprefix(RAW))
    return CUSTOM + fields[fold_name(name)].id


def _sort(n: int, name: str, fields: Known) -> JsonTable:
    direction = -1 if name.startswith("-") else 1
    return {"field": _word(_sort_name(name), fields), "dir": direction, "idx": n}


def _column(n: int, name: str, fields: Known) -> JsonTable:
    return {"field": _word(name, fields), "idx": n, "width": 160, "hidden": False}


def _condition(n: int, condition: Attributes, fields: Known) -> JsonTable:
    if "op" in condition:  # in ClickUp's own form
        operator, values = condition["op"], condition["values"]
    else:
        ours = next(key for key in _OPERATORS if key in condition)
        operands = condition[ours] if isinstance(condition[ours], Sequence) else [condition[ours]]
        operator, values = (
            _OPERATORS[ours],
            [_value(condition["field"], operand, fields) for operand in operands],
        )
    return {"field": _word(condition["field"], fields), "op": operator, "idx": n, "values": values}


def _value(name: str, value: Any, fields: Known) -> Any:
    if name == "priority":
        return _PRIORITIES.get(str(value).casefold(), value)
    field = fields.get(fold_name(name))
    if field is None or field.type not in WITH_OPTIONS:
        return value
    ids = {fold_name(read_option_label(o)): o["id"] for o in field.type_config.get("options") or ()}
    return ids.get(fold_name(str(value)), value)


# From ClickUp


def from_wire(raw: Attributes, fields: Iterable[FieldDefinition]) -> JsonTable:
    """A live view in a template's words; what has none is `clickup:<word>`."""
    by_word = {CUSTOM + field.id: field for field in fields}
    grouping, filters = raw.get("grouping") or {}, raw.get("filters") or {}

    def name(word: Any) -> str:
        field = by_word.get(str(word))
        return field.name if field else _NAMES.get(str(word), f"{RAW}{word}")

    return {
        "type": str(raw.get("type") or ""),
        "group_by": name(grouping.get("field") or "none"),
        "group_descending": grouping.get("dir") == -1,
        "sort_by": [_read_sort(entry, name) for entry in _listed(raw, "sorting")],
        "filter": [_read_filter(entry, name, by_word) for entry in filters.get("fields") or ()],
        "match": "any" if filters.get("op") == "OR" else "all",
        "show_closed": bool(filters.get("show_closed")),
        "columns": [
            name(entry["field"]) for entry in _listed(raw, "columns") if not entry.get("hidden")
        ],
    }


def _listed(raw: Attributes, key: str) -> list[Attributes]:
    fields = (raw.get(key) or {}).get("fields") or ()
    return [entry for entry in fields if isinstance(entry, Mapping)]


def _read_sort(entry: Attributes, name: Callable[[Any], str]) -> str:
    return ("-" if entry.get("dir") == -1 else "") + name(entry.get("field"))


def _read_filter(
    condition: Attributes, name: Callable[[Any], str], by_word: Mapping[str, FieldDefinition]
) -> JsonTable:
    ours, field = _MEANINGS.get(str(condition.get("op"))), name(condition.get("field"))
    raw_values = condition.get("values")
    values = raw_values if isinstance(raw_values, list) else [raw_values]
    if ours in ("is", "is_not") and values:
        readable = _reader(str(condition.get("field")), by_word)
        return {"field": field, ours: [readable(value) for value in values]}
    if ours is not None and len(values) == 1 and isinstance(values[0], int | float | str):
        with suppress(ValueError):
            return {"field": field, ours: float(values[0])}
    return {"field": field, "op": condition.get("op"), "values": values}


def _reader(word: str, by_word: Mapping[str, FieldDefinition]) -> Callable[[Any], Any]:
    if word == "priority":
        words = {number: name for name, number in _PRIORITIES.items()}
        return lambda value: words.get(int(value), value) if _is_integer(value) else value
    field = by_word.get(word)
    if field is None or field.type not in WITH_OPTIONS:
        return lambda value: value
    labels = {o["id"]: read_option_label(o) for o in field.type_config.get("options") or ()}
    return lambda value: labels.get(value, value)


def _is_integer(value: Any) -> bool:
    return str(value).removeprefix("-").isdecimal()


def merged_columns(want: Sequence[str], have: Sequence[str]) -> list[str]:
    """The wanted columns, then those that people added."""
    named = set(map(fold_name, want))
    return [*want, *(name for name in have if fold_name(name) not in named)]


def needs_definitions(view: Attributes) -> bool:
    """Whether making it needs more than the ids of its fields: the ids of their options."""
    return any(condition["field"] not in COLUMNS for condition in view.get("filter") or ())
