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
from clickup_mlops.json_types import Json, JsonObject
from clickup_mlops.spelling import suggest_word

Config = JsonObject
T = TypeVar("T")

_PATTERNS = {
    "url": (re.compile(r"[A-Za-z][\w+.-]*://\S+"), "an address such as https://example.org"),
    "email": (re.compile(r"[^\s@]+@[^\s@]+"), "an e-mail address"),
    "phone": (re.compile(r"\+?[\d ().-]{3,}"), "a phone number with its country code"),
}


def option_label(option: JsonObject) -> str:
    """The text of an option: drop-down options have a `name`, labels a `label`."""
    return str(option.get("name") or option.get("label") or "")


def encode(name: str, kind: str, config: Config, value: object) -> Json:
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
    except _Wrong as problem:
        raise InputError(f'field "{name}" ({kind}): {problem}', hint=problem.hint) from None


def decode(kind: str, config: Config, wire: Json) -> Any:
    """The Python value for a wire value; `None` if it is unset or unreadable."""
    if wire is None:
        return None
    try:
        return _DECODERS.get(kind, _as_is)(config, wire)
    except (TypeError, ValueError, KeyError, OverflowError, AttributeError):
        return None


def body(kind: str, wire: Json) -> dict[str, Json]:
    """The body of a Set Custom Field Value request."""
    if kind == "date":
        # Without this ClickUp keeps the day only and moves the time to 04:00 of the user's zone.
        return {"value": wire, "value_options": {"time": True}}
    return {"value": wire}


