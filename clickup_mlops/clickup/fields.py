"""Custom-field types: Python value <-> wire value. Pure; knows no task and no client.

| type | Python value |
| --- | --- |
| text, short_text, url, email, phone | `str` |
| number, currency, manual_progress | `float` (an `int` may be written) |
| automatic_progress | `float`, percent; read-only |
| drop_down | the option's name (its id may be written) |
| labels | list of labels (ids may be written); writing replaces |
| date | `int` milliseconds (an aware `datetime` may be written) |
| checkbox | `bool`; button: `True` presses it |
| emoji (rating) | `int` from 0 to the field's count |
| users | list of user ids; a list written is *added*, `{"add": [], "rem": []}` adds and removes |
| tasks, list_relationship, attachment | list of ids; written like users |
| location | `{"location": {"lat", "lng"}, "formatted_address"}` |
| formula, votes and what is not known here | the wire value; read-only |

Reading never fails: a value that its type cannot explain reads as `None`. Writing is checked.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from clickup_mlops.errors import InputError
from clickup_mlops.spelling import suggest_word

Config = Mapping[str, Any]
T = TypeVar("T")

_PATTERNS = {
    "url": (re.compile(r"[A-Za-z][\w+.-]*://\S+"), "an address such as https://example.org"),
    "email": (re.compile(r"[^\s@]+@[^\s@]+"), "an e-mail address"),
    "phone": (re.compile(r"\+?[\d ().-]{3,}"), "a phone number with its country code"),
}


def read_option_label(option: Mapping[str, Any]) -> str:
    """The text of an option: drop-down options have a `name`, labels a `label`."""
    return str(option.get("name") or option.get("label") or "")


def encode(name: str, kind: str, config: Config, value: object) -> Any:
    """The wire value for a Python value of the field `name` of type `kind`.

    Raises:
        InputError: wrong type or range, unknown option (the message names the nearest), or a
            field that ClickUp computes itself.
    """
    encoder = _ENCODERS.get(kind)
    if encoder is None:
        raise InputError(
            f'field "{name}": a {kind} field cannot be set through the API',
            hint="ClickUp computes it, or offers it in its web app only.",
        )
    try:
        return encoder(config, value)
    except _InvalidValue as problem:
        raise InputError(f'field "{name}" ({kind}): {problem}', hint=problem.hint) from None


def decode(kind: str, config: Config, wire: Any) -> Any:
    """The Python value for a wire value; `None` if it is unset or unreadable."""
    if wire is None:
        return None
    try:
        return _DECODERS.get(kind, _keep_wire)(config, wire)
    except (TypeError, ValueError, KeyError, OverflowError, AttributeError):
        return None


def build_body(kind: str, wire: Any) -> dict[str, Any]:
    """The body of a Set Custom Field Value request."""
    if kind == "date":
        # Without this ClickUp keeps the day only and moves the time to 04:00 of the user's zone.
        return {"value": wire, "value_options": {"time": True}}
    return {"value": wire}


class _InvalidValue(Exception):
    """Why a value cannot be written; `encode` adds the field."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def _keep_wire(_config: Config, value: Any) -> Any:
    return value


def _type_error(expectation: str, value: object) -> _InvalidValue:
    return _InvalidValue(f"expected {expectation}, got {type(value).__name__} {value!r:.60}")


# Text


def _encode_text(_config: Config, value: object) -> str:
    if not isinstance(value, str):
        raise _type_error("text", value)
    return value


def _build_pattern_encoder(kind: str) -> Callable[[Config, object], str]:
    pattern, expectation = _PATTERNS[kind]

    def check(config: Config, value: object) -> str:
        if not pattern.fullmatch(_encode_text(config, value)):
            raise _type_error(expectation, value)
        return str(value)

    return check


# Numbers


def _encode_number(_config: Config, value: object) -> int | float:
    # JSON has no NaN or infinity: the body could not be sent.
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _type_error("a number", value)
    return value


def _check_whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _type_error("a whole number", value)
    return value


def _check_range(low: float, high: float, value: float) -> None:
    if not low <= value <= high:
        raise _InvalidValue(f"{value} is outside {low} to {high}")


def _encode_rating(config: Config, value: object) -> int:
    stars = _check_whole(value)
    _check_range(0, int(config.get("count") or 5), stars)
    return stars


def _encode_progress(config: Config, value: object) -> dict[str, Any]:
    low, high = float(config.get("start") or 0), float(config.get("end") or 100)
    _check_range(low, high, _encode_number(config, value))
    return {"current": value}


def _decode_number(_config: Config, wire: Any) -> float | None:
    number = float(wire)
    return number if math.isfinite(number) else None


def _decode_progress(config: Config, wire: Any) -> float | None:
    return _decode_number(config, wire["current"])


def _decode_percent(config: Config, wire: Any) -> float | None:
    return _decode_number(config, wire["percent_complete"])


# Dates and ticks


def _encode_date(_config: Config, value: object) -> int:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise _InvalidValue("a datetime without time zone is ambiguous")
        return round(value.timestamp() * 1000)
    return _check_whole(value)


def _encode_tick(_config: Config, value: object) -> bool:
    if not isinstance(value, bool):
        raise _type_error("true or false", value)
    return value


def _encode_press(config: Config, value: object) -> bool:
    if not _encode_tick(config, value):
        raise _InvalidValue("a button can only be pressed: true")
    return True


