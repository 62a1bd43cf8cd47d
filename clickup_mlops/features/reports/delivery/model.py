"""Where reports go, as values: a target plans what is to be written, one module does it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final, Generic, Literal, Protocol, TypeAlias, TypeVar

from clickup_mlops.automations.model import Change
from clickup_mlops.bot.lanes.replacement import plan_replacement
from clickup_mlops.config import Table
from clickup_mlops.ports.sections.model import Period, Report
from clickup_mlops.ports.sections.period import Calendar
from clickup_mlops.ports.sections.subject import Ended, Ending, Subject
from clickup_mlops.store.journal_rows import JournalRow

KIND: Final = "report"
LANE: Final = f"{KIND}:"
"""Lanes of reports begin like this; the names of report and target follow."""
Format = Literal["markdown", "html", "json", "pdf"]
SUFFIXES: Final[Mapping[Format, str]] = {
    "markdown": "md",
    "html": "html",
    "json": "json",
    "pdf": "pdf",
}
"""How names of files of a format end."""


class TargetTable(Table):
    """Where a report goes. Each kind has its own keys besides."""

    kind: str
    """`doc`, `chat`, `comment`, `mail` or `file`."""
    lists: tuple[str, ...] = ()
    """What its readers may see: Lists, Folders or Spaces, by name or id. The report is built of
    these alone, in all its numbers. Empty: of everything that the bot sees, private Lists too."""

    @property
    def files(self) -> tuple[Format, ...]:
        """Formats of the files that it makes."""
        return ()


OptionsT = TypeVar("OptionsT", bound=TargetTable)


@dataclass(frozen=True, slots=True)
class Write:
    """Something in ClickUp. `task_id` empty: not on a task."""

    task_id: str
    change: Change


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail, and the addresses of those who get it."""

    message: EmailMessage
    receivers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class File:
    """A file on the bot's machine; one that is there is replaced."""

    path: Path
    content: bytes


Planned: TypeAlias = Write | Mail | File


@dataclass(frozen=True, slots=True)
class Delivery:
    """A report that is to go to a target: `name` and `target` are their names in the settings."""

    name: str
    target: str
    report: Report
    render: Callable[[Format], bytes]
    """The report in a format; text is UTF-8."""
    find_written: Callable[[str, str], JournalRow | None]
    """The bot's latest write of a task (id; empty: none) and a kind."""
    now_ms: int
    sender: str = ""
    """From whom e-mail is."""
    about: str = ""
    """The milestone's task or the incident's id; empty: a period of the calendar."""

    @property
    def key(self) -> str:
        """Tells the period, milestone or incident from others; fit for names of files."""
        return self.about or self.report.period.name

    @property
    def title(self) -> str:
        """Names the report, and with it a page: two milestones may have the same name."""
        title = " ".join(self.report.title.split())
        return title if self.about in title else f"{title} ({self.about})"

    @property
    def subject(self) -> str:
        """Names report, target and period: a period has one page, message or comment in a target,
        which is written again if the report is sent again.
        """
        return f"report/{self.name}/{self.target}#{self.key}"

    @property
    def markdown(self) -> str:
        """The report as Markdown."""
        return self.render("markdown").decode()

    def change(self, effect: str, task_id: str, after: dict[str, Any], text: str) -> Change | None:
        """What writes `after`, over what the bot wrote of this period before; None: it is there."""
        kind = f"{effect}:{self.subject}"
        return plan_replacement(kind, self.find_written(task_id, kind), after, text)


@dataclass(frozen=True, slots=True)
class TargetType(Generic[OptionsT]):
    """A kind of target. `plan` gives what is to be written; None: all is there. Pure."""

    summary: str
    options: type[OptionsT]
    plan: Callable[[Delivery, OptionsT], list[Planned]]
    place: Callable[[OptionsT], str]
    """Where it goes, for people, such as `#ml-ops`."""


class Maker(Protocol):
    """Makes reports: `clickup_mlops.features.reports`, as the bot sees it."""

    def last(self, every: Calendar, at_ms: int, zone: str) -> Period:
        """The newest period that is over at that time (Unix ms)."""

    def named(self, every: Calendar, name: str, zone: str) -> Period:
        """The period of this name. Raises InputError: there is none."""

    def find(self, every: Ending, name: str, zone: str) -> Subject:
        """The milestone of this task, or the incident. Raises InputError: there is none."""

    def ended(self, every: Ending, since_ms: int) -> list[Ended]:
        """The milestones or incidents that have ended since then (Unix ms), the first first."""

    def build(
        self, about: Subject, sections: tuple[str, ...], lists: tuple[str, ...] = ()
    ) -> Report:
        """The report, of these Lists; no sections: all; no Lists: everything. Raises InputError:
        there is no such section or List.
        """

    def render(self, report: Report, form: Format) -> bytes:
        """The report in a format. Raises InputError: a library for it is missing."""
