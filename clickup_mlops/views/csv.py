"""A table, or the points of a chart, as CSV (RFC 4180) for spreadsheets."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

from clickup_mlops.views import text
from clickup_mlops.views.cells import format_cell
from clickup_mlops.views.model import Button, Cell, Chart, Duration, Moment, Number, Table
from clickup_mlops.views.plain import drop_infinite

_FORMULA: Final = re.compile(r"(^|;)(\s*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20\t\r])")
"""Where one would begin, also where `;` parts cells and in letters of full width."""


def render_table(table: Table, zone: str = "UTC") -> str:
    """Numbers bare, with the unit in the heading if it is one; times ISO 8601 in the time zone."""
    units = [_list_units(cells) for cells in zip(*table.rows, strict=True)] or [set()] * len(
        table.columns
    )
    heads = [
        _format_head(column.title, unit) for column, unit in zip(table.columns, units, strict=True)
    ]
    rows = (
        [_format_cell(cell, unit, zone) for cell, unit in zip(row, units, strict=True)]
        for row in table.rows
    )
    return _write(heads, rows)


def render_chart(chart: Chart, zone: str = "UTC") -> str:
    """A row for each time at which any line has a point or a gap; a gap is an empty cell."""
    lines = [dict(line.points) for line in chart.lines]
    heads = ["Time", *(_format_head(line.name, {chart.unit}) for line in chart.lines)]
    times = sorted({at for line in lines for at in line})
    rows = (
        [text.format_iso(at, zone), *(_format_number(line.get(at)) for line in lines)]
        for at in times
    )
    return _write(heads, rows)


def _write(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return out.getvalue()


def _list_units(cells: Sequence[Cell]) -> set[str]:
    return {_read_unit(cell) for cell in cells if cell is not None}


def _read_unit(cell: Cell) -> str:
    if isinstance(cell, Duration):
        return "ms"
    return cell.unit if isinstance(cell, Number) else ""


def _format_head(title: str, units: set[str]) -> str:
    (unit,) = units if len(units) == 1 else ("",)
    return _defuse_formula(f"{title} ({unit})" if unit else title)


def _format_cell(cell: Cell, units: set[str], zone: str) -> str:
    match cell:
        case Number() | Duration() if len(units) == 1:
            return _format_number(cell.value if isinstance(cell, Number) else cell.ms)
        case Moment():
            return "" if cell.at_ms is None else text.format_iso(cell.at_ms, zone)
        case None | Button():
            return ""
        case _:
            return _defuse_formula(format_cell(cell, zone))


def _format_number(value: float | None) -> str:
    number = drop_infinite(value)
    return "" if number is None else repr(number)


def _defuse_formula(words: str) -> str:
    # A spreadsheet would take it for a formula.
    return _FORMULA.sub(r"\1\2'", words)
