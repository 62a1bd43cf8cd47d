"""Decoders of values that stand alone. See `values.Decoder`."""

import re
from decimal import Decimal
from typing import Final

from clickup_mlops.json_types import Json, JsonObject

_COLOR: Final = re.compile(r"#[0-9A-Fa-f]{6}")
_PLACE_PARTS: Final = ("city", "country", "street", "streetNumber", "placeId")


def status(raw: Json, found: JsonObject) -> Json:
    """The key of a label."""
    index = _of(raw, "index")
    if index is None:
        index = found.get("index")
    return None if index is None else str(int(index))


def roll_up(raw: Json, found: JsonObject) -> Json:
    """What Monday.com computes from the subitems: a status only if all of them agree."""
    keys = {str(one["key"]) for one in found["battery_value"] or () if one.get("count")}
    return keys.pop() if len(keys) == 1 else None


def dropdown(raw: Json, found: JsonObject) -> Json:
    """The keys of the labels."""
    return [str(int(one)) for one in _of(raw, "ids") or ()] or None


def checkbox(raw: Json, found: JsonObject) -> Json:
    """Whether it is checked; old values hold a text."""
    if raw is None:
        return None
    checked = raw["checked"]
    return checked.lower() == "true" if isinstance(checked, str) else bool(checked)


def numbers(raw: Json, found: JsonObject) -> Json:
    """A decimal number as text, as it was entered."""
    number = str(raw if raw is not None else "").strip()
    if not number:
        return None
    if not Decimal(number).is_finite():
        raise ValueError(f"{number} is no number")
    return number


def text(raw: Json, found: JsonObject) -> Json:
    """The text; some versions wrap it."""
    plain = raw.get("text") or raw.get("value") if isinstance(raw, dict) else raw
    return _text(plain) or found.get("text") or None


def long_text(raw: Json, found: JsonObject) -> Json:
    """The text."""
    return text(raw, found)


def world_clock(raw: Json, found: JsonObject) -> Json:
    """The name of a time zone."""
    return _text(_of(raw, "timezone")) or None


def color_picker(raw: Json, found: JsonObject) -> Json:
    """`#rrggbb`, whether it was entered as that or as red, green and blue."""
    color = _of(raw, "color")
    if not color:
        return None
    shown = color if isinstance(color, str) else color.get("hex")
    if shown:
        return _hex(str(shown))
    rgb = color.get("rgb") or color
    return _hex("#" + "".join(f"{int(rgb[key]):02x}" for key in "rgb"))


def item_id(raw: Json, found: JsonObject) -> Json:
    """The item's id."""
    return _text(found.get("item_id")) or found.get("text") or None


def tags(raw: Json, found: JsonObject) -> Json:
    """The tags' names."""
    named = found.get("tags")
    if named is not None:
        return [str(one["name"]) for one in named] or None
    ids = _of(raw, "tag_ids") or ()
    names = [name.strip() for name in str(found.get("text") or "").split(",") if name.strip()]
    if len(names) != len(ids):
        raise ValueError("the tags' names are not clear")
    return names or None


def link(raw: Json, found: JsonObject) -> Json:
    """An address and what is shown for it."""
    url = _text(_of(raw, "url"))
    return {"url": url, "text": _text(raw.get("text"))} if url else None


def email(raw: Json, found: JsonObject) -> Json:
    """An e-mail address and what is shown for it."""
    address = _text(_of(raw, "email"))
    return {"email": address, "text": _text(raw.get("text"))} if address else None


def phone(raw: Json, found: JsonObject) -> Json:
    """A number and its country's ISO code."""
    number = _text(_of(raw, "phone"))
    return {"phone": number, "country": _text(raw.get("countryShortName"))} if number else None


def location(raw: Json, found: JsonObject) -> Json:
    """A place: degrees come as texts."""
    if _of(raw, "lat") in (None, "") or _of(raw, "lng") in (None, ""):
        address = _text(_of(raw, "address"))
        if address:
            raise ValueError(f"{address} has no coordinates")
        return None
    place = {"lat": float(raw["lat"]), "lng": float(raw["lng"])}
    if not (abs(place["lat"]) <= 90 and abs(place["lng"]) <= 180):
        raise ValueError(f"{place} is nowhere")
    parts = {key: _place_part(raw.get(key)) for key in _PLACE_PARTS}
    known = {key: part for key, part in parts.items() if part}
    return place | {"address": _text(raw.get("address"))} | known


def country(raw: Json, found: JsonObject) -> Json:
    """Code and name."""
    code = _text(_of(raw, "countryCode"))
    return {"code": code, "name": _text(raw.get("countryName"))} if code else None


def rating(raw: Json, found: JsonObject) -> Json:
    """A whole number; none is 0."""
    return int(_of(raw, "rating") or 0) or None


def _hex(color: str) -> str:
    if not _COLOR.fullmatch(color):
        raise ValueError(f"{color} is no colour")
    return color.lower()


def _place_part(part: Json) -> str:
    if isinstance(part, dict):
        return _text(part.get("long_name") or part.get("short_name"))
    return _text(part)


def _of(raw: Json, key: str) -> Json:
    """A part of the value; None if it is empty."""
    return None if raw is None else raw.get(key)


def _text(value: Json) -> str:
    if isinstance(value, dict | list | bool):
        raise TypeError(f"{type(value).__name__} in place of a text")
    return "" if value is None else str(value)
