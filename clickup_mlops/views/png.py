"""A chart as a PNG picture, for e-mail, chat and Docs. Needs the extra `pictures`."""

from clickup_mlops.errors import ConfigError
from clickup_mlops.views import svg
from clickup_mlops.views.model import Chart


def chart(one: Chart, zone: str = "UTC", *, zoom: float = 2) -> bytes:
    """The picture on white; `zoom` times the size of the SVG in pixels.

    Raises:
        ConfigError: the extra is not installed.
    """
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        raise ConfigError(
            "PNG pictures need resvg-py, which is not installed",
            hint="Install it: pip install 'clickup-mlops[pictures]'",
        ) from None
    drawn = svg.chart(one, zone).decode()
    return bytes(svg_to_bytes(svg_string=drawn, background="#ffffff", zoom=zoom))
