"""Columns that a tool computes: their values are taken as they are at this moment. Pure."""

from typing import Final

from clickup_mlops.features.migration.columns import _numbers
from clickup_mlops.features.migration.columns._build import column_type, one_of
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

LIVE: Final = "the value is a copy: it is not computed any more"
NOT_A_NUMBER: Final = "not a number: kept in the description"


def words(cell: Cell, column: Column, _lookup: Lookup) -> str:
    """The text of a cell that holds text."""
    return one_of(column.type, cell.value)


def snapshot(
    summary: str, targets: tuple[Target, ...], *, samples: tuple[Sample, ...] = ()
) -> ColumnType:
    """A column type whose text is kept, while nothing computes it any more."""
    has_number = any(target.type == "number" for target in targets)
    return column_type(
        summary,
        targets,
        words,
        slots={"description": _described},
        field_types={
            "short_text": _text,
            "text": _text,
            **({"number": _number} if has_number else {}),
        },
        losses=(LIVE, *((NOT_A_NUMBER, _numbers.DIGITS) if has_number else ())),
        samples=samples,
    )


def _described(cell: Cell, column: Column, _choice: Choice, lookup: Lookup) -> Converted:
    text = words(cell, column, lookup)
    return Converted(lines=paragraphs(column, text), losses=_copied(text))


def _text(cell: Cell, column: Column, _choice: Choice, lookup: Lookup) -> Converted:
    text = words(cell, column, lookup)
    return Converted(value=text or None, losses=_copied(text))


def _number(cell: Cell, column: Column, _choice: Choice, lookup: Lookup) -> Converted:
    text = words(cell, column, lookup).strip()
    try:
        number, losses = _numbers.read(text)
    except ValueError:
        losses = (Loss(NOT_A_NUMBER, text),) if text else ()
        return Converted(lines=paragraphs(column, text), losses=(*_copied(text), *losses))
    return Converted(value=number, losses=(*_copied(text), *losses))


def _copied(text: str) -> tuple[Loss, ...]:
    return (Loss(LIVE, text),) if text.strip() else ()
