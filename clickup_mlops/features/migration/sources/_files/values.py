"""Values of a file as cells, by the column's type. Pure. Each reader raises ValueError."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from clickup_mlops.features.migration.records import Cell, Option, Person
from clickup_mlops.features.migration.sources._files import dates
from clickup_mlops.features.migration.sources._files.entries import Field, Raw
from clickup_mlops.json_types import Json

_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_SHOWN: Final = ("name", "text", "url", "item", "asset")
_TRUE: Final = frozenset({"true", "yes", "v", "✓", "x", "1", "checked"})
_FALSE: Final = frozenset({"false", "no", "0", "unchecked"})
_URL: Final = re.compile(r"[A-Za-z][\w+.-]*://\S+")
_LINK: Final = re.compile(rf"(?:(.*?) - )?({_URL.pattern})", re.DOTALL)
_EMAIL: Final = re.compile(r"(?:(.*?) - )?([^\s@,]+@[^\s@,]+\.[^\s@,]+)", re.DOTALL)
_PHONE: Final = re.compile(r"\+?[\d ().-]{5,}")
_CLOCK: Final = re.compile(r"(\d+):(\d{2})(?::(\d{2}))?")


def is_empty(raw: Raw) -> bool:
    """Whether there is no value."""
    return raw is None or (isinstance(raw, str | list | tuple | dict) and not raw)


def text_of(raw: Raw) -> str:
    """As people see it."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() else repr(raw)
    if isinstance(raw, datetime):
        return raw.isoformat(" ")
    if isinstance(raw, date | time):
        return raw.isoformat()
    if isinstance(raw, Option | Person):
        return raw.name
    if isinstance(raw, Mapping):
        return str(next((raw[key] for key in _SHOWN if raw.get(key)), ""))
    if isinstance(raw, list | tuple):
        return ", ".join(map(text_of, raw))
    return str(raw)


def cell(field: Field, raw: Raw, people: Callable[[Raw], Person]) -> Cell:
    """The cell of a column whose type is known. `people` finds or makes a Person.

    Raises ValueError: the value does not fit the column's type.
    """
    if field.type == "people":
        persons = [people(name) for name in names(field, raw)]
        value: Json = [{"id": name.id, "kind": _kind(name)} for name in persons]
    elif field.type == "time_tracking":
        value = _tracked(raw, people)
    else:
        value = _READERS.get(field.type, _text)(field, raw)
    return Cell(value, text_of(raw))


def names(field: Field, raw: Raw) -> Sequence[Raw]:
    """Several values of one cell: options, people, tags."""
    if isinstance(raw, list | tuple):
        return [value for value in raw if not is_empty(value)]
    if isinstance(raw, Option | Person):
        return [raw]
    parts = text_of(raw).split(field.separator) if field.separator else [text_of(raw)]
    return [part.strip() for part in parts if part.strip()]


def number(raw: Raw) -> str:
    """A decimal number as text, without exponent. Raises ValueError."""
    text = str(raw).strip()
    try:
        parsed = Decimal(text.replace(",", "") if _THOUSANDS.fullmatch(text) else text)
    except InvalidOperation:
        raise ValueError(f'"{text}" is no number') from None
    if isinstance(raw, bool) or not parsed.is_finite() or abs(parsed.adjusted()) > 60:
        raise ValueError(f'"{text}" is no number')
    digits = f"{parsed:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def yes_or_no(raw: Raw) -> bool:
    """Raises ValueError."""
    text = text_of(raw).strip().lower()
    if text not in _TRUE | _FALSE:
        raise ValueError(f'"{text}" is neither yes nor no')
    return text in _TRUE


def link(raw: Raw) -> dict[str, str]:
    """From an address, or from `text - address`. Raises ValueError."""
    if isinstance(raw, Mapping):
        return {"url": str(raw["url"]), "text": str(raw.get("text", ""))}
    match = _fits(_LINK, raw, "a link")
    return {"url": match[2], "text": match[1] or match[2]}


