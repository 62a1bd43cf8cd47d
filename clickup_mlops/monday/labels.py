"""The labels of status and dropdown columns, from either form of a column's settings. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import orjson

from clickup_mlops.json_types import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Label:
    """A label: `key` is what values name it by; `color` as `#rrggbb`, or empty."""

    key: str
    name: str
    color: str = ""
    done: bool = False
    active: bool = True


def settings(column: JsonObject) -> JsonObject:
    """The settings of a column: `settings`, or `settings_str` where it has more. `{}` if neither
    can be read.
    """
    new, old = _object(column.get("settings")), _object(column.get("settings_str"))
    return {**old, **new, **({"labels": old["labels"]} if _is_keyed(old) else {})}


def labels(column: JsonObject) -> tuple[Label, ...]:
    """In the order in which people see them; none for a column of another type."""
    new, old = _object(column.get("settings")), _object(column.get("settings_str"))
    listed = new.get("labels")
    if _is_keyed(old):
        # Keys and colours are certain only in the old form, what is done or off only in the new.
        more = {label.key: label for label in _listed(listed)}
        return tuple(_merged(label, more.get(label.key)) for label in _keyed(old))
    if _is_keyed(new):
        return tuple(_keyed(new))
    return tuple(_listed(listed if listed is not None else old.get("labels")))


def _merged(label: Label, new: Label | None) -> Label:
    if new is None or new.name != label.name:
        return label
    return replace(
        label, done=label.done or new.done, active=new.active, color=label.color or new.color
    )


def _is_keyed(found: JsonObject) -> bool:
    return isinstance(found.get("labels"), Mapping)


def _keyed(found: JsonObject) -> Iterable[Label]:
    """`labels` by key, with order and colours beside them."""
    order, colors = _object(found.get("labels_positions_v2")), _object(found.get("labels_colors"))
    done = {str(one) for one in _list(found.get("done_colors"))}
    known = sorted(
        found["labels"].items(),
        key=lambda one: (_number(order.get(one[0]), 1000), _number(one[0], 1000)),
    )
    for key, name in known:
        color = str(_object(colors.get(key)).get("color") or "")
        yield Label(key, _name(name), color, done=key in done)


def _listed(found: Json) -> Iterable[Label]:
    """A list of labels, each with its own key and place."""
    entries = [one for one in _list(found) if isinstance(one, Mapping)]
    for one in sorted(entries, key=lambda one: _number(one.get("index"), 0)):
        key = one.get("id")
        color = one.get("hex") or _object(one.get("label_style")).get("color") or one.get("color")
        yield Label(
            key=str(one.get("index") if key is None else key),
            name=_name(one.get("label") or one.get("name")),
            color=color if isinstance(color, str) and color.startswith("#") else "",
            done=bool(one.get("is_done")),
            active=not one.get("is_deactivated"),
        )


def _name(value: Json) -> str:
    return value if isinstance(value, str) else str(value or "")


def _number(value: Json, otherwise: float) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return otherwise


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _object(value: Json) -> JsonObject:
    """An object, also one that is JSON in a text."""
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return {}
    return value if isinstance(value, Mapping) else {}
