"""A section as Markdown with tables, for Docs, chat, comments and files.

Texts are escaped: no name of a task or model can change what is around it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final
from urllib.parse import quote

from clickup_mlops.views import text
from clickup_mlops.views.cells import format_cell
from clickup_mlops.views.model import (
    Badge,
    Block,
    Cell,
    Chart,
    Column,
    Figure,
    Figures,
    Link,
    Note,
    Section,
    Table,
)
from clickup_mlops.views.summary import (
    compute_statistics,
    format_change,
    format_interval,
    format_reading,
    letter_marks,
)
from clickup_mlops.views.table import drop_empty_columns

_MARKS: Final = re.compile(r"([\\`*_{}\[\]#|~!$^=])")
_ORDERED: Final = re.compile(r"^(\d+)([.)])(?=\s|$)")
_BULLET: Final = re.compile(r"^([-+])")
_SIGNS: Final = {"plain": "", "good": "✓ ", "warning": "⚠ ", "bad": "✗ "}

Picture = Callable[[Chart], str]
"""The https address of a chart's picture; empty: there is none."""


def render_section(
    section: Section, zone: str = "UTC", *, level: int = 2, picture: Picture = lambda _chart: ""
) -> str:
    """The section under a heading of this level; times in the time zone."""
    parts = [f"{'#' * level} {escape(section.title)}"]
    for block in section.blocks:
        parts += _render_block(block, zone, level, picture)
    if section.url.startswith("https://"):
        parts.append(_render_link("More", section.url))
    if section.source:
        parts.append(f"*Source: {escape(section.source)}*")
    return text.localize("\n\n".join(parts) + "\n", zone)


def escape(words: str) -> str:
    """For Markdown: the same letters on one line, none of them with a meaning, no mention."""
    markdown = _MARKS.sub(r"\\\1", text.format_line(words).replace("&", "&amp;"))
    markdown = markdown.replace("<", "&lt;").replace(">", "&gt;")
    return text.defuse_mentions(_BULLET.sub(r"\\\1", _ORDERED.sub(r"\1\\\2", markdown)))


def render_cell(cell: Cell, zone: str = "UTC") -> str:
    """A cell's text; a link if it leads to an https address."""
    match cell:
        case Link(url=url) if url.startswith("https://"):
            return _render_link(cell.text, url)
        case Badge():
            return f"**{escape(_SIGNS[cell.tone] + cell.text)}**"
        case _:
            sign = _SIGNS[getattr(cell, "tone", "plain")]
            words = format_cell(cell, zone)
            return f"{sign if words else ''}{escape(words)}"


def _render_block(block: Block, zone: str, level: int, picture: Picture) -> Iterator[str]:
    match block:
        case Note():
            yield f"{_SIGNS[block.tone]}{escape(block.text)}"
        case Figures():
            yield "\n".join(f"- {_render_figure(figure, zone)}" for figure in block.items)
        case Table():
            yield from _render_table(block, zone, level)
        case Chart():
            yield from _render_chart(block, zone, level, picture)


def _render_figure(figure: Figure, zone: str) -> str:
    candidates = [format_interval(figure), format_change(figure), figure.note]
    remarks = "; ".join(escape(remark) for remark in candidates if remark)
    return (
        f"**{escape(figure.label)}:** "
        f"{render_cell(figure.cell, zone)}{f' ({remarks})' if remarks else ''}"
    )


def _render_table(table: Table, zone: str, level: int) -> Iterator[str]:
    if table.title:
        yield f"{'#' * (level + 1)} {escape(table.title)}"
    if not table.rows:
        yield escape(table.empty)
        return
    filled_table = drop_empty_columns(table)
    yield _render_grid(
        filled_table.columns,
        ([render_cell(table_cell, zone) for table_cell in row] for row in filled_table.rows),
    )
    if table.total is not None and table.total > len(table.rows):
        yield f"{len(table.rows):,} of {table.total:,}."


def _render_chart(chart: Chart, zone: str, level: int, picture: Picture) -> Iterator[str]:
    has_unit = chart.unit in re.findall(r"[^\s:]+", chart.title)
    unit = f" ({chart.unit})" if chart.unit and not has_unit else ""
    yield f"{'#' * (level + 1)} {escape(chart.title + unit)}"
    if url := picture(chart):
        yield f"![{escape(chart.title)}](<{_quote_address(url)}>)"
    names, rows = compute_statistics(chart)
    columns = (Column("Line"), *(Column(name, "end") for name in names))
    cells = ([escape(text_cell) for text_cell in row] for row in rows)
    yield _render_grid(columns, cells) if rows else escape(chart.problem or "No data.")
    if chart.limit is not None:
        yield f"SLO: {escape(format_reading(chart.limit, chart.unit))}"
    if chart.marks:
        yield "\n".join(_render_marks(chart, zone))
    if chart.source:
        yield f"*Query: {escape(chart.source)}*"


def _render_marks(chart: Chart, zone: str) -> Iterator[str]:
    for letter, mark in letter_marks(chart):
        words = (
            _render_link(mark.text, mark.url)
            if mark.url.startswith("https://")
            else escape(mark.text)
        )
        at = escape(text.format_moment(mark.at_ms, zone))
        yield f"- **{letter}** {at} {escape(mark.kind)}: {words}"


def _render_grid(columns: Iterable[Column], rows: Iterable[Iterable[str]]) -> str:
    heads = [*columns]
    lines = [[escape(column.title) for column in heads]]
    lines.append(["--:" if column.align == "end" else "---" for column in heads])
    return "\n".join(f"| {' | '.join(line)} |" for line in (*lines, *rows))


def _render_link(words: str, url: str) -> str:
    return f"[{escape(words)}](<{_quote_address(url)}>)"


def _quote_address(url: str) -> str:
    # Nothing in it can end the address, the cell or the line, or mention anybody.
    return quote(url, safe="%/:?#[]!$&'()*+,;=~-._", errors="replace")
