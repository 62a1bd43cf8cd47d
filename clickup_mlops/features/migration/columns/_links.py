"""Columns that hold the address of something. Pure."""

from typing import Any, Final

from clickup_mlops.features.migration.columns._addresses import LABEL, address, labelled
from clickup_mlops.features.migration.columns._build import column_type
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

REFUSED: Final = "not a web address as ClickUp wants it: kept in the description"
NOT_CONNECTED: Final = "the connection to the other tool: the address is kept"
CONTENT: Final = "the content of a document: its address is kept"


def link_type(
    summary: str,
    targets: tuple[Target, ...],
    *,
    loss: str = "",
    samples: tuple[Sample, ...] = (),
) -> ColumnType:
    """A column type that holds `{"url", "text"}`. `lost`: what every value loses."""
    places = _Links(loss)
    return column_type(
        summary,
        targets,
        _words,
        slots={"description": places.described},
        field_types={"url": places.field},
        losses=(LABEL, REFUSED, *([loss] if loss else [])),
        samples=samples,
    )


class _Links:
    """What a link becomes; `lost` is what every one of them loses."""

    def __init__(self, loss: str) -> None:
        self._loss = loss

    def described(self, cell: Cell, column: Column, _choice: Choice, _lookup: Lookup) -> Converted:
        """A link in the description."""
        url, text = _parts(cell.value)
        line = link(url, text) if url else text
        return Converted(lines=(titled(column, line),) if line else (), losses=self._always(url))

    def field(self, cell: Cell, column: Column, _choice: Choice, _lookup: Lookup) -> Converted:
        """The value of a website field."""
        url, text = _parts(cell.value)
        converted = address(column, "url", url, text, REFUSED)
        return Converted(
            {}, converted.value, converted.lines, (), (*converted.losses, *self._always(url))
        )

    def _always(self, url: str) -> tuple[Loss, ...]:
        return (Loss(self._loss, url),) if self._loss and url else ()


def _words(cell: Cell, _column: Column, _lookup: Lookup) -> str:
    return labelled(*_parts(cell.value))


def _parts(value: Any) -> tuple[str, str]:
    return str(value.get("url") or "").strip(), str(value.get("text") or "").strip()
