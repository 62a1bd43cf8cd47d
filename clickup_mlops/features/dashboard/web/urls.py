"""Addresses of pictures, files and links on a page of the dashboard."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final
from urllib.parse import quote

from clickup_mlops import registry
from clickup_mlops.features.dashboard.web.query_params import HALF, WIDE, QueryParams
from clickup_mlops.ports.dashboard.model import Viewer
from clickup_mlops.ports.sections.model import RANGES
from clickup_mlops.views import svg
from clickup_mlops.views.html import Look, Picture, keep_web_address
from clickup_mlops.views.model import Chart, Section

DASHBOARD: Final = "/dashboard"
"""Begins the paths that sections link to."""
_NARROWER: Final = ((640, svg.NARROW), (1000, svg.WIDTH))
"""Up to which width of the window, in px, which picture is shown; as in the style sheet."""
_POINTS: Final = 300


@dataclass(frozen=True, slots=True)
class Addresses:
    """Of the page `key` below `base`."""

    base: str
    key: str
    params: QueryParams
    viewer: Viewer

    @property
    def page(self) -> str:
        """Of the page itself."""
        return f"{self.base}/" if self.viewer.is_embedded else f"{self.base}/{quote(self.key)}"

    def of_range(self, name: str) -> str:
        """Of the same page with another range."""
        return self.params.address(self.page, range=name)

    def of_page(self, number: int) -> str:
        """Of the same page with another page of its table."""
        return self.params.address(self.page, page=number if number > 1 else "")

    def picture(self, shown_section: Section) -> Callable[[Chart, str], Picture]:
        """Of charts of this section: two or more stand side by side in a wide window."""
        width = HALF if len([*shown_section.charts()]) > 1 else WIDE
        return lambda chart, section: Picture(
            self._chart(section, chart.key, width),
            width,
            tuple(
                (up_to, self._chart(section, chart.key, narrower), narrower)
                for up_to, narrower in _NARROWER
            ),
        )

    def export(self, section: str, name: str, kind: str) -> str:
        """Of a table or chart as `csv`, or of the page with its `values`."""
        path = f"{self.base}/{quote(self.key)}"
        if kind == "csv":
            return self.params.address(f"{path}/csv/{quote(section)}/{quote(name)}.csv")
        return self.params.address(f"{path}/section/{quote(section)}", values=name)

    def link(self, url: str) -> str:
        """Of what sections link to. Embedded pages lead to no other page."""
        is_path = url.startswith("/") and not url.startswith(("//", "/\\")) and "\\" not in url
        if not is_path:
            return keep_web_address(url)
        return "" if self.viewer.is_embedded else self.base + url.removeprefix(DASHBOARD)

    def _chart(self, section: str, name: str, width: int) -> str:
        path = f"{self.base}/{quote(self.key)}/chart/{quote(section)}/{quote(name)}.svg"
        return self.params.address(path, at=self._at_ms(), width=width)

    def _at_ms(self) -> int:
        # As often as the picture can look different: so pictures stay while pages are refreshed.
        step = max(RANGES[self.params.query.range] // _POINTS, 60_000)
        return self.params.query.now_ms // step * step


def look(addresses: Addresses, section: Section, token: str) -> Look:
    """How a section looks on this page."""
    query, viewer = addresses.params.query, addresses.viewer
    plain = Look(
        zone=query.zone,
        now_ms=query.now_ms,
        picture=addresses.picture(section),
        link=addresses.link,
        export=addresses.export,
        opens_tabs=viewer.is_embedded,
        has_values=bool(addresses.params.values),
    )
    if viewer.is_embedded:
        return plain
    params = addresses.params
    plain = replace(plain, choose=addresses.page, arguments=params.retained, page=addresses.of_page)
    if not query.may:
        return plain
    return replace(
        plain,
        act=f"{addresses.base}/do/",
        may_do=lambda action: _find_needs().get(action, action) in query.may,
        token=token,
    )


@cache
def _find_needs() -> Mapping[str, str]:
    """What a viewer must be allowed to do for each action."""
    actions = registry.find_all("page_actions", "ACTION")
    return {name: action.needs for name, action in actions.items()}
