"""Whether a custom field's value says what the source's cell says, by the field's type. Pure.

Each comparison returns both values as people read them if they differ, else nothing.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from clickup_mlops.features.migration.verify import reading
from clickup_mlops.features.migration.verify.reading import SourceCell
from clickup_mlops.features.migration.verify.text import line, plain, shows
from clickup_mlops.json_types import Json

Finding = tuple[str, str]
"""The value in the source, and the one in ClickUp."""
_METRES_OF_DEGREES: Final = 1e-5
_STARS: Final = 5
_NAMED_BY_KEY: Final = ("status",)


def compare(source_cell: SourceCell, current: Json) -> Finding | None:
    """The field's value (None: it is not set) against the cell; a type without a rule has none."""
    check = _CHECKS.get(source_cell.table.field_type)
    return check(source_cell, current) if check else None


def compare_empty(field_type: str, current: Json) -> Finding | None:
    """The field's value, where the source's cell is empty."""
    is_empty = current is False or (current != 0 and current in (None, "", []))
    if is_empty or field_type not in _CHECKS:
        return None
    return "", format_value(current)


def format_value(value: Json) -> str:
    """A value of a field as people read it."""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, Mapping):
        return str(value.get("formatted_address") or value)
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def compare_names(desired: Iterable[str], current: Iterable[str]) -> Finding | None:
    """Two sets of names, in any case and order."""
    desired, current = tuple(desired), tuple(current)
    if {line(name).casefold() for name in desired} == {line(name).casefold() for name in current}:
        return None
    return ", ".join(desired), ", ".join(current)


def _options(source_cell: SourceCell, current: Json) -> Finding | None:
    return compare_names(reading.names(source_cell), _names(current))


def _one_option(source_cell: SourceCell, current: Json) -> Finding | None:
    desired = reading.names(source_cell)
    # A drop-down holds one: which of several it is has been declared.
    if len(desired) > 1 and any(line(name) == line(str(current)) for name in desired):
        return None
    return compare_names(desired, _names(current))


def _names(value: Json) -> tuple[str, ...]:
    values = value if isinstance(value, list | tuple) else [value]
    return tuple(str(entry) for entry in values if entry is not None)


def _people(source_cell: SourceCell, current: Json) -> Finding | None:
    return compare_names(source_cell.people.emails(reading.people(source_cell)), _names(current))


def _number(source_cell: SourceCell, current: Any) -> Finding | None:
    value = source_cell.value["count"] if source_cell.column.type == "vote" else source_cell.value
    desired = _decimal(value)
    if desired is None or _is_close(desired, current):
        return None
    return str(value), format_value(current)


def _decimal(value: Json) -> Decimal | None:
    try:
        parsed = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return parsed if parsed.is_finite() else None


def _is_close(desired: Decimal, current: Any) -> bool:
    return current is not None and math.isclose(float(desired), float(current), rel_tol=1e-15)


def _tick(source_cell: SourceCell, current: Json) -> Finding | None:
    if bool(source_cell.value) == bool(current):
        return None
    return str(source_cell.value).lower(), str(bool(current)).lower()


def _date(source_cell: SourceCell, current: Any) -> Finding | None:
    desired = reading.moments(source_cell)[1]
    if desired is None or desired.holds(current):
        return None
    return desired.shown, reading.instant(current).shown if current is not None else ""


def _stars(source_cell: SourceCell, current: Any) -> Finding | None:
    """A scale of more than five stars is shown on five."""
    scale = max(_STARS, int(source_cell.column.settings.get("limit") or _STARS))
    desired = source_cell.value * _STARS / scale
    step = 0.5 if scale > _STARS else 0.0
    if current is not None and abs(max(desired, min(1, source_cell.value)) - current) <= step:
        return None
    return str(source_cell.value), format_value(current)


def _text(source_cell: SourceCell, current: Json) -> Finding | None:
    desired, have = (
        [plain(piece) for piece in reading.pieces(source_cell)],
        plain(str(current or "")),
    )
    # What was text stays as it is; of other values, every piece must be there.
    exact = isinstance(source_cell.value, str) and source_cell.column.type not in _NAMED_BY_KEY
    if have == "".join(desired) or (
        not exact and have and all(shows(have, piece) for piece in desired)
    ):
        return None
    return source_cell.cell.text or ", ".join(reading.pieces(source_cell)), str(current or "")


def _part(name: str) -> Callable[[SourceCell, Json], Finding | None]:
    def check(source_cell: SourceCell, current: Json) -> Finding | None:
        value = source_cell.value
        desired = line(str(value[name] if isinstance(value, Mapping) else value))
        return None if desired == line(str(current or "")) else (desired, str(current or ""))

    return check


def _phone(source_cell: SourceCell, current: Json) -> Finding | None:
    value = (
        source_cell.value["phone"] if isinstance(source_cell.value, Mapping) else source_cell.value
    )
    # A national number gains its country's code.
    is_equal = bool(current) and _digits(str(current)).endswith(_digits(str(value)).lstrip("0"))
    return None if is_equal else (str(value), str(current or ""))


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _location(source_cell: SourceCell, current: Any) -> Finding | None:
    desired = source_cell.value
    if current is None:
        return str(desired.get("address") or ""), ""
    point = current["location"]
    near = all(
        abs(float(desired[axis]) - float(point[axis])) < _METRES_OF_DEGREES
        for axis in ("lat", "lng")
    )
    address = line(str(desired.get("address") or ""))
    if near and (not address or address == line(current["formatted_address"])):
        return None
    return _place(desired, address), _place(point, current["formatted_address"])


def _place(point: Any, address: str) -> str:
    return f"{address} ({point['lat']}, {point['lng']})"


_CHECKS: Mapping[str, Callable[[SourceCell, Json], Finding | None]] = {
    "drop_down": _one_option,
    "labels": _options,
    "users": _people,
    "number": _number,
    "currency": _number,
    "emoji": _stars,
    "manual_progress": _number,
    "checkbox": _tick,
    "date": _date,
    "short_text": _text,
    "text": _text,
    "url": _part("url"),
    "email": _part("email"),
    "phone": _phone,
    "location": _location,
}
