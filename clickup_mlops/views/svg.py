"""A chart as an SVG picture. The same chart gives the same bytes.

It has no script and loads nothing. Its colours follow what the reader prefers, light or dark.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from clickup_mlops.views import text, ticks
from clickup_mlops.views._flags import Flag, PlacedMark, place_flags
from clickup_mlops.views._legend import Entry, build_legend_rows
from clickup_mlops.views._palette import build_style_sheet
from clickup_mlops.views.model import Chart, Line
from clickup_mlops.views.plain import drop_infinite
from clickup_mlops.views.summary import describe_chart, format_reading, letter_marks, list_values

WIDTH: Final = 880
NARROW: Final = 440
"""For a phone: what is written on it is as large there as elsewhere."""
PLOT_HEIGHT: Final = 180
_TOP: Final = 40
_BOTTOM: Final = 26
_LEFT: Final = 16
_RIGHT: Final = 16
_DIGIT: Final = 6
"""Width of a character of a tick's label."""
_LEGEND_ROW: Final = 18
_KEY: Final = 22
_SLO_WITHIN: Final = 3.0
_LARGEST: Final = 1e30
"""What is larger was not measured; the arithmetic of coordinates would overflow."""
_MOST_NAMED: Final = 20
"""Marks that a shared flag names."""
_BAD: Final = frozenset({"incident", "alert"})
Point = tuple[int, float]


def draw_chart(chart: Chart, zone: str = "UTC", *, width: int = WIDTH) -> bytes:
    """The picture, `width` px wide, with its time axis in the time zone; UTF-8."""
    return _Drawing(chart, zone, width).draw()


def measure_size(chart: Chart, *, width: int = WIDTH) -> tuple[int, int]:
    """Width and height of its picture in px."""
    rows = len(build_legend_rows(chart, width, _KEY)) if chart.is_drawn else 1
    return width, PLOT_HEIGHT + _TOP + _BOTTOM + _LEGEND_ROW * rows


