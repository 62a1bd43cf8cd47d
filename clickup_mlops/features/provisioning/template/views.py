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
from clickup_mlops.features.provisioning.tree import Attributes, Json, fold_name
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
        *(one["field"] for one in view.get("filter", ())),
        *view.get("columns", ()),
    ]
    return [name for name in dict.fromkeys(names) if not _is_built_in(name)]


def _is_built_in(name: str) -> bool:
    return name == "none" or name in COLUMNS or name.startswith(RAW)


def without(view: Attributes, missing: Iterable[str]) -> Json:
    """The view as far as it can be made while these (folded) fields are not there."""
    gone = frozenset(missing)

    def stays(name: str) -> bool:
        return fold_name(name) not in gone

    reduced = dict(view)
    if not stays(view.get("group_by", "none")):
        reduced["group_by"] = "none"
    for key, names in (("sort_by", _sort_name), ("filter", _filter_name), ("columns", str)):
        if key in view:
            reduced[key] = [one for one in view[key] if stays(names(one))]
    if not reduced.get("columns"):
        reduced.pop("columns", None)
    return reduced


def renamed(view: Attributes, names: Mapping[str, str]) -> Json:
    """The view with other names (by folded name) for some of its fields."""

    def name(one: str) -> str:
        return names.get(fold_name(one), one)

    def sort(one: str) -> str:
        return f"-{name(one[1:])}" if one.startswith("-") else name(one)

    changed = dict(view)
    if "group_by" in view:
        changed["group_by"] = name(view["group_by"])
    for key, change in (("columns", name), ("sort_by", sort)):
        if key in view:
            changed[key] = [change(one) for one in view[key]]
    if "filter" in view:
        changed["filter"] = [{**one, "field": name(one["field"])} for one in view["filter"]]
    return changed


def _sort_name(one: str) -> str:
    return one.removeprefix("-")


def _filter_name(one: Attributes) -> str:
    return str(one["field"])


# To ClickUp


def to_wire(view: Attributes, known: Known) -> Json:
    """What `client.views.create` and `update` take beside name and type.

    Fields that are not known are left out, as `without` does.
    """
    view = without(view, {fold_name(n) for n in fields_used(view)} - set(known))
    backwards = view.get("group_descending", False)
    settings: Json = {
        "grouping": {
            "field": _word(view.get("group_by", "none"), known),
            "dir": -1 if backwards else 1,
            "collapsed": [],
            "ignore": False,
        },
        "sorting": {"fields": [_sort(n, one, known) for n, one in _numbered(view, "sort_by")]},
        "filters": {
            "op": _MATCH[view.get("match", "all")],
            "fields": [_condition(n, one, known) for n, one in _numbered(view, "filter")],
            "search": "",
            "show_closed": view.get("show_closed", False),
        },
    }
    if view.get("columns"):
        columns = [_column(n, name, known) for n, name in _numbered(view, "columns")]
        settings["columns"] = {"fields": columns}
    return settings


def _numbered(view: Attributes, key: str) -> Iterable[tuple[int, Any]]:
    return enumerate(view.get(key) or ())


def _word(name: str, known: Known) -> str:
    if _is_built_in(name):
        return COLUMNS.get(name, name.removeprefix(RAW))
    return CUSTOM + known[fold_name(name)].id


def _sort(n: int, name: str, known: Known) -> Json:
    direction = -1 if name.startswith("-") else 1
    return {"field": _word(_sort_name(name), known), "dir": direction, "idx": n}


def _column(n: int, name: str, known: Known) -> Json:
    return {"field": _word(name, known), "idx": n, "width": 160, "hidden": False}


def _condition(n: int, one: Attributes, known: Known) -> Json:
    if "op" in one:  # in ClickUp's own form
        operator, values = one["op"], one["values"]
    else:
        ours = next(key for key in _OPERATORS if key in one)
        operands = one[ours] if isinstance(one[ours], Sequence) else [one[ours]]
        operator, values = (
            _OPERATORS[ours],
            [_value(one["field"], each, known) for each in operands],
        )
    return {"field": _word(one["field"], known), "op": operator, "idx": n, "values": values}


def _value(name: str, value: Any, known: Known) -> Any:
    if name == "priority":
        return _PRIORITIES.get(str(value).casefold(), value)
    field = known.get(fold_name(name))
    if field is None or field.type not in WITH_OPTIONS:
        return value
    ids = {fold_name(read_option_label(o)): o["id"] for o in field.type_config.get("options") or ()}
    return ids.get(fold_name(str(value)), value)


# From ClickUp


def from_wire(raw: Attributes, fields: Iterable[FieldDefinition]) -> Json:
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
        "sort_by": [_read_sort(one, name) for one in _listed(raw, "sorting")],
        "filter": [_read_filter(one, name, by_word) for one in filters.get("fields") or ()],
        "match": "any" if filters.get("op") == "OR" else "all",
        "show_closed": bool(filters.get("show_closed")),
        "columns": [name(one["field"]) for one in _listed(raw, "columns") if not one.get("hidden")],
    }


def _listed(raw: Attributes, key: str) -> list[Attributes]:
    fields = (raw.get(key) or {}).get("fields") or ()
    return [one for one in fields if isinstance(one, Mapping)]


def _read_sort(one: Attributes, name: Callable[[Any], str]) -> str:
    return ("-" if one.get("dir") == -1 else "") + name(one.get("field"))


def _read_filter(
    one: Attributes, name: Callable[[Any], str], by_word: Mapping[str, FieldDefinition]
) -> Json:
    ours, field = _MEANINGS.get(str(one.get("op"))), name(one.get("field"))
    given = one.get("values")
    values = given if isinstance(given, list) else [given]
    if ours in ("is", "is_not") and values:
        readable = _reader(str(one.get("field")), by_word)
        return {"field": field, ours: [readable(value) for value in values]}
    if ours is not None and len(values) == 1 and isinstance(values[0], int | float | str):
        with suppress(ValueError):
            return {"field": field, ours: float(values[0])}
    return {"field": field, "op": one.get("op"), "values": values}


def _reader(word: str, by_word: Mapping[str, FieldDefinition]) -> Callable[[Any], Any]:
    if word == "priority":
        words = {number: name for name, number in _PRIORITIES.items()}
        return lambda value: words.get(int(value), value) if _whole(value) else value
    field = by_word.get(word)
    if field is None or field.type not in WITH_OPTIONS:
        return lambda value: value
    labels = {o["id"]: read_option_label(o) for o in field.type_config.get("options") or ()}
    return lambda value: labels.get(value, value)


def _whole(value: Any) -> bool:
    return str(value).removeprefix("-").isdecimal()


def merged_columns(want: Sequence[str], have: Sequence[str]) -> list[str]:
    """The wanted columns, then those that people added."""
    named = set(map(fold_name, want))
    return [*want, *(name for name in have if fold_name(name) not in named)]


def needs_definitions(view: Attributes) -> bool:
    """Whether making it needs more than the ids of its fields: the ids of their options."""
    return any(one["field"] not in COLUMNS for one in view.get("filter") or ())
