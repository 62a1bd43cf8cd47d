"""A chart as an SVG picture. The same chart gives the same bytes.

It has no script and loads nothing. Its colours follow what the reader prefers, light or dark.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

from clickup_mlops.views import text, ticks
from clickup_mlops.views._drawing import BOTTOM, LEGEND_ROW, TOP, Drawing, legend_rows
from clickup_mlops.views._palette import style
from clickup_mlops.views.model import Chart, Line
from clickup_mlops.views.plain import finite
from clickup_mlops.views.summary import described, known

WIDTH: Final = 880
NARROW: Final = 440
"""For a phone: what is written on it is as large there as elsewhere."""
PLOT_HEIGHT: Final = 180
_SLO_WITHIN: Final = 3.0
_LARGEST: Final = 1e30
"""What is larger was not measured; the drawing's own arithmetic would overflow."""
_DECIMALS: Final = re.compile(r"-?\d+\.\d+")
_GEOMETRY: Final = frozenset({"d", "x", "y", "width", "height", "cx", "cy", "transform"})


def chart(one: Chart, zone: str = "UTC", *, width: int = WIDTH) -> bytes:
    """The picture, `width` px wide, with its time axis in the time zone; UTF-8."""
    lines = tuple(_within(line, one) for line in one.lines)
    axis = _axis(one, lines)
    height = size(one, width=width)[1]
    drawing = Drawing(**_layout(one, axis, width, height))
    drawing.chart, drawing.axis, drawing.lines = one, axis, lines
    drawing.times = ticks.times(one.start_ms, one.end_ms, zone, most=max(3, width // 110))
    for line in lines:
        drawing.add(text.line(line.name), [*line.points])
    frame = [(one.start_ms, axis.low), (one.end_ms, axis.high)]
    drawing.add("", frame, stroke=False)  # without a point pygal draws no axes
    drawing.add_xml_filter(lambda root: _cleaned(root, one, zone, len(lines)))
    drawn: bytes = drawing.render()
    return drawn


def size(one: Chart, *, width: int = WIDTH) -> tuple[int, int]:
    """Width and height of its picture in px."""
    rows = len(legend_rows(one, width)) if one.is_drawn else 1
    return width, PLOT_HEIGHT + TOP + BOTTOM + LEGEND_ROW * rows


def _within(line: Line, one: Chart) -> Line:
    return Line(
        line.name,
        tuple((at, _drawable(v)) for at, v in line.points if one.start_ms <= at <= one.end_ms),
    )


def _drawable(value: float | None) -> float | None:
    known = finite(value)
    if known is None or abs(known) > _LARGEST:
        return None
    return known if abs(known) > 1 / _LARGEST else 0.0


def _axis(one: Chart, lines: Iterable[Line]) -> ticks.Axis:
    values = [value for line in lines for value in known(line)]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if one.limit is not None and (not values or _is_near(one.limit, low, high)):
        low, high = min(low, one.limit), max(high, one.limit)
    return ticks.values(low, high, one.unit)


def _is_near(limit: float, low: float, high: float) -> bool:
    # A limit far away would press the lines flat; it is then written, not drawn.
    reach = max(abs(high), high - low) * _SLO_WITHIN
    return low - reach <= limit <= high + reach


def _layout(one: Chart, axis: ticks.Axis, width: int, height: int) -> dict[str, Any]:
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
        "xrange": (one.start_ms, one.end_ms),
        "range": (axis.low, axis.high),
        "truncate_label": -1,
        "margin_top": TOP,
        "margin_right": 16,
        "margin_bottom": height - PLOT_HEIGHT - TOP - BOTTOM + 6,
        "margin_left": 6,
        "disable_xml_declaration": False,
    }


def _cleaned(root: Any, one: Chart, zone: str, lines: int) -> Any:
    """Without what pygal adds of itself, of the day and for its scripts."""
    for parent in [*root.iter()]:
        for child in [*parent]:
            if not isinstance(child.tag, str) or _is_left_out(child, parent):
                parent.remove(child)
        if not parent.attrib.get("class", "-"):
            del parent.attrib["class"]
        for name in _GEOMETRY.intersection(parent.attrib):
            parent.attrib[name] = _DECIMALS.sub(lambda found: _short(found[0]), parent.attrib[name])
    root.attrib.pop("id", None)
    root.attrib.update({"role": "img", "class": "chart"})
    root.find("title").text = described(one, zone)
    root.find("defs").find("style").text = style(lines)
    return root


def _is_left_out(node: Any, parent: Any) -> bool:
    own, above = (str(one.attrib.get("class", "")) for one in (node, parent))
    if node.tag == "g":
        return not len(node) or "overlay" in own
    return node.tag == "script" or (node.tag == "title" and above.endswith("guides"))


def _short(number: str) -> str:
    return f"{float(number):.1f}".removesuffix(".0")
