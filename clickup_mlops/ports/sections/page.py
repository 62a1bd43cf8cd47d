"""What pages are made of. A page is a folder in `pages/`, and each of its sections a file in there.

A section is built from `Data` for a `Query`. Sections know nothing of each other, so that one alone
can be shown, embedded, downloaded or refreshed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from clickup_mlops import logs
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.series.history import History
from clickup_mlops.store import Store
from clickup_mlops.views.model import Chart, Line, Mark, Paging, Section

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.bot.settings import Settings

DAY_MS: Final = 86_400_000
RANGES: Final[Mapping[str, int]] = {
    "1h": DAY_MS // 24,
    "6h": DAY_MS // 4,
    "24h": DAY_MS,
    "7d": 7 * DAY_MS,
    "30d": 30 * DAY_MS,
    "90d": 90 * DAY_MS,
}
"""What a reader can choose, in ms."""
_DIGITS: Final = 10
"""The number of a page has fewer."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for, at `now_ms` (Unix ms).

    `target` is what a page is about, such as a model's name or a task's id; empty: its overview.
    `draws`: the key of the only chart whose lines are wanted; "*": all; empty: none.
    `may`: what the reader may do (`undo`, `replay`); sections show buttons for that alone.
    `options`: what else stands in the address.
    """

    now_ms: int
    target: str = ""
    range: str = "24h"
    zone: str = "UTC"
    draws: str = ""
    may: frozenset[str] = frozenset()
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def start_ms(self) -> int:
        """The beginning of the range that is looked at."""
        return self.now_ms - RANGES[self.range]

    def chart(
        self,
        key: str,
        title: str,
        unit: str,
        lines: Callable[[], Iterable[Line]],
        *,
        marks: Iterable[Mark] = (),
        limit: float | None = None,
        source: str = "",
    ) -> Chart:
        """The chart over the range; `lines` is called if it is to be drawn. If they cannot be read
        the chart says why: the rest of the page is there.
        """
        drawn, problem = self.draws in ("*", key), ""
        found: tuple[Line, ...] = ()
        try:
            found = tuple(lines()) if drawn else ()
        except ClickUpMlopsError as failure:
            problem = logs.redactor.text(str(failure))
        return Chart(
            key,
            title,
            unit,
            self.start_ms,
            self.now_ms,
            found,
            tuple(marks),
            limit,
            source,
            is_drawn=drawn,
            problem=problem,
        )

    def page(self, rows: int, size: int) -> Paging:
        """Of a table with so many rows, `size` to a page: what the address says, or the nearest."""
        pages = max(1, -(-rows // size))
        number = self.options.get("page", "")
        page = int(number) if number.isascii() and number.isdigit() and len(number) < _DIGITS else 1
        page = min(max(page, 1), pages)
        return Paging(page, pages, (page - 1) * size + 1)


@dataclass(frozen=True, slots=True)
class Data:
    """What sections read: the bot's store, settings and rules. They write nothing, call nobody."""

    bot: "Bot"
    history: History

    @property
    def store(self) -> Store:
        """The bot's store."""
        return self.bot.store

    @property
    def settings(self) -> "Settings":
        """The bot's settings."""
        return self.bot.settings

    @property
    def workspace(self) -> str:
        """The Workspace's id."""
        return self.bot.workspace_id


@dataclass(frozen=True, slots=True)
class SectionType:
    """`build` gives the section, or None if there is nothing to show it for.

    Sections of a page stand by their `order`, then by name. `targeted`: only for pages about one
    target; False: only for the overview; None: for both.
    """

    title: str
    build: Callable[[Data, Query], Section | None]
    order: int = 50
    targeted: bool | None = None


@dataclass(frozen=True, slots=True)
class PageType:
    """The `PAGE` of a folder. `targets` lists what it can be about: key and name; `further` gives
    the keys that the list leaves out. `empty` stands for no sections. `has_range`: what it shows
    depends on the range that a reader chooses.
    """

    title: str
    summary: str
    order: int
    targets: Callable[[Data], list[tuple[str, str]]] | None = None
    empty: str = "There is nothing to show yet."
    has_range: bool = True
    further: Callable[[Data], Iterable[str]] = lambda _data: ()
