"""A maker of small reports: what stands in them is in `numbers`, and may change between two."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.core import Core
from clickup_mlops.bot.packages import Builds, FeatureBuild, find_installed
from clickup_mlops.errors import InputError
from clickup_mlops.features.reports.delivery.model import Format
from clickup_mlops.features.reports.package import ReportsPackage
from clickup_mlops.ports.sections.model import Period, Report
from clickup_mlops.ports.sections.period import Calendar
from clickup_mlops.ports.sections.subject import Ended, Ending, Subject
from clickup_mlops.views.model import Note, Section

NUMBERS = "small_maker"


class SmallMaker:
    """`numbers` are texts by the name of a period, as are notes of the scope `NUMBERS`; any other
    period has "1 deployment".
    """

    def __init__(self, core: Core | None = None, _find_lists: object = None) -> None:
        self._core = core
        self.numbers: dict[str, str] = {}
        self.built = 0

    def last(self, every: Calendar, at_ms: int, zone: str) -> Period:
        day = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(zone)).date()
        first = _first(every, day)
        return _period(every, _first(every, first - timedelta(days=1)), zone)

    def named(self, every: Calendar, name: str, zone: str) -> Period:
        forms = {"daily": f"{name}", "monthly": f"{name}-01", "weekly": f"{name}-1"}
        try:
            return _period(every, date.fromisoformat(forms[every]), zone)
        except ValueError:
            raise InputError(f"{name!r} names no {every} period") from None

    def find(self, every: Ending, name: str, zone: str) -> Subject:
        """Each name is that of a milestone or incident of an hour."""
        return Subject(Period(every, name, 0, 3_600_000, zone), name)

    def ended(self, every: Ending, since_ms: int) -> list[Ended]:
        return []

    def build(
        self, about: Subject, sections: tuple[str, ...], lists: tuple[str, ...] = ()
    ) -> Report:
        period = about.period
        self.built += 1
        note = self._core and self._core.store.notes.get(NUMBERS, period.name)
        text = note.value if note else self.numbers.get(period.name, "1 deployment")
        return Report(f"Report {period.name}", period, (Section("a", "A", (Note(text),)),))

    def render(self, report: Report, form: Format) -> bytes:
        (section,) = report.sections
        (note,) = section.blocks
        assert isinstance(note, Note)
        if form == "html":
            return f"<h1>{report.title}</h1><p>{note.text}</p>".encode()
        return f"# {report.title}\n\n## A\n\n{note.text}\n".encode()


def _first(every: Calendar, day: date) -> date:
    if every == "monthly":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if every == "weekly" else day


def _period(every: Calendar, first: date, zone: str) -> Period:
    names = {"daily": f"{first}", "weekly": f"{first:%G-W%V}", "monthly": f"{first:%Y-%m}"}
    days = {"daily": 1, "weekly": 7, "monthly": 32}[every]
    after = _first(every, first + timedelta(days=days))
    return Period(every, names[every], _ms(first, zone), _ms(after, zone), zone)


def _ms(day: date, zone: str) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp()) * 1000


class SmallReports(ReportsPackage):
    """The package with small reports."""

    def __init__(self, packages: Any) -> None:
        super().__init__(packages, makes=SmallMaker)


def _with_small_reports() -> tuple[FeatureBuild, ...]:
    """All features' packages, but for that of reports."""
    return tuple(SmallReports if build is ReportsPackage else build for build in find_installed())


SMALL = Builds(features=_with_small_reports)


def reports(bot: Bot) -> ReportsPackage:
    """The package of a bot."""
    return bot.get(ReportsPackage)
