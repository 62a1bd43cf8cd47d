"""Charts as PNG pictures, for e-mail, chat and tasks. Need the extra `pictures`."""

import base64
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from clickup_mlops.errors import ConfigError
from clickup_mlops.views import svg, text
from clickup_mlops.views.model import Chart

_HEAD: Final = 30
"""Height of a title, in px."""
_LONGEST: Final = 110
"""Characters of a title: more do not fit into the width."""
_STYLE: Final = (
    'text{font:600 14px system-ui,"Segoe UI","Helvetica Neue",Arial,sans-serif;fill:#1f2328}'
)


def render_chart(chart: Chart, zone: str = "UTC", *, zoom: float = 2) -> bytes:
    """The picture on white; `zoom` times the size of the SVG in pixels.

    Raises:
        ConfigError: the extra is not installed.
    """
    return _draw(svg.draw_chart(chart, zone).decode(), zoom)


def render_charts(charts: Sequence[Chart], zone: str = "UTC", *, zoom: float = 1) -> bytes:
    """One picture of several charts, below each other, each under its title. Raises: as `chart`."""
    height = sum(_HEAD + svg.measure_size(chart)[1] for chart in charts)
    parts = "".join(_render_parts(charts, zone))
    size = f'width="{svg.WIDTH}" height="{height}"'
    return _draw(
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}><style>{_STYLE}</style>{parts}</svg>', zoom
    )


def _render_parts(charts: Sequence[Chart], zone: str) -> Iterator[str]:
    top = 0
    for chart in charts:
        width, height = svg.measure_size(chart)
        encoded = base64.b64encode(svg.draw_chart(chart, zone)).decode()
        title = escape(text.format_line(chart.title)[:_LONGEST])
        yield f'<text x="10" y="{top + 20}">{title}</text>'
        yield f'<image y="{top + _HEAD}" width="{width}" height="{height}" '
        yield f'href="data:image/svg+xml;base64,{encoded}"/>'
        top += _HEAD + height


def _draw(picture: str, zoom: float) -> bytes:
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        raise ConfigError(
            "PNG pictures need resvg-py, which is not installed",
            hint="Install it: pip install 'clickup-mlops[pictures]'",
        ) from None
    return bytes(svg_to_bytes(svg_string=picture, background="#ffffff", zoom=zoom))
