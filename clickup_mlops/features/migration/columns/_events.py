"""Columns that say when something happened and who did it. Pure."""

from typing import Final

from clickup_mlops.features.migration.columns import _dates, _people
from clickup_mlops.features.migration.columns._build import DESCRIPTION, column_type
from clickup_mlops.features.migration.columns._model import (
    Choice,
    ColumnType,
    Converted,
    Lookup,
    Loss,
    Sample,
    Target,
)
from clickup_mlops.features.migration.columns._text import paragraphs
from clickup_mlops.features.migration.records import Cell, Column

WHO: Final = "who did it: the name is kept in the description"
WHEN: Final = "when it was done: kept in the description"


def event_type(summary: str, *samples: Sample) -> ColumnType:
    """A column type that holds `{"at_ms", "person"}`."""
    return column_type(
        summary,
        (DESCRIPTION, Target("field", "date"), Target("field", "users")),
        _words,
        field_types={"date": _date, "users": _users},
        losses=(WHO, WHEN, _people.NO_ACCOUNT),
        samples=samples,
    )


def _words(cell: Cell, _column: Column, lookup: Lookup) -> str:
    return ", ".join(filter(None, (_when(cell), _author_name(cell, lookup))))


def _date(cell: Cell, column: Column, _choice: Choice, lookup: Lookup) -> Converted:
    author = _author_name(cell, lookup)
    return Converted(
        value=cell.value.get("at_ms"),
        lines=paragraphs(column, author),
        losses=(Loss(WHO, author),) if author else (),
    )


def _users(cell: Cell, column: Column, _choice: Choice, lookup: Lookup) -> Converted:
    person = cell.value.get("person")
    people = _people.find([{"id": person}] if person else [], lookup)
    when = _when(cell)
    return Converted(
        value=list(people.users) or None,
        lines=paragraphs(column, ", ".join(filter(None, (when, *people.unmatched)))),
        losses=(*people.losses, *((Loss(WHEN, when),) if when else ())),
    )


def _when(cell: Cell) -> str:
    at_ms = cell.value.get("at_ms")
    return "" if at_ms is None else _dates.format_instant_exactly(_dates.read_integer(at_ms))


def _author_name(cell: Cell, lookup: Lookup) -> str:
    person = cell.value.get("person")
    return lookup.name(str(person)) if person else ""
