"""What pages and reports are made of: sections of figures, tables, charts and notes.

A section is a value: the dashboard shows it as HTML, a report also as Markdown, PDF or JSON. Texts
are plain text that anybody may have written; each format escapes them. Times are Unix milliseconds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

Tone = Literal["plain", "good", "warning", "bad"]
"""How a cell or a note is meant. Formats show it in more than a colour."""
Align = Literal["start", "end"]
NOT_ENOUGH: Final = "not enough data"
"""Stands where a number would be a guess."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its unit (`ms`, `%`, `requests/s`; empty: a count). None: nobody knows it."""

    value: float | None
    unit: str = ""
    digits: int = 0
    """Digits after the point."""
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time; shown in the time zone of the reader, or as how long ago it is."""

    at_ms: int | None


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time in milliseconds."""

    ms: int | None
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere: an https address, or a path of the dashboard."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Badge:
    """A short word that stands out, such as `Urgent` or `held`."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Button:
    """Does something when a person who may presses it; only the dashboard shows it.

    `action` is a file in a `page_actions/`; `fields` are sent to it. `confirm` is asked
    before. `asks` is the name of a field in which the person types; `value` stands there first.
    """

    label: str
    action: str
    fields: tuple[tuple[str, str], ...] = ()
    confirm: str = ""
    asks: str = ""
    value: str = ""


Cell: TypeAlias = str | Number | Moment | Duration | Link | Badge | Button | None
"""None: empty."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that stands alone. `note` says of which period and from where it is.

    `before` is the same number of the period before; `low` and `high` are its interval.
    """

    label: str
    cell: Cell
    note: str
    before: Cell = None
    low: Cell = None
    high: Cell = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers side by side."""

    items: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """The heading of a column; numbers are aligned at their end."""

    title: str
    align: Align = "start"


@dataclass(frozen=True, slots=True)
class Filter:
    """What a reader of the dashboard may narrow a table by. `name` is the argument in the address,
    `value` what was chosen. `options` are values with their names; none: it is any text.
    """

    name: str
    label: str
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Paging:
    """Which of the pages of a table is shown, 1 is the first; and the place of its first row."""

    page: int
    pages: int
    first: int


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; each row has a cell for each column. `key` is unique in its section.

    `total` says how many rows there are, if not all are here. `empty` stands for no rows. Only the
    dashboard shows `filters` and `paging`.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = "Nothing."
    total: int | None = None
    filters: tuple[Filter, ...] = ()
    paging: Paging | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a chart: points by time; None is a gap."""

    name: str
    points: tuple[tuple[int, float | None], ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened, drawn at its time: a deployment, an incident, a piece of advice."""

    at_ms: int
    kind: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over time. `key` is unique in its section.

    `source` says where the numbers are from and how they were asked for. `limit` is the SLO.
    `is_drawn` False: `lines` are left out here, and drawn when the picture is asked for. `problem`
    says why there are none.
    """

    key: str
    title: str
    unit: str
    start_ms: int
    end_ms: int
    lines: tuple[Line, ...] = ()
    marks: tuple[Mark, ...] = ()
    limit: float | None = None
    source: str = ""
    is_drawn: bool = True
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence or two."""

    text: str
    tone: Tone = "plain"


Block: TypeAlias = Figures | Table | Chart | Note


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page or report. `key` is unique there. `source` says where its numbers are from.

    `url` leads to more about it.
    """

    key: str
    title: str
    blocks: tuple[Block, ...]
    source: str = ""
    url: str = ""

    def tables(self) -> Iterator[Table]:
        """The tables among its blocks, in their order."""
        return (block for block in self.blocks if isinstance(block, Table))

    def charts(self) -> Iterator[Chart]:
        """The charts among its blocks, in their order."""
        return (block for block in self.blocks if isinstance(block, Chart))

    def named(self, key: str) -> "Section":
        """The same under another key."""
        return replace(self, key=key)
