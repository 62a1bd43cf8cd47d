"""What sections of pages and reports are made of: a `SectionType`, built from `Data` for a `Query`.

A section is a file in a feature's `pages/<page>/` or `sections/`, and can be shown on any page and
in any report. Sections know nothing of each other, so that one alone can be shown, embedded,
downloaded or refreshed. Nothing here reads the clock: the same query of the same store gives the
same section.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal, Self

from clickup_mlops import logs
from clickup_mlops.config import TableT
from clickup_mlops.errors import ClickUpMlopsError, ConfigError
from clickup_mlops.routing.policy import Policy
from clickup_mlops.series.history import History
from clickup_mlops.store import Store
from clickup_mlops.store.access import EVERYTHING, Access
from clickup_mlops.views.model import Chart, Line, Mark, Paging, Section

if TYPE_CHECKING:
    from clickup_mlops.automations.model import Automation
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.bot.registered import Job
    from clickup_mlops.bot.settings import Settings

Every = Literal["daily", "weekly", "monthly", "milestone", "incident"]
"""Kinds of reports."""
CALENDAR: Final[tuple[Every, ...]] = ("daily", "weekly", "monthly")
"""Those about periods of the calendar."""
DAY_MS: Final = 86_400_000
RANGES: Final[Mapping[str, int]] = {
    "1h": DAY_MS // 24,
    "6h": DAY_MS // 4,
    "24h": DAY_MS,
    "7d": 7 * DAY_MS,
    "30d": 30 * DAY_MS,
    "90d": 90 * DAY_MS,
}
"""What a reader of a page can choose, in ms."""
_PAGE_DIGITS: Final = 10
"""The number of a page has fewer."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `start_ms` until before `end_ms` (Unix ms), in a time zone such as `Europe/Madrid`.

    `name` is `2026-11-27`, `2026-W48` or `2026-11`; of a milestone its name, of an incident its id,
    of the range that a reader of a page chose `7d`.
    """

    every: Every | Literal["range"]
    name: str
    start_ms: int
    end_ms: int
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for: a period, and the period `before` to compare it with; None: there is none.

    `target` is what a page or report is about, such as a model's name, or the id of the task of a
    milestone or an incident; empty: an overview.
    `draws`: the key of the only chart whose lines are read; "*": all; empty: none.
    `may`: what the reader may do (`undo`, `replay`); sections show buttons for that alone.
    `options`: what else stands in the address.
    """

    period: Period
    before: Period | None = None
    target: str = ""
    draws: str = ""
    may: frozenset[str] = frozenset()
    options: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_page(
        cls,
        now_ms: int,
        *,
        target: str = "",
        range: str = "24h",
        zone: str = "UTC",
        draws: str = "",
        may: frozenset[str] = frozenset(),
        options: Mapping[str, str] | None = None,
    ) -> Self:
        """Of a page at this time, over one of `RANGES`."""
        period, before = _ranges(now_ms, range, zone)
        return cls(period, before, target, draws, may, options or {})

    @property
    def now_ms(self) -> int:
        """The end of the period; of a page the time now."""
        return self.period.end_ms

    @property
    def start_ms(self) -> int:
        """The beginning of the period."""
        return self.period.start_ms

    @property
    def zone(self) -> str:
        """The time zone's name."""
        return self.period.zone

    @property
    def range(self) -> str:
        """The name of the range that a reader of a page chose."""
        return self.period.name

    def over(self, range: str) -> Self:
        """The same until the same time, over another of `RANGES`."""
        period, before = _ranges(self.now_ms, range, self.zone)
        return replace(self, period=period, before=before)

    def until(self, now_ms: int) -> Self:
        """The same of a page, over its range until another time."""
        period, before = _ranges(now_ms, self.range, self.zone)
        return replace(self, period=period, before=before)

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
        """The chart over the period; `lines` is called if it is to be drawn. If they cannot be read
        the chart says why: the rest of the page is there.
        """
        is_drawn, problem = self.draws in ("*", key), ""
        drawn_lines: tuple[Line, ...] = ()
        try:
            drawn_lines = tuple(lines()) if is_drawn else ()
        except ClickUpMlopsError as failure:
            problem = logs.redactor.text(str(failure))
        return Chart(
            key,
            title,
            unit,
            self.start_ms,
            self.now_ms,
            drawn_lines,
            tuple(marks),
            limit,
            source,
            is_drawn=is_drawn,
            problem=problem,
        )

    def page(self, rows: int, size: int) -> Paging:
        """Of a table with so many rows, `size` to a page: what the address says, or the nearest."""
        pages = max(1, -(-rows // size))
        number = self.options.get("page", "")
        is_number = number.isascii() and number.isdigit() and len(number) < _PAGE_DIGITS
        page = min(max(int(number) if is_number else 1, 1), pages)
        return Paging(page, pages, (page - 1) * size + 1)


def _ranges(now_ms: int, name: str, zone: str) -> tuple[Period, Period]:
    """The range until this time, and the one of the same length before it."""
    length_ms = RANGES[name]
    start_ms = now_ms - length_ms
    before = Period("range", f"{name} before", start_ms - length_ms, start_ms, zone)
    return Period("range", name, start_ms, now_ms, zone), before


class BotFacts:
    """What pages show of the running bot: no store and no client, so that a section reads nothing
    that its reader must not see.
    """

    def __init__(self, bot: "Bot") -> None:
        self._bot = bot

    @property
    def settings(self) -> "Settings":
        """The bot's settings."""
        return self._bot.settings

    @property
    def automations(self) -> "Sequence[Automation]":
        """Those that are on."""
        return self._bot.context.automations

    @property
    def in_spaces(self) -> "Sequence[Automation]":
        """Those that are on, with those of Spaces."""
        return self._bot.context.in_spaces

    @property
    def jobs(self) -> "Sequence[Job]":
        """What is done every so often."""
        return self._bot.jobs.registered

    @property
    def expected_sources(self) -> Mapping[str, timedelta | None]:
        """Every configured source, and how often it should send something, if that is known."""
        sources = (package.expected_sources() for package in self._bot.packages)
        return {name: every for of_package in sources for name, every in of_package.items()}

    def list_ids(self, names: Iterable[str]) -> Sequence[str]:
        """Ids of the Lists that settings name, whether the reader sees them or not.

        Raises:
            Unanswered: there is no such List.
        """
        directory = self._bot.context.directory
        groups = (directory.list_ids(name) for name in names)
        return tuple(dict.fromkeys(list_id for group in groups for list_id in group))

    @property
    def lists(self) -> Mapping[str, str]:
        """The path of every List by its id, whether the reader sees it or not."""
        return self._bot.context.directory.lists()

    @property
    def refused_files(self) -> str:
        """Why changed files are not used, in words; empty: they are."""
        return self._bot.core.readiness.refused_files

    @property
    def budget_key(self) -> str:
        """Finds the call budget."""
        return self._bot.governor.key

    @property
    def model_field(self) -> str:
        """The custom field in which tasks name their model."""
        return self._bot.core.extensions.model_field()

    @property
    def now_ms(self) -> int:
        """The time now."""
        return self._bot.now_ms()


@dataclass(frozen=True, slots=True)
class Data:
    """What sections read. They write nothing and make no API calls.

    `store` and `history` have what the reader may see, and nothing else: see `Store.seen_with`.
    `policy` says which fields have objectives. `running`: the bot whose page it is; None in
    reports, which are built from the store alone. `access`: for names that are from elsewhere.
    `configured`: the settings of who builds a report.
    """

    store: Store
    history: History
    workspace: str
    policy: Policy = field(default_factory=Policy)
    running: BotFacts | None = None
    access: Access = EVERYTHING
    configured: "Settings | None" = None

    def table(self, kind: type[TableT]) -> TableT:
        """A feature's own settings, in reports, too; its defaults, where nothing is configured."""
        settings = self.configured or (self.running.settings if self.running else None)
        return kind() if settings is None else settings.table(kind)

    @property
    def bot(self) -> BotFacts:
        """The bot.

        Raises:
            ConfigError: a section that needs it is shown in a report.
        """
        if self.running is None:
            raise ConfigError(
                "a section of a report needs the bot's automations, jobs or settings",
                hint="Show the section on pages alone: leave `reports` of its SectionType empty.",
            )
        return self.running

    @property
    def settings(self) -> "Settings":
        """The bot's settings. Raises ConfigError as `bot` does."""
        return self.bot.settings


@dataclass(frozen=True, slots=True)
class SectionType:
    """The `SECTION` of a file. `build` gives the section, or None if there is nothing to show.

    `pages`, `reports`: where it is shown; one in `pages/<page>/` is shown on that page anyway.
    Sections stand there by their `order`, then by name. `targeted`: only on pages about one target;
    False: only on the overview; None: on both.
    """

    title: str
    build: Callable[[Data, Query], Section | None]
    order: int = 50
    targeted: bool | None = None
    pages: tuple[str, ...] = ()
    reports: tuple[Every, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Report:
    """A title, the period, and sections in their order."""

    title: str
    period: Period
    sections: tuple[Section, ...]
