"""The labels of status and dropdown columns, from either form of a column's settings. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from clickup_mlops.json_types import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Label:
    """A label: `key` is what values name it by; `color` as `#rrggbb`, or empty."""

    key: str
    name: str
    color: str = ""
    is_done: bool = False
    is_active: bool = True


def parse_settings(column: JsonObject) -> JsonObject:
    """The settings of a column: `settings`, or `settings_str` where it has more. `{}` if neither
    can be read.
    """
    new, old = _to_object(column.get("settings")), _to_object(column.get("settings_str"))
    return {**old, **new, **({"labels": old["labels"]} if _is_keyed(old) else {})}


def parse_labels(column: JsonObject) -> tuple[Label, ...]:
    """In the order in which people see them; none for a column of another type."""
    new, old = _to_object(column.get("settings")), _to_object(column.get("settings_str"))
    entries = new.get("labels")
    if _is_keyed(old):
        # Keys and colours are certain only in the old form, what is done or off only in the new.
        by_key = {label.key: label for label in _parse_listed(entries)}
        return tuple(_merge(label, by_key.get(label.key)) for label in _parse_keyed(old))
    if _is_keyed(new):
        return tuple(_parse_keyed(new))
    return tuple(_parse_listed(entries if entries is not None else old.get("labels")))


def _merge(label: Label, new: Label | None) -> Label:
    if new is None or new.name != label.name:
        return label
    return replace(
        label,
        is_done=label.is_done or new.is_done,
        is_active=new.is_active,
        color=label.color or new.color,
    )


def _is_keyed(settings: JsonObject) -> bool:
    return isinstance(settings.get("labels"), Mapping)


def _parse_keyed(settings: Mapping[str, Any]) -> Iterable[Label]:
    """`labels` by key, with order and colours beside them."""
    order, colors = (
        _to_object(settings.get("labels_positions_v2")),
        _to_object(settings.get("labels_colors")),
    )
    done_keys = {str(key) for key in _to_list(settings.get("done_colors"))}
    entries = sorted(
        settings["labels"].items(),
        key=lambda entry: (_to_number(order.get(entry[0]), 1000), _to_number(entry[0], 1000)),
    )
    for key, name in entries:
        color = str(_to_object(colors.get(key)).get("color") or "")
        yield Label(key, _to_name(name), color, is_done=key in done_keys)


def _parse_listed(value: Json) -> Iterable[Label]:
    """A list of labels, each with its own key and place."""
    entries = [entry for entry in _to_list(value) if isinstance(entry, Mapping)]
    for entry in sorted(entries, key=lambda entry: _to_number(entry.get("index"), 0)):
        key = entry.get("id")
        color = (
            entry.get("hex")
            or _to_object(entry.get("label_style")).get("color")
            or entry.get("color")
        )
        yield Label(
            key=str(entry.get("index") if key is None else key),
            name=_to_name(entry.get("label") or entry.get("name")),
            color=color if isinstance(color, str) and color.startswith("#") else "",
            is_done=bool(entry.get("is_done")),
            is_active=not entry.get("is_deactivated"),
        )


def _to_name(value: Json) -> str:
    return value if isinstance(value, str) else str(value or "")


def _to_number(value: Any, default: float) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return default


def _to_list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _to_object(value: Json) -> JsonObject:
    """An object, also one that is JSON in a text."""
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return {}
    return value if isinstance(value, Mapping) else {}
