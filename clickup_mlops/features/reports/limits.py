"""A report within bounds, for a format whose cost grows with every letter. Pure.

Anybody may have written the texts of a report, at any length. What is left out is counted, and
said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from clickup_mlops.ports.sections.model import Report
from clickup_mlops.views import text
from clickup_mlops.views.cells import format_cell
from clickup_mlops.views.model import (
    Badge,
    Block,
    Cell,
    Chart,
    Figures,
    Link,
    Note,
    Section,
    Table,
)

LONGEST: Final = 200
"""Characters of a text: of a name, a note, a cell of a table."""
MOST: Final = 20_000
"""Characters of a table: rows that are more are left out."""


def limited(report: Report) -> Report:
    """The same report with no text longer than `LONGEST`, and no table longer than `MOST`."""
    period = replace(report.period, name=short(report.period.name))
    return Report(short(report.title), period, tuple(map(_section, report.sections)))


def short(words: str) -> str:
    """The beginning, and how much is left out."""
    line = text.format_line(words) if len(words) > LONGEST else words
    more = len(line) - LONGEST
    return f"{line[:LONGEST]} … {more:,} characters left out" if more > 0 else line


def _section(section: Section) -> Section:
    blocks = tuple(map(_block, section.blocks))
    return replace(section, title=short(section.title), blocks=blocks, source=short(section.source))


def _block(block: Block) -> Block:
    match block:
        case Table():
            return _table(block)
        case Chart():
            return _chart(block)
        case Figures():
            items = (
                replace(
                    figure,
                    label=short(figure.label),
                    note=short(figure.note),
                    cell=_cell(figure.cell),
                )
                for figure in block.items
            )
            return Figures(tuple(items))
        case Note():
            return replace(block, text=short(block.text))


def _table(table: Table) -> Table:
    rows = tuple(_within([tuple(map(_cell, row)) for row in table.rows]))
    total = table.total if len(rows) == len(table.rows) else table.total or len(table.rows)
    return replace(table, title=short(table.title), rows=rows, total=total)


def _within(rows: Sequence[tuple[Cell, ...]]) -> Iterator[tuple[Cell, ...]]:
    remaining = MOST
    for row in rows:
        remaining -= sum(len(format_cell(cell)) for cell in row)
        if remaining < 0:
            return
        yield row


def _chart(chart: Chart) -> Chart:
    return replace(
        chart,
        title=short(chart.title),
        lines=tuple(replace(line, name=short(line.name)) for line in chart.lines),
        marks=tuple(replace(mark, text=short(mark.text)) for mark in chart.marks),
        source=short(chart.source),
        problem=short(chart.problem),
    )


def _cell(cell: Cell) -> Cell:
    match cell:
        case str():
            return short(cell)
        case Link() | Badge():
            return replace(cell, text=short(cell.text))
        case _:
            return cell
