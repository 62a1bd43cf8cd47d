"""Decoders of values that stand alone. See `values.Decoder`."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from clickup_mlops.json_types import Json, JsonObject

_COLOR: Final = re.compile(r"#[0-9A-Fa-f]{6}")
_PLACE_PARTS: Final = ("city", "country", "street", "streetNumber", "placeId")


def decode_status(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """The key of a label."""
    index = _get_part(raw, "index")
    if index is None:
        index = column_value.get("index")
    return None if index is None else str(int(index))


def decode_roll_up(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """What Monday.com computes from the subitems: a status only if all of them agree."""
    keys = {
        str(count["key"]) for count in column_value["battery_value"] or () if count.get("count")
    }
    return keys.pop() if len(keys) == 1 else None


def decode_dropdown(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """The keys of the labels."""
    return [str(int(label_id)) for label_id in _get_part(raw, "ids") or ()] or None


def decode_checkbox(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """Whether it is checked; old values hold a text."""
    if raw is None:
        return None
    checked = raw["checked"]
    return checked.lower() == "true" if isinstance(checked, str) else bool(checked)


def decode_numbers(raw: Json, column_value: JsonObject) -> Json:
    """A decimal number as text, as it was entered."""
    number = str(raw if raw is not None else "").strip()
    if not number:
        return None
    if not Decimal(number).is_finite():
        raise ValueError(f"{number} is no number")
    return number


def decode_text(raw: Json, column_value: JsonObject) -> Json:
    """The text; some versions wrap it."""
    plain = raw.get("text") or raw.get("value") if isinstance(raw, dict) else raw
    return _to_text(plain) or column_value.get("text") or None


def decode_long_text(raw: Json, column_value: JsonObject) -> Json:
    """The text, decoded as that of a text column."""
    return decode_text(raw, column_value)


def decode_world_clock(raw: Json, column_value: JsonObject) -> Json:
    """The name of a time zone."""
    return _to_text(_get_part(raw, "timezone")) or None


def decode_color_picker(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """`#rrggbb`, whether it was entered as that or as red, green and blue."""
    color = _get_part(raw, "color")
    if not color:
        return None
    hex_text = color if isinstance(color, str) else color.get("hex")
    if hex_text:
        return _check_hex(str(hex_text))
    rgb = color.get("rgb") or color
    return _check_hex("#" + "".join(f"{int(rgb[key]):02x}" for key in "rgb"))


def decode_item_id(raw: Json, column_value: JsonObject) -> Json:
    """The item's id as text."""
    return _to_text(column_value.get("item_id")) or column_value.get("text") or None


def decode_tags(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """The names of the tags. Raises ValueError if ids and names do not match."""
    named = column_value.get("tags")
    if named is not None:
        return [str(tag["name"]) for tag in named] or None
    ids = _get_part(raw, "tag_ids") or ()
    names = [
        name.strip() for name in str(column_value.get("text") or "").split(",") if name.strip()
    ]
    if len(names) != len(ids):
        raise ValueError("the tags' names are not clear")
    return names or None


def decode_link(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """An address and what is shown for it."""
    url = _to_text(_get_part(raw, "url"))
    return {"url": url, "text": _to_text(raw.get("text"))} if url else None


def decode_email(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """An e-mail address and what is shown for it."""
    address = _to_text(_get_part(raw, "email"))
    return {"email": address, "text": _to_text(raw.get("text"))} if address else None


def decode_phone(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """A number and its country's ISO code."""
    number = _to_text(_get_part(raw, "phone"))
    return {"phone": number, "country": _to_text(raw.get("countryShortName"))} if number else None


def decode_location(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """A place: degrees come as texts."""
    if _get_part(raw, "lat") in (None, "") or _get_part(raw, "lng") in (None, ""):
        address = _to_text(_get_part(raw, "address"))
        if address:
            raise ValueError(f"{address} has no coordinates")
        return None
    place = {"lat": float(raw["lat"]), "lng": float(raw["lng"])}
    if not (abs(place["lat"]) <= 90 and abs(place["lng"]) <= 180):
        raise ValueError(f"{place} is nowhere")
    parts = {key: _read_place_part(raw.get(key)) for key in _PLACE_PARTS}
    present = {key: part for key, part in parts.items() if part}
    return place | {"address": _to_text(raw.get("address"))} | present


def decode_country(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """`code` (ISO, two letters) and `name`."""
    code = _to_text(_get_part(raw, "countryCode"))
    return {"code": code, "name": _to_text(raw.get("countryName"))} if code else None


def decode_rating(raw: Any, column_value: Mapping[str, Any]) -> Any:
    """A whole number; none is 0."""
    return int(_get_part(raw, "rating") or 0) or None


def _check_hex(color: str) -> str:
    if not _COLOR.fullmatch(color):
        raise ValueError(f"{color} is no colour")
    return color.lower()


def _read_place_part(part: Json) -> str:
    if isinstance(part, dict):
        return _to_text(part.get("long_name") or part.get("short_name"))
    return _to_text(part)


def _get_part(raw: Any, key: str) -> Any:
    """A part of the value; None if it is empty."""
    return None if raw is None else raw.get(key)


def _to_text(value: Json) -> str:
    if isinstance(value, dict | list | bool):
        raise TypeError(f"{type(value).__name__} in place of a text")
    return "" if value is None else str(value)
