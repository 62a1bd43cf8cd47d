"""A table, or the points of a chart, as CSV (RFC 4180) for spreadsheets."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

from clickup_mlops.views import text
from clickup_mlops.views.model import Button, Cell, Chart, Duration, Moment, Number, Table
from clickup_mlops.views.plain import finite

_FORMULA: Final = re.compile(r"(^|;)(\s*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20\t\r])")
"""Where one would begin, also where `;` parts cells and in letters of full width."""


def table(one: Table, zone: str = "UTC") -> str:
    """Numbers bare, with the unit in the heading if it is one; times ISO 8601 in the time zone."""
    units = [_units(cells) for cells in zip(*one.rows, strict=True)] or [set()] * len(one.columns)
    heads = [_head(column.title, unit) for column, unit in zip(one.columns, units, strict=True)]
    rows = (
        [_cell(cell, unit, zone) for cell, unit in zip(row, units, strict=True)] for row in one.rows
    )
    return _written(heads, rows)


def chart(one: Chart, zone: str = "UTC") -> str:
    """A row for each time at which any line has a point or a gap; a gap is an empty cell."""
    lines = [dict(line.points) for line in one.lines]
    heads = ["Time", *(_head(line.name, {one.unit}) for line in one.lines)]
    times = sorted({at for line in lines for at in line})
    rows = ([text.iso(at, zone), *(_number(line.get(at)) for line in lines)] for at in times)
    return _written(heads, rows)


def _written(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return out.getvalue()


def _units(cells: Sequence[Cell]) -> set[str]:
    return {_unit(cell) for cell in cells if cell is not None}


def _unit(cell: Cell) -> str:
    if isinstance(cell, Duration):
        return "ms"
    return cell.unit if isinstance(cell, Number) else ""


def _head(title: str, units: set[str]) -> str:
    (unit,) = units if len(units) == 1 else ("",)
    return _safe(f"{title} ({unit})" if unit else title)


def _cell(cell: Cell, units: set[str], zone: str) -> str:
    match cell:
        case Number() | Duration() if len(units) == 1:
            return _number(cell.value if isinstance(cell, Number) else cell.ms)
        case Moment():
            return "" if cell.at_ms is None else text.iso(cell.at_ms, zone)
        case None | Button():
            return ""
        case _:
            return _safe(text.text(cell, zone))


def _number(value: float | None) -> str:
    known = finite(value)
    return "" if known is None else repr(known)


def _safe(words: str) -> str:
    # A spreadsheet would take it for a formula.
    return _FORMULA.sub(r"\1\2'", words)
