"""Column values as Monday.com answers them -> plain values. Pure, and total: nothing raises.

A value comes in up to three forms: `value`, JSON in a text; `text`, for people and in the caller's
time zone; and fields of the column's type. Which one can be trusted differs by type.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

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
    "board_relation": connected.decode_board_relation,
    "checkbox": simple.decode_checkbox,
    "color_picker": simple.decode_color_picker,
    "country": simple.decode_country,
    "creation_log": times.decode_creation_log,
    "date": times.decode_date,
    "dependency": connected.decode_dependency,
    "doc": connected.decode_doc,
    "dropdown": simple.decode_dropdown,
    "email": simple.decode_email,
    "file": connected.decode_file,
    "hour": times.decode_hour,
    "integration": connected.decode_integration,
    "item_id": simple.decode_item_id,
    "last_updated": times.decode_last_updated,
    "link": simple.decode_link,
    "location": simple.decode_location,
    "long_text": simple.decode_long_text,
    "numbers": simple.decode_numbers,
    "people": connected.decode_people,
    "phone": simple.decode_phone,
    "rating": simple.decode_rating,
    "status": simple.decode_status,
    "tags": simple.decode_tags,
    "text": simple.decode_text,
    "time_tracking": times.decode_time_tracking,
    "timeline": times.decode_timeline,
    "vote": connected.decode_vote,
    "week": times.decode_week,
    "world_clock": simple.decode_world_clock,
}
"""All other types have only a text."""

_DECODE_ERRORS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
_TEXT_KEYS: Final = ("text", "display_value", "label")


@dataclass(frozen=True, slots=True)
class Value:
    """A decoded value, as `features/migration/records.py` lists them; None: empty, or only a text.

    `problem` says why a value could not be decoded; the text is kept then.
    """

    value: Any = None
    text: str = ""
    problem: str = ""


def current_type(column_type: str) -> str:
    """The present name of a column type."""
    return OLD_TYPES.get(column_type, column_type)


def decode(column_value: JsonObject) -> Value:
    """The value of one entry of `column_values`."""
    text = _read_text(column_value)
    # Computed from the subitems, whatever the column's type.
    is_roll_up = "battery_value" in column_value
    decoder = (
        simple.decode_roll_up
        if is_roll_up
        else DECODERS.get(current_type(str(column_value.get("type"))))
    )
    if decoder is None:
        return Value(text or None, text)
    try:
        value = decoder(_decode_raw(column_value.get("value")), column_value)
    except _DECODE_ERRORS as problem:
        return Value(None, text, f"{type(problem).__name__}: {problem!s:.100}")
    return Value(value, text)


def _read_text(column_value: JsonObject) -> str:
    for key in _TEXT_KEYS:
        text = column_value.get(key)
        if isinstance(text, str) and text:
            return text
    return ""


def _decode_raw(value: Json) -> Json:
    """`value` is JSON in a text; some versions decode it already."""
    if not isinstance(value, str):
        return value
    return orjson.loads(value) if value.strip() else None
