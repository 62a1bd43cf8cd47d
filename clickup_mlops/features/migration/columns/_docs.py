"""Columns that hold a document of the source. Pure."""

from typing import Any, Final

from clickup_mlops.features.migration.columns._build import as_lines, column_type, refused
from clickup_mlops.features.migration.columns._links import CONTENT, REFUSED
from clickup_mlops.features.migration.columns._model import (
    Choice,
    ColumnType,
    Converted,
    Lookup,
    Loss,
    Sample,
    Target,
)
from clickup_mlops.features.migration.columns._text import link, titled
from clickup_mlops.features.migration.records import Cell, Column

ID: Final = "the document's number: its address is kept"


def doc_type(summary: str, *samples: Sample) -> ColumnType:
    """A column type that holds `{"doc", "url"}`."""
    return column_type(
        summary,
        (Target("description"), Target("field", "url")),
        _words,
        slots={"description": _described},
        field_types={"url": _field},
        losses=(CONTENT, ID, REFUSED),
        samples=samples,
    )


def doc_link(value: Any) -> str:
    """Markdown that leads to the document."""
    return link(str(value.get("url") or ""), f"document {value['doc']}")


def _words(cell: Cell, _column: Column, _lookup: Lookup) -> str:
    address = str(cell.value.get("url") or "")
    return f"document {cell.value['doc']}: {address}".removesuffix(": ")


def _described(cell: Cell, column: Column, _choice: Choice, _lookup: Lookup) -> Converted:
    return Converted(lines=(titled(column, doc_link(cell.value)),), losses=(_content(cell),))


def _field(cell: Cell, column: Column, _choice: Choice, lookup: Lookup) -> Converted:
    address = str(cell.value.get("url") or "")
    if refused("url", address):
        words = _words(cell, column, lookup)
        return as_lines(column, words, Loss(REFUSED, words), _content(cell))
    return Converted(value=address, losses=(_content(cell), Loss(ID, str(cell.value["doc"]))))


def _content(cell: Cell) -> Loss:
    return Loss(CONTENT, str(cell.value.get("url") or cell.value["doc"]))
