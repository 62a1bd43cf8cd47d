"""pygal's XY chart with marks, a limit, a legend in rows, and points that stand alone."""

import sys
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, Final

import pygal

from clickup_mlops.views import text
from clickup_mlops.views._flags import Flag, Placed, flags
from clickup_mlops.views.model import Chart, Line
from clickup_mlops.views.summary import kind_letters, known, letters, reading
from clickup_mlops.views.ticks import Axis

# pygal adds a finder of its maps without `find_spec`, which whoever asks all finders trips over.
sys.meta_path[:] = [finder for finder in sys.meta_path if hasattr(finder, "find_spec")]

TOP: Final = 40
BOTTOM: Final = 26
LEGEND_ROW: Final = 18
_LETTER: Final = 6.1
_KEY: Final = 22
_APART: Final = 18
_MOST_SAID: Final = 20
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
        if not any(map(known, self.lines)):
            middle = self.view.width / 2, self.view.height / 2
            self._write(*middle, self.chart.problem or "no data", "nothing")
        self._legend_below()

    def _points_alone(self) -> None:
        # A line needs two points: one between two gaps would not be seen.
        for number, line in enumerate(self.lines):
            for at_ms, value in _alone(line):
                x, y = self.view((at_ms, value))
                group = self.svg.node(self.nodes["plot"], class_=f"series color-{number}")
                self.svg.node(group, "path", d=f"M{x:f} {y:f}h0.1", class_="dot")

    def _limit(self) -> None:
        limit = self.chart.limit
        if limit is None:
            return
        said = f"SLO {self._as_written(limit)}"
        if not self.axis.low <= limit <= self.axis.high:
            side = "above" if limit > self.axis.high else "below"
            self._write(self.view.width, -26, f"{said} ({side} this range)", "limit-text")
            return
        y = self.view.y(limit)
        self.svg.node(self.nodes["plot"], "path", d=f"M0 {y:f}h{self.view.width:f}", class_="limit")
        self._write(self.view.width, -26, said, "limit-text")

    def _as_written(self, value: float) -> str:
        """In the unit of the axis."""
        if self.axis.unit == self.chart.unit:
            return reading(value, self.chart.unit)
        return reading(value / self.axis.divisor, self.axis.unit)

    def _marks(self) -> None:
        """A line for each, and above them flags, which share a place if they would overlap."""
        placed = [
            Placed(letter, x, mark)
            for letter, mark in letters(self.chart)
            if 0 <= (x := self.view.x(mark.at_ms)) <= self.view.width + 0.5
        ]
        for one in placed:
            group = self._titled([one])
            line = f"M{one.x:f} -4v{self.view.height + 4:f}"
            self.svg.node(group, "path", d=line, class_="mark")
        for flag in flags(placed, self.view.width):
            self._flag(self._titled(flag.marks), flag)

    def _titled(self, marks: Sequence[Placed]) -> Any:
        """A group that is red if one of them is bad, and says what they are."""
        shade = "bad" if any(one.mark.kind in _BAD for one in marks) else "plain"
        group = self.svg.node(self.nodes["plot"], class_=shade)
        said = [text.line(f"{one.mark.kind}: {one.mark.text}") for one in marks[:_MOST_SAID]]
        more = len(marks) - len(said)
        said += [f"and {more} more"] if more else []
        self.svg.node(group, "title").text = "\n".join(said)
        return group

    def _flag(self, group: Any, flag: Flag) -> None:
        box = {"x": flag.start, "y": -18, "width": flag.wide, "height": 14, "rx": 3}
        self.svg.node(group, "rect", class_="flag", **box)
        middle = flag.start + flag.wide / 2
        self.svg.node(group, "text", x=middle, y=-7.5, class_="flag-text").text = flag.words

    def _legend_below(self) -> None:
        top = self.height - LEGEND_ROW * len(legend_rows(self.chart, self.width)) + 6
        for row, entries in enumerate(legend_rows(self.chart, self.width)):
            for x, style, words in entries:
                y = top + row * LEGEND_ROW
                key = self.nodes["graph"]
                if style:
                    self.svg.node(key, "path", d=f"M{x:f} {y:f}h16", class_=f"key {style}")
                start = x + (_KEY if style else 0)
                self.svg.node(key, "text", x=start, y=y + 4, class_="name").text = words

    def _write(self, x: float, y: float, words: str, style: str) -> None:
        node = self.svg.node(self.nodes["plot"], "text", x=x, y=y, class_=style)
        node.text = text.line(words)


def legend_rows(chart: Chart, width: int) -> list[list[tuple[float, str, str]]]:
    """Entries of the legend in rows: x in px, class of its line (empty: none), and the words."""
    rows: list[list[tuple[float, str, str]]] = [[]]
    left = 10.0
    for style, words in _entries(chart):
        wide = (_KEY if style else 0) + _wide(words) + _APART
        if left + wide > width and rows[-1]:
            rows.append([])
            left = 10.0
        rows[-1].append((left, style, words))
        left += wide
    return rows


def _entries(chart: Chart) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(chart.lines):
        found = known(line)
        name = text.line(line.name)
        name = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
        yield f"color-{number}", f"{name}  {reading(found[-1], chart.unit) if found else '–'}"
    for kind, letter in kind_letters(chart).items():
        yield "", f"{letter}: {text.line(kind)}"


def _alone(line: Line) -> Iterator[tuple[int, float]]:
    values = [None, *(value for _at, value in line.points), None]
    for (at_ms, value), before, after in zip(line.points, values, values[2:], strict=False):
        if value is not None and before is None and after is None:
            yield at_ms, value


def _wide(words: str) -> float:
    return sum(_LETTER * (2 if unicodedata.east_asian_width(one) in "WF" else 1) for one in words)