def _decode_tick(_config: Config, wire: Any) -> bool | None:
    # ClickUp answers with the words "true" and "false".
    return {"true": True, "false": False, "1": True, "0": False}.get(str(wire).lower())


def _decode_whole(_config: Config, wire: Any) -> int:
    return int(wire)


# Options


def _encode_option(config: Config, value: object) -> str:
    if not isinstance(value, str):
        raise _type_error("an option's name", value)
    options = config.get("options") or []
    for is_match in (_has_id, _has_label, _has_label_in_any_case):
        for option in options:
            if is_match(option, value):
                return str(option["id"])
    raise _unknown_option_error(value, [read_option_label(option) for option in options])


def _has_id(option: Mapping[str, Any], value: str) -> bool:
    return bool(option["id"] == value)


def _has_label(option: Mapping[str, Any], value: str) -> bool:
    return read_option_label(option) == value


def _has_label_in_any_case(option: Mapping[str, Any], value: str) -> bool:
    return read_option_label(option).casefold() == value.strip().casefold()


def _unknown_option_error(value: str, labels: Sequence[str]) -> _InvalidValue:
    guess = suggest_word(value, labels)
    listed = ", ".join(f'"{label}"' for label in labels[:20]) or "(none)"
    return _InvalidValue(f'no option "{value:.60}"{guess}', hint=f"Options: {listed}.")


def _encode_options(config: Config, value: object) -> list[str]:
    return [_encode_option(config, label) for label in _check_list(value, "a list of labels")]


def _decode_option(config: Config, wire: Any) -> str | None:
    options = config.get("options") or []
    for option in options:
        if option["id"] == wire:
            return read_option_label(option)
    # Tasks carry the option's orderindex, webhooks its id.
    position = int(wire)
    for option in options:
        if int(option["orderindex"]) == position:
            return read_option_label(option)
    return None


def _decode_options(config: Config, wire: Any) -> list[str]:
    labels = {option["id"]: read_option_label(option) for option in config.get("options") or []}
    return [labels[option_id] for option_id in wire if option_id in labels]


# Lists of ids


def _check_list(value: object, expectation: str) -> Sequence[object]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise _type_error(expectation, value)
    return value


def _encode_delta(value: object, check: Callable[[object], T]) -> dict[str, list[T]]:
    """Lists of people, tasks and files are changed by what is added and what is removed."""
    change = value if isinstance(value, Mapping) else {"add": value}
    if not set(change) <= {"add", "rem"}:
        raise _InvalidValue('only "add" and "rem" are allowed')
    return {
        key: [check(element) for element in _check_ids(change.get(key, []))]
        for key in ("add", "rem")
    }


def _check_ids(value: object) -> Sequence[object]:
    return _check_list(value, "a list of ids")


def _encode_people(_config: Config, value: object) -> dict[str, list[int]]:
    return _encode_delta(value, _check_whole)


def _encode_references(_config: Config, value: object) -> dict[str, list[str]]:
    return _encode_delta(value, lambda element: _encode_text({}, element))


def _decode_people(_config: Config, wire: Any) -> list[int]:
    return [int(person["id"]) if isinstance(person, Mapping) else int(person) for person in wire]


def _decode_references(_config: Config, wire: Any) -> list[str]:
    return [
        str(reference["id"]) if isinstance(reference, Mapping) else str(reference)
        for reference in wire
    ]


# Places


def _encode_place(config: Config, value: Any) -> dict[str, Any]:
    try:
        where, address = value["location"], value["formatted_address"]
        point = {axis: _encode_number(config, where[axis]) for axis in ("lat", "lng")}
    except (TypeError, KeyError):
        raise _type_error('{"location": {"lat", "lng"}, "formatted_address"}', value) from None
    _check_range(-90, 90, point["lat"])
    _check_range(-180, 180, point["lng"])
    return {"location": point, "formatted_address": _encode_text(config, address)}


def _decode_place(_config: Config, wire: Any) -> dict[str, Any]:
    return {key: wire[key] for key in ("location", "formatted_address")}


_ENCODERS: dict[str, Callable[[Config, Any], Any]] = {
    "text": _encode_text,
    "short_text": _encode_text,
    "url": _build_pattern_encoder("url"),
    "email": _build_pattern_encoder("email"),
    "phone": _build_pattern_encoder("phone"),
    "number": _encode_number,
    "currency": _encode_number,
    "emoji": _encode_rating,
    "manual_progress": _encode_progress,
    "date": _encode_date,
    "checkbox": _encode_tick,
    "button": _encode_press,
    "drop_down": _encode_option,
    "labels": _encode_options,
    "users": _encode_people,
    "tasks": _encode_references,
    "list_relationship": _encode_references,
    "attachment": _encode_references,
    "location": _encode_place,
}

_DECODERS: dict[str, Callable[[Config, Any], Any]] = {
    "number": _decode_number,
    "currency": _decode_number,
    "emoji": _decode_whole,
    "manual_progress": _decode_progress,
    "automatic_progress": _decode_percent,
    "date": _decode_whole,
    "checkbox": _decode_tick,
    "drop_down": _decode_option,
    "labels": _decode_options,
    "users": _decode_people,
    "tasks": _decode_references,
    "list_relationship": _decode_references,
    "attachment": _decode_references,
    "location": _decode_place,
}

# The types that can be written.
WRITABLE = frozenset(_ENCODERS)
