"""What an address of the dashboard asks for: its arguments as a query."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from clickup_mlops.errors import InputError
from clickup_mlops.ports.dashboard.model import Viewer
from clickup_mlops.ports.sections.model import RANGES, Query
from clickup_mlops.views import svg

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot

CHOSEN: Final = ("range", "zone", "at", "width", "values")
"""Arguments that show no more than a page does: readers of embedded pages may choose them, too."""
HALF: Final = 600
"""Width in px of a picture that stands beside another."""
WIDE: Final = 1240
"""Width in px of a picture that stands alone."""
_WIDTHS: Final = (svg.NARROW, HALF, svg.WIDTH, WIDE)
_OWN: Final = ("target", "range", "zone", "sections", "at", "width", "values")


@dataclass(frozen=True, slots=True)
class QueryParams:
    """`query`, only the `sections` of these keys (empty: all), and the `width` of a picture in px.

    `values` is the chart whose points are shown as a table. `retained` is what links to other
    ranges, pictures and files keep of the arguments.
    """

    query: Query
    sections: tuple[str, ...]
    width: int
    values: str
    retained: Mapping[str, str]

    def address(self, path: str, **changed: str | int) -> str:
        """The path with the kept arguments and these; an empty one is left out."""
        arguments = {
            name: value for name, value in {**self.retained, **changed}.items() if value != ""
        }
        return f"{path}?{urlencode(arguments)}" if arguments else path


def read_query_params(bot: "Bot", viewer: Viewer, arguments: Mapping[str, str]) -> QueryParams:
    """Of these arguments.

    Raises:
        InputError: one of them cannot be read; says which.
    """
    query = Query.of_page(
        bot.now_ms(),
        target=arguments.get("target", "").replace("\0", ""),  # which PostgreSQL refuses
        range=_range(arguments.get("range") or _USUAL_RANGE),
        zone=zone(arguments.get("zone") or bot.settings.jobs.time_zone),
        may=frozenset() if viewer.is_embedded else viewer.may,
        options={name: value for name, value in arguments.items() if name not in _OWN},
    )
    return QueryParams(
        query,
        tuple(dict.fromkeys(filter(None, arguments.get("sections", "").split(",")))),
        _width(arguments.get("width", "")),
        arguments.get("values", ""),
        _select_retained(viewer, arguments),
    )


def at_ms(arguments: Mapping[str, str], now_ms: int) -> int:
    """The time that a picture shows the range before: that of its page, so that both agree.

    Raises:
        InputError: it is no time.
    """
    text = arguments.get("at", "")
    if not text:
        return now_ms
    if not (text.isascii() and text.isdigit() and len(text) < _DIGITS):
        raise InputError(f"at: {text[:40]!r} is no time", hint="Unix milliseconds.")
    return min(int(text), now_ms)


def zone(name: str) -> str:
    """The time zone's name.

    Raises:
        InputError: there is none of this name.
    """
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = "A name such as Europe/Madrid or UTC."
        raise InputError(f"zone: there is no time zone {name[:40]!r}", hint=hint) from None


_DIGITS: Final = 15
_USUAL_RANGE: Final = "24h"


def _range(name: str) -> str:
    if name not in RANGES:
        raise InputError(f"range: {name[:40]!r} is none", hint=f"One of {', '.join(RANGES)}.")
    return name


def _width(text: str) -> int:
    return next((width for width in _WIDTHS if str(width) == text), svg.WIDTH)


def _select_retained(viewer: Viewer, arguments: Mapping[str, str]) -> dict[str, str]:
    # An embedded page's target and sections are fixed by its link.
    names = CHOSEN[:2] if viewer.is_embedded else [n for n in arguments if n not in CHOSEN[2:]]
    return {name: arguments[name] for name in names if arguments.get(name)}
