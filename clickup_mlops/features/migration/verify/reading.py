"""What a cell of the source says, in the plainest form: its names, moments and pieces of text.

Written from the records' own description, not from the converters: a fault of a converter must not
be repeated here. Pure.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from clickup_mlops.features.migration.mapping.model import ColumnTable
from clickup_mlops.features.migration.records import Cell, Column
from clickup_mlops.features.migration.verify.people import People
from clickup_mlops.json_types import Json

_HOUR_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Moment:
    """From `first_ms` to `last_ms`: one instant, or what a calendar day may be in any time zone."""

    first_ms: int
    last_ms: int
    shown: str

    def holds(self, ms: int | None) -> bool:
        """Whether the time is within."""
        return ms is not None and self.first_ms <= ms <= self.last_ms


@dataclass(frozen=True, slots=True)
class SourceCell:
    """A cell with all that explains it."""

    column: Column
    cell: Cell
    table: ColumnTable
    people: People
    zone: tzinfo | None = None
    """Where the token's user lives; None: unknown."""

    @property
    def value(self) -> Any:
        """The cell's value."""
        return self.cell.value


def instant(ms: int) -> Moment:
    """One instant, to the second: some tools keep no milliseconds."""
    moment = datetime.fromtimestamp(ms / 1000, tz=UTC)
    return Moment(ms - 999, ms + 999, f"{moment:%Y-%m-%d %H:%M:%S} UTC")


def minute(ms: int) -> str:
    """An instant as a run writes it into texts."""
    return f"{datetime.fromtimestamp(ms / 1000, tz=UTC):%Y-%m-%d %H:%M}"


def day(text: str, zone: tzinfo | None) -> Moment:
    """A calendar day, from midnight to midnight where the token's user lives: ClickUp keeps it as
    04:00 there. Where that is unknown, it may be 04:00 anywhere (UTC-12 to UTC+14).
    """
    start = datetime.fromisoformat(text[:10])
    if zone is None:
        ms = _unix_ms(start.replace(tzinfo=UTC))
        return Moment(ms - 10 * _HOUR_MS, ms + 16 * _HOUR_MS, text[:10])
    end = start + timedelta(days=1)  # a day of 23 or 25 hours ends at midnight, too
    first, last = (_unix_ms(midnight.replace(tzinfo=zone)) for midnight in (start, end))
    return Moment(first, last - 1, text[:10])


def _unix_ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def date(value: Any, zone: tzinfo | None) -> Moment:
    """Of a date column."""
    if not value.get("time"):
        return day(value["date"], zone)
    parsed = datetime.fromisoformat(f"{value['date']}T{value['time']}").replace(tzinfo=UTC)
    return instant(_unix_ms(parsed))


def moments(source_cell: SourceCell) -> tuple[Moment | None, Moment | None]:
    """Begin and end of a date-like value; a date has an end only."""
    value, zone = source_cell.value, source_cell.zone
    if "at_ms" in value:
        return None, instant(value["at_ms"]) if value["at_ms"] is not None else None
    if "date" in value:
        return None, date(value, zone)
    first, last = (day(value[end], zone) if value.get(end) else None for end in ("from", "to"))
    return first, last


def people(source_cell: SourceCell) -> Any:
    """The references to people in a value of any type."""
    value = source_cell.value
    if isinstance(value, dict):
        ids = value["voters"] if "voters" in value else [value.get("person")]
        return [{"id": person_id} for person_id in ids if person_id]
    return value


def options(source_cell: SourceCell) -> tuple[str, ...]:
    """Names of the chosen options: the mapping's, else the source's."""
    keys = source_cell.value if isinstance(source_cell.value, list) else [source_cell.value]
    names_by_key = {option.key: option.name for option in source_cell.column.options}
    named = {**names_by_key, **source_cell.table.options}
    return tuple(named[str(key)] for key in keys if named.get(str(key)))


def names(source_cell: SourceCell) -> tuple[str, ...]:
    """Whatever is a choice among names: options, tags, people, a country or a single text."""
    kind, value = source_cell.column.type, source_cell.value
    if kind in ("status", "dropdown"):
        return options(source_cell)
    if kind == "people":
        return source_cell.people.names(value)
    if kind == "country":
        return (str(value["name"]),)
    if isinstance(value, list):
        return tuple(map(str, value))
    return (str(value),)


def pieces(source_cell: SourceCell) -> tuple[str, ...]:
    """The pieces of text that must be shown wherever the value became text."""
    try:
        parts = _PIECES.get(source_cell.column.type, _as_shown)(source_cell)
    except (ValueError, TypeError, KeyError, AttributeError):
        parts = (source_cell.cell.text,)
    return tuple(str(piece) for piece in parts if piece not in (None, ""))


def _as_shown(source_cell: SourceCell) -> tuple[Json, ...]:
    value = source_cell.value
    return (value if isinstance(value, str) else source_cell.cell.text,)


def _date_pieces(source_cell: SourceCell) -> tuple[Any, ...]:
    return source_cell.value["date"], (source_cell.value.get("time") or "")[:5]


def _values(*keys: str) -> Callable[[SourceCell], tuple[Any, ...]]:
    return lambda source_cell: tuple(source_cell.value.get(key) for key in keys)


def _tick(source_cell: SourceCell) -> tuple[Json, ...]:
    return ()


def _clock(source_cell: SourceCell) -> tuple[Any, ...]:
    return (f"{source_cell.value['hour']:02}:{source_cell.value['minute']:02}",)


def _event(source_cell: SourceCell) -> tuple[Any, ...]:
    at_ms, person = source_cell.value.get("at_ms"), source_cell.value.get("person")
    when = minute(at_ms) if at_ms is not None else ""
    return when, source_cell.people.name(str(person)) if person else ""


def _files(source_cell: SourceCell) -> tuple[Any, ...]:
    """What stands for the files that are only linked: their names, else addresses."""
    linked = (file for file in source_cell.value if "asset" not in file)
    return tuple(file.get("name") or file.get("url") for file in linked)


def _linked(source_cell: SourceCell) -> tuple[Any, ...]:
    return tuple(reference.get("name") for reference in source_cell.value)


def _location(source_cell: SourceCell) -> tuple[Any, ...]:
    return (source_cell.value.get("address"),)


_PIECES: Mapping[str, Callable[[SourceCell], tuple[Json, ...]]] = {
    "status": names,
    "dropdown": names,
    "people": names,
    "tags": names,
    "country": names,
    "date": _date_pieces,
    "timeline": _values("from", "to"),
    "week": _values("from", "to"),
    "checkbox": _tick,
    "link": _values("url", "text"),
    "integration": _values("url", "text"),
    "email": _values("email", "text"),
    "phone": _values("phone"),
    "location": _location,
    "rating": lambda source_cell: (source_cell.value,),
    "hour": _clock,
    "file": _files,
    "dependency": lambda _source_cell: (),
    "board_relation": _linked,
    "time_tracking": lambda _source_cell: (),
    "vote": _values("count"),
    "creation_log": _event,
    "last_updated": _event,
    "doc": _values("url"),
    "direct_doc": _values("url"),
}