def email(raw: Raw) -> dict[str, str]:
    """From an address, or from `text - address`. Raises ValueError."""
    match = _fits(_EMAIL, raw, "an e-mail address")
    return {"email": match[2], "text": match[1] or match[2]}


def phone(raw: Raw) -> dict[str, str]:
    """Digits, with + if it has one. Raises ValueError."""
    digits = _fits(_PHONE, raw, "a phone number")[0]
    return {"phone": re.sub(r"[ ().-]", "", digits), "country": ""}


def files(raw: Raw) -> list[Json]:
    """From addresses with commas between, or as the file gives them. Raises ValueError."""
    if isinstance(raw, list | tuple):
        return list(raw)
    urls = [_fits(_URL, part.strip(), "a link")[0] for part in text_of(raw).split(", ")]
    return [{"url": url, "name": _last_part(url), "kind": ""} for url in urls]


def seconds(raw: Raw) -> int:
    """A duration: seconds, `h:mm`, `h:mm:ss` or a timedelta. Raises ValueError."""
    if isinstance(raw, timedelta):
        return int(raw.total_seconds())
    if isinstance(raw, time):
        return raw.hour * 3600 + raw.minute * 60 + raw.second
    if match := _CLOCK.fullmatch(text_of(raw).strip()):
        hours, minutes, second = match.groups(default="0")
        return int(hours) * 3600 + int(minutes) * 60 + int(second)
    return int(Decimal(number(raw)))


def _kind(person: Person) -> str:
    return person.kind if person.kind in ("team", "agent") else "person"


def _fits(pattern: re.Pattern[str], raw: Raw, description: str) -> re.Match[str]:
    match = pattern.fullmatch(text_of(raw).strip())
    if match is None:
        raise ValueError(f'"{text_of(raw)}" is not {description}')
    return match


def _last_part(url: str) -> str:
    return url.split("?")[0].rstrip("/").rsplit("/", 1)[-1]


def _text(_: Field, raw: Raw) -> Json:
    return text_of(raw)


def _option(_: Field, raw: Raw) -> Json:
    return raw.key if isinstance(raw, Option) else text_of(raw).strip()


def _options(field: Field, raw: Raw) -> Json:
    return [_option(field, name) for name in names(field, raw)]


def _tags(field: Field, raw: Raw) -> Json:
    return [text_of(name).lstrip("#") for name in names(field, raw)]


def _date(field: Field, raw: Raw) -> Json:
    return raw if isinstance(raw, dict) else dates.cell_value(dates.moment(raw, field.date_format))


def _timeline(field: Field, raw: Raw) -> Json:
    start, end = dates.day_range(raw, field.date_format)
    return {"from": start.isoformat(), "to": end.isoformat()}


def _tracked(raw: Raw, people: Callable[[Raw], Person]) -> Json:
    if not isinstance(raw, Mapping):
        return {"seconds": seconds(raw), "running": False, "entries": []}
    entries = [
        {**entry, "person": people(entry["person"]).id if entry["person"] else ""}
        for entry in raw["entries"]
    ]
    return {**raw, "entries": entries}


def _as_given(field: Field, raw: Raw) -> Json:
    if not isinstance(raw, list | tuple):
        raise ValueError(f'"{text_of(raw)}" names no items')
    return list(raw)


def _rating(_: Field, raw: Raw) -> Json:
    return int(Decimal(number(raw)))


_READERS: Final[Mapping[str, Callable[[Field, Raw], Json]]] = {
    "status": _option,
    "dropdown": _options,
    "tags": _tags,
    "date": _date,
    "timeline": _timeline,
    "week": _timeline,
    "numbers": lambda _, raw: number(raw),
    "checkbox": lambda _, raw: yes_or_no(raw),
    "rating": _rating,
    "link": lambda _, raw: link(raw),
    "email": lambda _, raw: email(raw),
    "phone": lambda _, raw: phone(raw),
    "file": lambda _, raw: files(raw),
    "dependency": _as_given,
    "board_relation": _as_given,
}

TYPES: Final = frozenset(_READERS) | {"people", "time_tracking", "text", "long_text"}
"""The column types that a file can give."""
