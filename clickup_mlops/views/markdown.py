"""A section as Markdown with tables, for Docs, chat, comments and files.

Texts are escaped: no name of a task or model can change what is around it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final
from urllib.parse import quote

from clickup_mlops.views import text
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
from clickup_mlops.views.summary import change, interval, letters, reading, statistics
from clickup_mlops.views.table import filled

_MARKS: Final = re.compile(r"([\\`*_{}\[\]#|~!$^=])")
_ORDERED: Final = re.compile(r"^(\d+)([.)])(?=\s|$)")
_BULLET: Final = re.compile(r"^([-+])")
_SIGNS: Final = {"plain": "", "good": "✓ ", "warning": "⚠ ", "bad": "✗ "}

Picture = Callable[[Chart], str]
"""The https address of a chart's picture; empty: there is none."""


def section(
    one: Section, zone: str = "UTC", *, level: int = 2, picture: Picture = lambda _chart: ""
) -> str:
    """The section under a heading of this level; times in the time zone."""
    parts = [f"{'#' * level} {escaped(one.title)}"]
    for block in one.blocks:
        parts += _block(block, zone, level, picture)
    if one.url.startswith("https://"):
        parts.append(_link("More", one.url))
    if one.source:
        parts.append(f"*Source: {escaped(one.source)}*")
    return "\n\n".join(parts) + "\n"


def escaped(words: str) -> str:
    """For Markdown: the same letters on one line, none of them with a meaning, no mention."""
    found = _MARKS.sub(r"\\\1", text.line(words).replace("&", "&amp;"))
    found = found.replace("<", "&lt;").replace(">", "&gt;")
    return text.unmentioned(_BULLET.sub(r"\\\1", _ORDERED.sub(r"\1\\\2", found)))


def cell(one: Cell, zone: str = "UTC") -> str:
    """A cell's text; a link if it leads to an https address."""
    match one:
        case Link(url=url) if url.startswith("https://"):
            return _link(one.text, url)
        case Badge():
            return f"**{escaped(_SIGNS[one.tone] + one.text)}**"
        case _:
            sign = _SIGNS[getattr(one, "tone", "plain")]
            return f"{sign if text.text(one, zone) else ''}{escaped(text.text(one, zone))}"


def _block(block: Block, zone: str, level: int, picture: Picture) -> Iterator[str]:
    match block:
        case Note():
            yield f"{_SIGNS[block.tone]}{escaped(block.text)}"
        case Figures():
            yield "\n".join(f"- {_figure(one, zone)}" for one in block.items)
        case Table():
            yield from _table(block, zone, level)
        case Chart():
            yield from _chart(block, zone, level, picture)


def _figure(one: Figure, zone: str) -> str:
    more = [interval(one), change(one), one.note]
    shown = "; ".join(escaped(each) for each in more if each)
    return f"**{escaped(one.label)}:** {cell(one.cell, zone)}{f' ({shown})' if shown else ''}"


def _table(table: Table, zone: str, level: int) -> Iterator[str]:
    if table.title:
        yield f"{'#' * (level + 1)} {escaped(table.title)}"
    if not table.rows:
        yield escaped(table.empty)
        return
    shown = filled(table)
    yield _grid(shown.columns, ([cell(one, zone) for one in row] for row in shown.rows))
    if table.total is not None and table.total > len(table.rows):
        yield f"{len(table.rows):,} of {table.total:,}."


def _chart(chart: Chart, zone: str, level: int, picture: Picture) -> Iterator[str]:
    said = chart.unit in re.findall(r"[^\s:]+", chart.title)
    unit = f" ({chart.unit})" if chart.unit and not said else ""
    yield f"{'#' * (level + 1)} {escaped(chart.title + unit)}"
    if url := picture(chart):
        yield f"![{escaped(chart.title)}](<{_address(url)}>)"
    names, rows = statistics(chart)
    columns = (Column("Line"), *(Column(name, "end") for name in names))
    cells = ([escaped(one) for one in row] for row in rows)
    yield _grid(columns, cells) if rows else escaped(chart.problem or "No data.")
    if chart.limit is not None:
        yield f"SLO: {escaped(reading(chart.limit, chart.unit))}"
    if chart.marks:
        yield "\n".join(_marks(chart, zone))
    if chart.source:
        yield f"*Query: {escaped(chart.source)}*"


def _marks(chart: Chart, zone: str) -> Iterator[str]:
    for letter, one in letters(chart):
        words = _link(one.text, one.url) if one.url.startswith("https://") else escaped(one.text)
        at = escaped(text.moment(one.at_ms, zone))
        yield f"- **{letter}** {at} {escaped(one.kind)}: {words}"


def _grid(columns: Iterable[Column], rows: Iterable[Iterable[str]]) -> str:
    heads = [*columns]
    lines = [[escaped(one.title) for one in heads]]
    lines.append(["--:" if one.align == "end" else "---" for one in heads])
    return "\n".join(f"| {' | '.join(line)} |" for line in (*lines, *rows))


def _link(words: str, url: str) -> str:
    return f"[{escaped(words)}](<{_address(url)}>)"


def _address(url: str) -> str:
    # Nothing in it can end the address, the cell or the line, or mention anybody.
    return quote(url, safe="%/:?#[]!$&'()*+,;=~-._", errors="replace")
