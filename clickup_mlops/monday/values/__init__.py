"""Column values as Monday.com answers them -> plain values. Pure, and total: nothing raises.

A value comes in up to three forms: `value`, JSON in a text; `text`, for people and in the caller's
time zone; and fields of the column's type. Which one can be trusted differs by type.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import orjson

from clickup_mlops.json_types import Json, JsonObject
from clickup_mlops.monday.values import connected, simple, times

Decoder = Callable[[Json, JsonObject], Json]
"""The decoded `value` (None: there is none) and the whole column value -> the plain value, or None.

Raises ValueError, TypeError, KeyError or another of `_ODD` for what it does not know."""

OLD_TYPES: Final[Mapping[str, str]] = {
    "board-relation": "board_relation",
    "boolean": "checkbox",
    "color": "status",
    "color-picker": "color_picker",
    "direct_doc": "doc",
    "duration": "time_tracking",
    "long-text": "long_text",
    "lookup": "mirror",
    "multiple-person": "people",
    "numeric": "numbers",
    "person": "people",
    "pulse-id": "item_id",
    "pulse-log": "creation_log",
    "pulse-updated": "last_updated",
    "tag": "tags",
    "team": "people",
    "timerange": "timeline",
}
"""Names of column types in old versions of the API, and of types that became another."""

DECODERS: Final[Mapping[str, Decoder]] = {
    "board_relation": connected.board_relation,
    "checkbox": simple.checkbox,
    "color_picker": simple.color_picker,
    "country": simple.country,
    "creation_log": times.creation_log,
    "date": times.date,
    "dependency": connected.dependency,
    "doc": connected.doc,
    "dropdown": simple.dropdown,
    "email": simple.email,
    "file": connected.file,
    "hour": times.hour,
    "integration": connected.integration,
    "item_id": simple.item_id,
    "last_updated": times.last_updated,
    "link": simple.link,
    "location": simple.location,
    "long_text": simple.long_text,
    "numbers": simple.numbers,
    "people": connected.people,
    "phone": simple.phone,
    "rating": simple.rating,
    "status": simple.status,
    "tags": simple.tags,
    "text": simple.text,
    "time_tracking": times.time_tracking,
    "timeline": times.timeline,
    "vote": connected.vote,
    "week": times.week,
    "world_clock": simple.world_clock,
}
"""All other types have only a text."""

_ODD = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_SHOWN: Final = ("text", "display_value", "label")


@dataclass(frozen=True, slots=True)
class Value:
    """A decoded value, as `migrate/records.py` lists them; None: empty, or only a text.

    `problem` says why a value could not be decoded; the text is kept then.
    """

    value: Json = None
    text: str = ""
    problem: str = ""


def kind(column_type: str) -> str:
    """The present name of a column type."""
    return OLD_TYPES.get(column_type, column_type)


def decode(found: JsonObject) -> Value:
    """The value of one entry of `column_values`."""
    text = _text(found)
    # Computed from the subitems, whatever the column's type.
    is_roll_up = "battery_value" in found
    decoder = simple.roll_up if is_roll_up else DECODERS.get(kind(str(found.get("type"))))
    if decoder is None:
        return Value(text or None, text)
    try:
        value = decoder(_raw(found.get("value")), found)
    except _ODD as problem:
        return Value(None, text, f"{type(problem).__name__}: {problem!s:.100}")
    return Value(value, text)


def _text(found: JsonObject) -> str:
    for key in _SHOWN:
        shown = found.get(key)
        if isinstance(shown, str) and shown:
            return shown
    return ""


def _raw(value: Json) -> Json:
    """`value` is JSON in a text; some versions decode it already."""
    if not isinstance(value, str):
        return value
    return orjson.loads(value) if value.strip() else None
