"""Sections of paragraphs, lists and tables, and how they look as plain text and as Markdown. Pure.

Everything in a section is text as people see it; what has a meaning in Markdown is escaped here, so
no name of a board, item or person can change what is around it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under the names of their columns; columns of `numbers` (indexes) end on the right.

    `total`: the last row adds up the others.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()
    total: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what is below it. `level` 1 is the document's title.

    In this order: paragraphs, `boxes` (lines with a box to tick), table, points, and `commands` for
    a shell.
    """

    title: str
    text: tuple[str, ...] = ()
    table: Table | None = None
    points: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    boxes: tuple[str, ...] = ()
    level: int = 2


_LINE_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_MARKS: Final = re.compile(r"([\\`*_{}\[\]#|~!$^=])")
_ORDERED: Final = re.compile(r"^(\d+)([.)])")
_BULLET: Final = re.compile(r"^([-+])")
_WIDEST: Final = 80


def plain(text: str) -> str:
    """One line without control characters."""
    return _LINE_BREAKS.sub(" ", text).strip()


def escaped(text: str) -> str:
    """For Markdown: the same letters, none of them with a meaning."""
    line = _MARKS.sub(r"\\\1", plain(text).replace("&", "&amp;"))
    line = line.replace("<", "&lt;").replace(">", "&gt;")
    return _BULLET.sub(r"\\\1", _ORDERED.sub(r"\1\\\2", line))


def markdown(sections: Iterable[Section]) -> str:
    """As Markdown with tables (GitHub's)."""
    return "\n\n".join("\n\n".join(_markdown(section)) for section in sections) + "\n"


def _markdown(section: Section) -> Iterator[str]:
    yield f"{'#' * section.level} {escaped(section.title)}"
    yield from map(escaped, section.text)
    if section.boxes:
        yield "\n".join(f"- [ ] {escaped(line)}" for line in section.boxes)
    if section.table:
        yield "\n".join(_markdown_table(section.table))
    if section.points:
        yield "\n".join(f"- {escaped(line)}" for line in section.points)
    if section.commands:
        yield "\n".join(("```sh", *map(plain, section.commands), "```"))


def _markdown_table(table: Table) -> Iterator[str]:
    yield _row(map(escaped, table.columns))
    yield _row("--:" if number in table.numbers else "---" for number in range(len(table.columns)))
    for row in table.rows:
        yield _row(map(escaped, row))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def text(sections: Iterable[Section]) -> str:
    """As plain text for a terminal; cells of tables are cut where they would be too wide."""
    return "\n\n".join("\n".join(_text(section)) for section in sections)


def _text(section: Section) -> Iterator[str]:
    yield plain(section.title)
    yield from (f"  {plain(entry)}" for entry in section.text)
    yield from (f"  [ ] {plain(entry)}" for entry in section.boxes)
    if section.table:
        yield from (f"  {line}" for line in _text_table(section.table))
    yield from (f"  - {plain(entry)}" for entry in section.points)
    yield from (f"    {plain(entry)}" for entry in section.commands)


def _text_table(table: Table) -> Iterator[str]:
    rows = [[_cut(plain(cell)) for cell in row] for row in (table.columns, *table.rows)]
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(_cells(row, widths, table.numbers)).rstrip()


def _cells(row: Sequence[str], widths: Sequence[int], numbers: frozenset[int]) -> Iterator[str]:
    for number, (cell, wide) in enumerate(zip(row, widths, strict=True)):
        blank = " " * (wide - width(cell))
        yield blank + cell if number in numbers else cell + blank


def _cut(cell: str) -> str:
    if width(cell) <= _WIDEST:
        return cell
    end = len(cell)
    while width(cell[:end]) >= _WIDEST:
        end -= 1
    return f"{cell[:end]}…"


def width(cell: str) -> int:
    """How many columns of a terminal it takes."""
    return sum(map(_width, cell))


def _width(letter: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
