"""Whether a custom field's value says what the source's cell says, by the field's type. Pure.

Each comparison returns both values as people read them if they differ, else nothing.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from clickup_mlops.features.migration.verify import reading
from clickup_mlops.features.migration.verify.reading import Asked
from clickup_mlops.features.migration.verify.text import line, plain, shows
from clickup_mlops.json_types import Json

Finding = tuple[str, str]
"""The value in the source, and the one in ClickUp."""
_METRES_OF_DEGREES: Final = 1e-5
_STARS: Final = 5
_NAMED_BY_KEY: Final = ("status",)


def compare(asked: Asked, found: Json) -> Finding | None:
    """The field's value (None: it is not set) against the cell; a type without a rule has none."""
    check = _CHECKS.get(asked.table.field_type)
    return check(asked, found) if check else None


def compare_empty(field_type: str, found: Json) -> Finding | None:
    """The field's value, where the source's cell is empty."""
    if found in (None, "", [], False) or field_type not in _CHECKS:
        return None
    return "", shown(found)


def shown(value: Json) -> str:
    """A value of a field as people read it."""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, Mapping):
        return str(value.get("formatted_address") or value)
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def same_names(wanted: Iterable[str], found: Iterable[str]) -> Finding | None:
    """Two sets of names, in any case and order."""
    wanted, found = tuple(wanted), tuple(found)
    if {line(one).casefold() for one in wanted} == {line(one).casefold() for one in found}:
        return None
    return ", ".join(wanted), ", ".join(found)


def _options(asked: Asked, found: Json) -> Finding | None:
    return same_names(reading.names(asked), _names(found))


def _one_option(asked: Asked, found: Json) -> Finding | None:
    wanted = reading.names(asked)
    # A drop-down holds one: which of several it is has been declared.
    if len(wanted) > 1 and any(line(one) == line(str(found)) for one in wanted):
        return None
    return same_names(wanted, _names(found))


def _names(found: Json) -> tuple[str, ...]:
    values = found if isinstance(found, list | tuple) else [found]
    return tuple(str(one) for one in values if one is not None)


def _people(asked: Asked, found: Json) -> Finding | None:
    return same_names(asked.people.emails(reading.people(asked)), _names(found))


def _number(asked: Asked, found: Json) -> Finding | None:
    value = asked.value["count"] if asked.column.type == "vote" else asked.value
    wanted = _decimal(value)
    if wanted is None or _is_close(wanted, found):
        return None
    return str(value), shown(found)


def _decimal(value: Json) -> Decimal | None:
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _is_close(wanted: Decimal, found: Json) -> bool:
    return found is not None and math.isclose(float(wanted), float(found), rel_tol=1e-15)


def _tick(asked: Asked, found: Json) -> Finding | None:
    if bool(asked.value) == bool(found):
        return None
    return str(asked.value).lower(), str(bool(found)).lower()


def _date(asked: Asked, found: Json) -> Finding | None:
    wanted = reading.moments(asked)[1]
    if wanted is None or wanted.holds(found):
        return None
    return wanted.shown, reading.instant(found).shown if found is not None else ""


def _stars(asked: Asked, found: Json) -> Finding | None:
    """A scale of more than five stars is shown on five."""
    scale = max(_STARS, int(asked.column.settings.get("limit") or _STARS))
    wanted = asked.value * _STARS / scale
    step = 0.5 if scale > _STARS else 0.0
    if found is not None and abs(max(wanted, min(1, asked.value)) - found) <= step:
        return None
    return str(asked.value), shown(found)


def _text(asked: Asked, found: Json) -> Finding | None:
    wanted, have = [plain(one) for one in reading.pieces(asked)], plain(str(found or ""))
    # What was text stays as it is; of other values, every piece must be there.
    exact = isinstance(asked.value, str) and asked.column.type not in _NAMED_BY_KEY
    if have == "".join(wanted) or (not exact and have and all(shows(have, one) for one in wanted)):
        return None
    return asked.cell.text or ", ".join(reading.pieces(asked)), str(found or "")


def _part(name: str) -> Callable[[Asked, Json], Finding | None]:
    def check(asked: Asked, found: Json) -> Finding | None:
        value = asked.value
        wanted = line(str(value[name] if isinstance(value, Mapping) else value))
        return None if wanted == line(str(found or "")) else (wanted, str(found or ""))

    return check


def _phone(asked: Asked, found: Json) -> Finding | None:
    value = asked.value["phone"] if isinstance(asked.value, Mapping) else asked.value
    # A national number gains its country's code.
    same = bool(found) and _digits(str(found)).endswith(_digits(str(value)).lstrip("0"))
    return None if same else (str(value), str(found or ""))


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _location(asked: Asked, found: Json) -> Finding | None:
    wanted = asked.value
    if found is None:
        return str(wanted.get("address") or ""), ""
    point = found["location"]
    near = all(
        abs(float(wanted[axis]) - float(point[axis])) < _METRES_OF_DEGREES
        for axis in ("lat", "lng")
    )
    address = line(str(wanted.get("address") or ""))
    if near and (not address or address == line(found["formatted_address"])):
        return None
    return _place(wanted, address), _place(point, found["formatted_address"])


def _place(point: Json, address: str) -> str:
    return f"{address} ({point['lat']}, {point['lng']})"


_CHECKS: Mapping[str, Callable[[Asked, Json], Finding | None]] = {
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
