"""The legend below a chart: the last value of each line, and what letters of marks mean. Pure."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from clickup_mlops.views import text
from clickup_mlops.views.model import Chart
from clickup_mlops.views.summary import choose_letters, format_reading, list_values

_LETTER: Final = 6.1
_APART: Final = 18
_START: Final = 10.0
_LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """Words at `x` px; `style` is the class of the line that stands before them, empty: none."""

    x: float
    style: str
    words: str


def build_legend_rows(chart: Chart, width: int, key_width: int) -> list[list[Entry]]:
    """The entries in rows of `width` px."""
    rows: list[list[Entry]] = [[]]
    x = _START
    for style, words in _entries(chart):
        entry_width = (key_width if style else 0) + _width(words) + _APART
        if x + entry_width > width and rows[-1]:
            rows.append([])
            x = _START
        rows[-1].append(Entry(x, style, words))
        x += entry_width
    return rows


def _entries(chart: Chart) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(chart.lines):
        values, name = list_values(line), text.format_line(line.name)
        name = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
        yield (
            f"color-{number}",
            f"{name}  {format_reading(values[-1], chart.unit) if values else '–'}",
        )
    for kind, letter in choose_letters(chart).items():
        yield "", f"{letter}: {text.format_line(kind)}"


def _width(words: str) -> float:
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in words)
    return _LETTER * (len(words) + wide)
