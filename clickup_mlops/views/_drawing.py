"""pygal's XY chart with marks, a limit, a legend in rows, and points that stand alone."""

import sys
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, Final

import pygal

from clickup_mlops.views import text
from clickup_mlops.views._flags import Flag, PlacedMark, place_flags
from clickup_mlops.views.model import Chart, Line
from clickup_mlops.views.summary import choose_letters, format_reading, letter_marks, list_values
from clickup_mlops.views.ticks import Axis

# pygal adds a finder of its maps without `find_spec`, which whoever asks all finders trips over.
sys.meta_path[:] = [finder for finder in sys.meta_path if hasattr(finder, "find_spec")]

TOP: Final = 40
BOTTOM: Final = 26
LEGEND_ROW: Final = 18
_LETTER: Final = 6.1
_KEY: Final = 22
_APART: Final = 18
_MOST_NAMED: Final = 20
"""Marks that a shared flag names."""
_LONGEST_NAME: Final = 60
_BAD: Final = frozenset({"incident", "alert"})


class Drawing(pygal.XY):  # type: ignore[misc, unused-ignore]
    """Draws `chart`, whose `lines` are within its time, on `axis` and the ticks `times`."""

    chart: Chart
    axis: Axis
    times: list[tuple[int, str]]
    lines: tuple[Line, ...]

    def _compute(self) -> None:
        super()._compute()
        self._box.margin = 1e-4  # none, but pygal leaves out what stands at exactly 0

    def _compute_x_labels(self) -> None:
        self._x_labels = [(label, at_ms) for at_ms, label in self.times]

    def _compute_y_labels(self) -> None:
        # pygal's own scale does not end for some ranges of floats.
        self._y_labels = [(label, value) for value, label in self.axis.ticks]

    def _compute_x_labels_major(self) -> None:
        self._x_labels_major: list[str] = []

    def _compute_y_labels_major(self) -> None:
        self._y_labels_major: list[float] = []

    def _plot(self) -> None:
        self._marks()
        super()._plot()
        self._points_alone()
        self._limit()
        self._write(0, -26, self.axis.unit, "unit")
        if not any(map(list_values, self.lines)):
            middle = self.view.width / 2, self.view.height / 2
            self._write(*middle, self.chart.problem or "no data", "nothing")
        self._legend_below()

    def _points_alone(self) -> None:
        # A line needs two points: one between two gaps would not be seen.
        for number, line in enumerate(self.lines):
            for at_ms, value in _find_lone_points(line):
                x, y = self.view((at_ms, value))
                group = self.svg.node(self.nodes["plot"], class_=f"series color-{number}")
                self.svg.node(group, "path", d=f"M{x:f} {y:f}h0.1", class_="dot")

    def _limit(self) -> None:
        limit = self.chart.limit
        if limit is None:
            return
        label = f"SLO {self._as_written(limit)}"
        if not self.axis.low <= limit <= self.axis.high:
            side = "above" if limit > self.axis.high else "below"
            self._write(self.view.width, -26, f"{label} ({side} this range)", "limit-text")
            return
        y = self.view.y(limit)
        self.svg.node(self.nodes["plot"], "path", d=f"M0 {y:f}h{self.view.width:f}", class_="limit")
        self._write(self.view.width, -26, label, "limit-text")

    def _as_written(self, value: float) -> str:
        """In the unit of the axis."""
        if self.axis.unit == self.chart.unit:
            return format_reading(value, self.chart.unit)
        return format_reading(value / self.axis.divisor, self.axis.unit)

    def _marks(self) -> None:
        """A line for each, and above them flags, which share a place if they would overlap."""
        placed = [
            PlacedMark(letter, x, mark)
            for letter, mark in letter_marks(self.chart)
            if 0 <= (x := self.view.x(mark.at_ms)) <= self.view.width + 0.5
        ]
        for placement in placed:
            group = self._titled([placement])
            line = f"M{placement.x:f} -4v{self.view.height + 4:f}"
            self.svg.node(group, "path", d=line, class_="mark")
        for flag in place_flags(placed, self.view.width):
            self._flag(self._titled(flag.marks), flag)

    def _titled(self, marks: Sequence[PlacedMark]) -> Any:
        """A group that is red if one of them is bad, and says what they are."""
        shade = "bad" if any(placement.mark.kind in _BAD for placement in marks) else "plain"
        group = self.svg.node(self.nodes["plot"], class_=shade)
        lines = [
            text.format_line(f"{placement.mark.kind}: {placement.mark.text}")
            for placement in marks[:_MOST_NAMED]
        ]
        hidden = len(marks) - len(lines)
        lines += [f"and {hidden} more"] if hidden else []
        self.svg.node(group, "title").text = "\n".join(lines)
        return group

    def _flag(self, group: Any, flag: Flag) -> None:
        box = {"x": flag.start, "y": -18, "width": flag.wide, "height": 14, "rx": 3}
        self.svg.node(group, "rect", class_="flag", **box)
        middle = flag.start + flag.wide / 2
        self.svg.node(group, "text", x=middle, y=-7.5, class_="flag-text").text = flag.words

    def _legend_below(self) -> None:
        top = self.height - LEGEND_ROW * len(build_legend_rows(self.chart, self.width)) + 6
        for row, entries in enumerate(build_legend_rows(self.chart, self.width)):
            for x, style, words in entries:
                y = top + row * LEGEND_ROW
                key = self.nodes["graph"]
                if style:
                    self.svg.node(key, "path", d=f"M{x:f} {y:f}h16", class_=f"key {style}")
                start = x + (_KEY if style else 0)
                self.svg.node(key, "text", x=start, y=y + 4, class_="name").text = words

    def _write(self, x: float, y: float, words: str, style: str) -> None:
        node = self.svg.node(self.nodes["plot"], "text", x=x, y=y, class_=style)
        node.text = text.format_line(words)


def build_legend_rows(chart: Chart, width: int) -> list[list[tuple[float, str, str]]]:
    """Entries of the legend in rows: x in px, class of its line (empty: none), and the words."""
    rows: list[list[tuple[float, str, str]]] = [[]]
    x = 10.0
    for style, words in _legend_entries(chart):
        width_px = (_KEY if style else 0) + _measure_width(words) + _APART
        if x + width_px > width and rows[-1]:
            rows.append([])
            x = 10.0
        rows[-1].append((x, style, words))
        x += width_px
    return rows


def _legend_entries(chart: Chart) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(chart.lines):
        values = list_values(line)
        name = text.format_line(line.name)
        name = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
        yield (
            f"color-{number}",
            f"{name}  {format_reading(values[-1], chart.unit) if values else '–'}",
        )
    for kind, letter in choose_letters(chart).items():
        yield "", f"{letter}: {text.format_line(kind)}"


def _find_lone_points(line: Line) -> Iterator[tuple[int, float]]:
    values = [None, *(value for _at, value in line.points), None]
    for (at_ms, value), before, after in zip(line.points, values, values[2:], strict=False):
        if value is not None and before is None and after is None:
            yield at_ms, value


def _measure_width(words: str) -> float:
    return sum(
        _LETTER * (2 if unicodedata.east_asian_width(letter) in "WF" else 1) for letter in words
    )
