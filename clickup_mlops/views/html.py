"""A section as HTML, for the dashboard and for reports. Every text is escaped.

There is no style and no script in it: pages bring `section.css`.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader

from clickup_mlops.views import svg, text
from clickup_mlops.views.cells import format_cell
from clickup_mlops.views.model import Button, Chart, Section
from clickup_mlops.views.summary import (
    compute_statistics,
    describe_chart,
    format_change,
    format_interval,
    letter_marks,
)
from clickup_mlops.views.table import drop_empty_columns, tabulate_points

STYLE: Final = Path(__file__).with_name("section.css")
"""The style sheet of what is made here."""
_LONG: Final = 60
"""Characters of a cell that gets room for a sentence."""

_MOST_BESIDE: Final = 3
"""Columns that a phone has room for beside each other."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Where a chart's picture is, and how wide it is drawn, in px.

    `narrower` are pictures for narrower windows, narrowest first: up to which width in px,
    address, and width.
    """

    url: str
    width: int = svg.WIDTH
    narrower: tuple[tuple[int, str, int], ...] = ()


def build_inline_picture(chart: Chart, zone: str) -> Picture:
    """The picture itself as a data address, so that a page needs no other file."""
    encoded = base64.b64encode(svg.draw_chart(chart, zone)).decode()
    return Picture(f"data:image/svg+xml;base64,{encoded}")


def keep_web_address(url: str) -> str:
    """Links of a page that stands alone: https addresses. Empty: no link."""
    return url if url.startswith(("https://", "http://")) else ""


@dataclass(frozen=True, slots=True)
class Look:
    """How a page shows sections; what stands here is for a report, the dashboard has its own."""

    zone: str = "UTC"
    """Time zone of the reader."""
    now_ms: int | None = None
    """Unix ms: times are shown as how long ago they are. None: as date and time."""
    level: int = 2
    """Of a section's heading."""
    picture: Callable[[Chart, str], Picture | None] | None = None
    """Where the picture of a chart of a section (its key) is; if that is None, only its numbers
    are shown. None: it is inline."""
    link: Callable[[str], str] = keep_web_address
    """The address that a `Link` leads to. Empty: nowhere."""
    export: Callable[[str, str, str], str] = lambda _section, _key, _kind: ""
    """The address of a table or chart (the section's key, its own) as `csv`, or of a page with a
    chart's `values`. Empty: there is none."""
    choose: str = ""
    """Where forms of filters are sent. Empty: there are neither filters nor pages of tables."""
    arguments: Mapping[str, str] = field(default_factory=dict)
    """Arguments of the address that a form of filters keeps."""
    page: Callable[[int], str] = lambda _number: ""
    """The address of a page of a table."""
    act: str = ""
    """Where forms of buttons are sent, before the action's name. Empty: there are no buttons."""
    may_do: Callable[[str], bool] = lambda _action: True
    """Whether the reader may do an action; buttons of others are left out."""
    token: str = ""
    """What forms send as `csrf_token`."""
    opens_tabs: bool = False
    """Whether links open a new tab."""
    has_values: bool = False
    """Whether the points of charts are shown as a table."""


def render_section(section: Section, look: Look | None = None) -> str:
    """A `<section>` with its id. Times in its texts are in the reader's zone, too."""
    look = look or Look()
    return text.localize(str(_load_template().render(section=section, look=look)), look.zone)


@cache
def _load_template() -> Any:
    environment = Environment(
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FileSystemLoader(Path(__file__).parent),
    )
    environment.globals |= {
        "MOST_BESIDE": _MOST_BESIDE,
        "ago": text.format_ago,
        "change": format_change,
        "described": describe_chart,
        "filled": drop_empty_columns,
        "identity": _hash_button,
        "interval": format_interval,
        "is_long": _is_long,
        "iso": text.format_iso,
        "kind": lambda cell: type(cell).__name__,
        "letters": letter_marks,
        "picture": _choose_picture,
        "points": tabulate_points,
        "size": svg.measure_size,
        "statistics": compute_statistics,
        "text": format_cell,
        "moment": text.format_moment,
        "tone": _read_tone,
        "sends": _is_sendable,
    }
    return environment.get_template("section.html")


def _choose_picture(chart: Chart, look: Look, section_key: str) -> Picture | None:
    return (
        look.picture(chart, section_key) if look.picture else build_inline_picture(chart, look.zone)
    )


def _hash_button(button: Button) -> str:
    description = repr((button.action, button.label, button.fields)).encode(errors="replace")
    return hashlib.sha256(description).hexdigest()[:12]


def _is_long(cell: Any) -> bool:
    words = cell if isinstance(cell, str) else getattr(cell, "text", "")
    return len(words) > _LONG


def _read_tone(cell: Any) -> str:
    return str(getattr(cell, "tone", "plain"))


def _is_sendable(cell: Any, look: Look) -> bool:
    return isinstance(cell, Button) and bool(look.act) and look.may_do(cell.action)
