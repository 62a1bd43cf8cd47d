"""A chart as an SVG picture. The same chart gives the same bytes.

It has no script and loads nothing. Its colours follow what the reader prefers, light or dark.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

from clickup_mlops.views import text, ticks
from clickup_mlops.views._drawing import BOTTOM, LEGEND_ROW, TOP, Drawing, build_legend_rows
from clickup_mlops.views._palette import build_style_sheet
from clickup_mlops.views.model import Chart, Line
from clickup_mlops.views.plain import drop_infinite
from clickup_mlops.views.summary import describe_chart, list_values

WIDTH: Final = 880
NARROW: Final = 440
"""For a phone: what is written on it is as large there as elsewhere."""
PLOT_HEIGHT: Final = 180
_SLO_WITHIN: Final = 3.0
_LARGEST: Final = 1e30
"""What is larger was not measured; the drawing's own arithmetic would overflow."""
_DECIMALS: Final = re.compile(r"-?\d+\.\d+")
_GEOMETRY: Final = frozenset({"d", "x", "y", "width", "height", "cx", "cy", "transform"})


def draw_chart(chart: Chart, zone: str = "UTC", *, width: int = WIDTH) -> bytes:
    """The picture, `width` px wide, with its time axis in the time zone; UTF-8."""
    lines = tuple(_clip_line(line, chart) for line in chart.lines)
    axis = _choose_axis(chart, lines)
    height = measure_size(chart, width=width)[1]
    drawing = Drawing(**_build_layout(chart, axis, width, height))
    drawing.chart, drawing.axis, drawing.lines = chart, axis, lines
    drawing.times = ticks.choose_times(
        chart.start_ms, chart.end_ms, zone, most=max(3, width // 110)
    )
    for line in lines:
        drawing.add(text.format_line(line.name), [*line.points])
    frame = [(chart.start_ms, axis.low), (chart.end_ms, axis.high)]
    drawing.add("", frame, stroke=False)  # without a point pygal draws no axes
    drawing.add_xml_filter(lambda root: _clean(root, chart, zone, len(lines)))
    picture: bytes = drawing.render()
    return picture


def measure_size(chart: Chart, *, width: int = WIDTH) -> tuple[int, int]:
    """Width and height of its picture in px."""
    rows = len(build_legend_rows(chart, width)) if chart.is_drawn else 1
    return width, PLOT_HEIGHT + TOP + BOTTOM + LEGEND_ROW * rows


def _clip_line(line: Line, chart: Chart) -> Line:
    return Line(
        line.name,
        tuple(
            (at, _bound_value(v)) for at, v in line.points if chart.start_ms <= at <= chart.end_ms
        ),
    )


def _bound_value(value: float | None) -> float | None:
    number = drop_infinite(value)
    if number is None or abs(number) > _LARGEST:
        return None
    return number if abs(number) > 1 / _LARGEST else 0.0


def _choose_axis(chart: Chart, lines: Iterable[Line]) -> ticks.Axis:
    values = [value for line in lines for value in list_values(line)]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if chart.limit is not None and (not values or _is_near(chart.limit, low, high)):
        low, high = min(low, chart.limit), max(high, chart.limit)
    return ticks.choose_axis(low, high, chart.unit)


def _is_near(limit: float, low: float, high: float) -> bool:
    # A limit far away would press the lines flat; it is then written, not drawn.
    reach = max(abs(high), high - low) * _SLO_WITHIN
    return low - reach <= limit <= high + reach


def _build_layout(chart: Chart, axis: ticks.Axis, width: int, height: int) -> dict[str, Any]:
    return {
        "width": width,
        "height": height,
        "explicit_size": True,
        "no_prefix": True,
        "js": (),
        "css": (),
        "show_legend": False,
        "show_dots": False,
        "allow_interruptions": True,
        "xrange": (chart.start_ms, chart.end_ms),
        "range": (axis.low, axis.high),
        "truncate_label": -1,
        "margin_top": TOP,
        "margin_right": 16,
        "margin_bottom": height - PLOT_HEIGHT - TOP - BOTTOM + 6,
        "margin_left": 6,
        "disable_xml_declaration": False,
    }


def _clean(root: Any, chart: Chart, zone: str, lines: int) -> Any:
    """Without what pygal adds of itself, of the day and for its scripts."""
    for parent in [*root.iter()]:
        for child in [*parent]:
            if not isinstance(child.tag, str) or _is_superfluous(child, parent):
                parent.remove(child)
        if not parent.attrib.get("class", "-"):
            del parent.attrib["class"]
        for name in _GEOMETRY.intersection(parent.attrib):
            parent.attrib[name] = _DECIMALS.sub(
                lambda match: _shorten(match[0]), parent.attrib[name]
            )
    root.attrib.pop("id", None)
    root.attrib.update({"role": "img", "class": "chart"})
    root.find("title").text = describe_chart(chart, zone)
    root.find("defs").find("style").text = build_style_sheet(lines)
    return root


def _is_superfluous(node: Any, parent: Any) -> bool:
    own_class, parent_class = (str(element.attrib.get("class", "")) for element in (node, parent))
    if node.tag == "g":
        return not len(node) or "overlay" in own_class
    return node.tag == "script" or (node.tag == "title" and parent_class.endswith("guides"))


def _shorten(number: str) -> str:
    return f"{float(number):.1f}".removesuffix(".0")