class _Drawing:
    """Draws one chart; coordinates are px from the upper left corner of its plot."""

    def __init__(self, chart: Chart, zone: str, width: int) -> None:
        self._chart, self._zone = chart, zone
        self._width, self._height = measure_size(chart, width=width)
        self._lines = [_within(line, chart) for line in chart.lines]
        self._axis = _axis(chart, self._lines)
        longest = max(len(label) for _value, label in self._axis.ticks)
        self._left = _LEFT + _DIGIT * longest
        self._plot_width = width - self._left - _RIGHT

    def draw(self) -> bytes:
        """The whole picture."""
        box = f"0 0 {self._width} {self._height}"
        root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "class": "chart"})
        root.attrib.update(viewBox=box, width=f"{self._width}", height=f"{self._height}")
        root.attrib["role"] = "img"
        SubElement(root, "style").text = build_style_sheet(len(self._lines))
        SubElement(root, "title").text = describe_chart(self._chart, self._zone)
        plot = SubElement(root, "g", transform=f"translate({self._left} {_TOP})")
        # What is drawn later lies above: lines above marks, the limit above lines.
        self._add_axes(plot)
        self._add_marks(plot)
        for number, line in enumerate(self._lines):
            self._add_line(plot, number, line)
        self._add_limit(plot)
        _add_text(plot, 0, -26, self._axis.unit, "unit")
        if not any(map(list_values, self._lines)):
            reason = self._chart.problem or "no data"
            _add_text(plot, self._plot_width / 2, PLOT_HEIGHT / 2, reason, "nothing")
        self._add_legend(root)
        drawn: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
        return drawn

    def _x(self, at_ms: int) -> float:
        start_ms, end_ms = self._chart.start_ms, self._chart.end_ms
        return self._plot_width * (at_ms - start_ms) / max(1, end_ms - start_ms)

    def _y(self, value: float) -> float:
        low, high = self._axis.low, self._axis.high
        return PLOT_HEIGHT * (1 - (value - low) / (high - low))

    def _add_axes(self, plot: Element) -> None:
        for value, label in self._axis.ticks:
            y = self._y(value)
            _add_path(plot, f"M0 {_short(y)}h{self._plot_width}", "axis")
            _add_text(plot, -5, y + 3.5, label, "y")
        _add_path(plot, f"M0 0v{PLOT_HEIGHT}", "axis")
        chart, most = self._chart, max(3, self._width // 110)
        for at_ms, label in ticks.choose_times(chart.start_ms, chart.end_ms, self._zone, most=most):
            x = self._x(at_ms)
            _add_path(plot, f"M{_short(x)} 0v{PLOT_HEIGHT}", "guide")
            _add_text(plot, x, PLOT_HEIGHT + 15, label, "x")

    def _add_line(self, plot: Element, number: int, line: Line) -> None:
        group = SubElement(plot, "g", {"class": f"series color-{number}"})
        for points in _pieces(line):
            first, *following = (f"{_short(self._x(at))} {_short(self._y(v))}" for at, v in points)
            if following:
                _add_path(group, f"M{first}L{' '.join(following)}", "trace")
            else:  # a point between two gaps would not be seen
                _add_path(group, f"M{first}h0.1", "dot")

    def _add_limit(self, plot: Element) -> None:
        limit, axis = self._chart.limit, self._axis
        if limit is None:
            return
        words = f"SLO {self._as_written(limit)}"
        if axis.low <= limit <= axis.high:
            _add_path(plot, f"M0 {_short(self._y(limit))}h{self._plot_width}", "limit")
        else:
            words += f" ({'above' if limit > axis.high else 'below'} this range)"
        _add_text(plot, self._plot_width, -26, words, "limit-text")

    def _as_written(self, value: float) -> str:
        """In the unit of the axis."""
        if self._axis.unit == self._chart.unit:
            return format_reading(value, self._chart.unit)
        return format_reading(value / self._axis.divisor, self._axis.unit)

    def _add_marks(self, plot: Element) -> None:
        """A line for each, and above them flags, which share a place if they would overlap."""
        placed = [
            PlacedMark(letter, x, mark)
            for letter, mark in letter_marks(self._chart)
            if 0 <= (x := self._x(mark.at_ms)) <= self._plot_width + 0.5
        ]
        for mark in placed:
            line = f"M{_short(mark.x)} -4v{PLOT_HEIGHT + 4}"
            _add_path(_add_titled_group(plot, [mark]), line, "mark")
        for flag in place_flags(placed, self._plot_width):
            _add_flag(_add_titled_group(plot, flag.marks), flag)

    def _add_legend(self, root: Element) -> None:
        rows = build_legend_rows(self._chart, self._width, _KEY)
        top = self._height - _LEGEND_ROW * len(rows) + 6
        for row, entries in enumerate(rows):
            for entry in entries:
                _add_entry(root, entry, top + row * _LEGEND_ROW)


def _add_entry(root: Element, entry: Entry, y: int) -> None:
    if entry.style:
        _add_path(root, f"M{_short(entry.x)} {y}h16", f"key {entry.style}")
    _add_text(root, entry.x + (_KEY if entry.style else 0), y + 4, entry.words, "name")


def _add_titled_group(plot: Element, marks: Sequence[PlacedMark]) -> Element:
    """A group that is red if one of the marks is bad, and says what they are."""
    shade = "bad" if any(placed.mark.kind in _BAD for placed in marks) else "plain"
    group = SubElement(plot, "g", {"class": shade})
    names = [
        text.format_line(f"{placed.mark.kind}: {placed.mark.text}")
        for placed in marks[:_MOST_NAMED]
    ]
    if more := len(marks) - len(names):
        names.append(f"and {more} more")
    SubElement(group, "title").text = "\n".join(names)
    return group


def _add_flag(group: Element, flag: Flag) -> None:
    box = {"x": _short(flag.start), "y": "-18", "width": _short(flag.wide), "height": "14"}
    SubElement(group, "rect", {**box, "rx": "3", "class": "flag"})
    _add_text(group, flag.start + flag.wide / 2, -7.5, flag.words, "flag-text")


def _add_path(parent: Element, steps: str, class_: str) -> None:
    SubElement(parent, "path", {"d": steps, "class": class_})


def _add_text(parent: Element, x: float, y: float, words: str, class_: str) -> None:
    node = SubElement(parent, "text", {"x": _short(x), "y": _short(y), "class": class_})
    node.text = text.format_line(words)


def _pieces(line: Line) -> Iterator[list[Point]]:
    """The points between gaps."""
    for is_known, points in groupby(line.points, key=lambda point: point[1] is not None):
        if is_known:
            yield [(at_ms, value) for at_ms, value in points if value is not None]


def _within(line: Line, chart: Chart) -> Line:
    times = range(chart.start_ms, chart.end_ms + 1)
    return Line(line.name, tuple((at, _drawable(v)) for at, v in line.points if at in times))


def _drawable(value: float | None) -> float | None:
    number = drop_infinite(value)
    if number is None or abs(number) > _LARGEST:
        return None
    return number if abs(number) > 1 / _LARGEST else 0.0


def _axis(chart: Chart, lines: Iterable[Line]) -> ticks.Axis:
    values = [value for line in lines for value in list_values(line)]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if chart.limit is not None and (not values or _is_near(chart.limit, low, high)):
        low, high = min(low, chart.limit), max(high, chart.limit)
    return ticks.choose_axis(low, high, chart.unit)


def _is_near(limit: float, low: float, high: float) -> bool:
    # A limit far away would press the lines flat; it is then written, not drawn.
    reach = max(abs(high), high - low) * _SLO_WITHIN
    return low - reach <= limit <= high + reach


def _short(number: float) -> str:
    """A coordinate: less than a tenth of a pixel cannot be seen."""
    return f"{round(number, 1) + 0.0:g}"