class _Wrong(Exception):
    """Why a value cannot be written; `encode` adds the field."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def _as_is(_config: Config, value: Json) -> Json:
    return value


def _expected(what: str, value: object) -> _Wrong:
    return _Wrong(f"expected {what}, got {type(value).__name__} {value!r:.60}")


# Text


def _text(_config: Config, value: object) -> str:
    if not isinstance(value, str):
        raise _expected("text", value)
    return value


def _pattern(kind: str) -> Callable[[Config, object], str]:
    pattern, what = _PATTERNS[kind]

    def check(config: Config, value: object) -> str:
        if not pattern.fullmatch(_text(config, value)):
            raise _expected(what, value)
        return str(value)

    return check


# Numbers


def _number(_config: Config, value: object) -> int | float:
    # JSON has no NaN or infinity: the body could not be sent.
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _expected("a number", value)
    return value


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _expected("a whole number", value)
    return value


def _within(low: float, high: float, value: float) -> None:
    if not low <= value <= high:
        raise _Wrong(f"{value} is outside {low} to {high}")


def _rating(config: Config, value: object) -> int:
    stars = _whole(value)
    _within(0, int(config.get("count") or 5), stars)
    return stars


def _progress(config: Config, value: object) -> dict[str, Json]:
    low, high = float(config.get("start") or 0), float(config.get("end") or 100)
    _within(low, high, _number(config, value))
    return {"current": value}


def _read_number(_config: Config, wire: Json) -> float | None:
    found = float(wire)
    return found if math.isfinite(found) else None


def _read_progress(config: Config, wire: Json) -> float | None:
    return _read_number(config, wire["current"])


def _read_percent(config: Config, wire: Json) -> float | None:
    return _read_number(config, wire["percent_complete"])


# Dates and ticks


def _date(_config: Config, value: object) -> int:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise _Wrong("a datetime without time zone is ambiguous")
        return round(value.timestamp() * 1000)
    return _whole(value)


def _tick(_config: Config, value: object) -> bool:
    if not isinstance(value, bool):
        raise _expected("true or false", value)
    return value


def _press(config: Config, value: object) -> bool:
    if not _tick(config, value):
        raise _Wrong("a button can only be pressed: true")
    return True


def _read_tick(_config: Config, wire: Json) -> bool | None:
    # ClickUp answers with the words "true" and "false".
    return {"true": True, "false": False, "1": True, "0": False}.get(str(wire).lower())


def _read_whole(_config: Config, wire: Json) -> int:
    return int(wire)


# Options


def _option_id(config: Config, value: object) -> str:
    if not isinstance(value, str):
        raise _expected("an option's name", value)
    options = config.get("options") or []
    for same in (_has_id, _has_label, _has_label_in_any_case):
        for option in options:
            if same(option, value):
                return str(option["id"])
    raise _no_option(value, [option_label(option) for option in options])


def _has_id(option: JsonObject, value: str) -> bool:
    return bool(option["id"] == value)


def _has_label(option: JsonObject, value: str) -> bool:
    return option_label(option) == value


def _has_label_in_any_case(option: JsonObject, value: str) -> bool:
    return option_label(option).casefold() == value.strip().casefold()


def _no_option(value: str, labels: Sequence[str]) -> _Wrong:
    guess = suggest_word(value, labels)
    listed = ", ".join(f'"{label}"' for label in labels[:20]) or "(none)"
    return _Wrong(f'no option "{value:.60}"{guess}', hint=f"Options: {listed}.")


def _option_ids(config: Config, value: object) -> list[str]:
    return [_option_id(config, label) for label in _list(value, "a list of labels")]


def _read_option(config: Config, wire: Json) -> str | None:
    options = config.get("options") or []
    for option in options:
        if option["id"] == wire:
            return option_label(option)
    # Tasks carry the option's orderindex, webhooks its id.
    position = int(wire)
    for option in options:
        if int(option["orderindex"]) == position:
            return option_label(option)
    return None


def _read_options(config: Config, wire: Json) -> list[str]:
    labels = {option["id"]: option_label(option) for option in config.get("options") or []}
    return [labels[each] for each in wire if each in labels]


# Lists of ids


def _list(value: object, what: str) -> Sequence[object]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise _expected(what, value)
    return value


def _delta(value: object, check: Callable[[object], T]) -> dict[str, list[T]]:
    """Lists of people, tasks and files are changed by what is added and what is removed."""
    change = value if isinstance(value, Mapping) else {"add": value}
    if not set(change) <= {"add", "rem"}:
        raise _Wrong('only "add" and "rem" are allowed')
    return {key: [check(each) for each in _ids(change.get(key, []))] for key in ("add", "rem")}


def _ids(value: object) -> Sequence[object]:
    return _list(value, "a list of ids")


def _people(_config: Config, value: object) -> dict[str, list[int]]:
    return _delta(value, _whole)


def _references(_config: Config, value: object) -> dict[str, list[str]]:
    return _delta(value, lambda each: _text({}, each))


def _read_people(_config: Config, wire: Json) -> list[int]:
    return [int(each["id"]) if isinstance(each, Mapping) else int(each) for each in wire]


def _read_references(_config: Config, wire: Json) -> list[str]:
    return [str(each["id"]) if isinstance(each, Mapping) else str(each) for each in wire]


# Places


def _place(config: Config, value: Json) -> dict[str, Json]:
    try:
        where, address = value["location"], value["formatted_address"]
        point = {axis: _number(config, where[axis]) for axis in ("lat", "lng")}
    except (TypeError, KeyError):
        raise _expected('{"location": {"lat", "lng"}, "formatted_address"}', value) from None
    _within(-90, 90, point["lat"])
    _within(-180, 180, point["lng"])
    return {"location": point, "formatted_address": _text(config, address)}


def _read_place(_config: Config, wire: Json) -> dict[str, Json]:
    return {key: wire[key] for key in ("location", "formatted_address")}


_ENCODERS: dict[str, Callable[[Config, Json], Json]] = {
    "text": _text,
    "short_text": _text,
    "url": _pattern("url"),
    "email": _pattern("email"),
    "phone": _pattern("phone"),
    "number": _number,
    "currency": _number,
    "emoji": _rating,
    "manual_progress": _progress,
    "date": _date,
    "checkbox": _tick,
    "button": _press,
    "drop_down": _option_id,
    "labels": _option_ids,
    "users": _people,
    "tasks": _references,
    "list_relationship": _references,
    "attachment": _references,
    "location": _place,
}

_DECODERS: dict[str, Callable[[Config, Json], Json]] = {
    "number": _read_number,
    "currency": _read_number,
    "emoji": _read_whole,
    "manual_progress": _read_progress,
    "automatic_progress": _read_percent,
    "date": _read_whole,
    "checkbox": _read_tick,
    "drop_down": _read_option,
    "labels": _read_options,
    "users": _read_people,
    "tasks": _read_references,
    "list_relationship": _read_references,
    "attachment": _read_references,
    "location": _read_place,
}

# The types that can be written.
WRITABLE = frozenset(_ENCODERS)
