"""What sends reports."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from clickup_mlops import logs
from clickup_mlops.bot.members import member
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.registered import LaneKind, Timer, every
from clickup_mlops.features.reports.delivery.building import FindLists, StoreMaker
from clickup_mlops.features.reports.delivery.mail_settings import MailSettings
from clickup_mlops.features.reports.delivery.model import LANE, Maker
from clickup_mlops.features.reports.settings import ReportTables
from clickup_mlops.store import InboxRow

if TYPE_CHECKING:
    from clickup_mlops.bot.core import Core
    from clickup_mlops.bot.packages import Packages
    from clickup_mlops.features.reports.delivery.schedule import ReportSchedule
    from clickup_mlops.features.reports.delivery.sender import Sender

THREADS: Final = 2
"""So many targets get a report at the same time."""
LOOK_EVERY: Final = timedelta(minutes=1)
Makes = Callable[["Core", FindLists], Maker]
"""Gives the maker of a bot's reports."""


class ReportsPackage(Package):
    """Reports: the `schedule` puts them into the inbox, and their lanes send them."""

    def __init__(self, packages: "Packages", *, makes: Makes = StoreMaker) -> None:
        super().__init__(packages.core)
        self._execution, self._makes = packages.execution, makes
        self._context = packages.context

    @property
    def is_used(self) -> bool:
        """Whether a report is configured."""
        return bool(self.core.settings.tables(ReportTables).reports)

    @member
    def maker(self) -> Maker:
        """Builds and renders reports."""
        return self._makes(self.core, self._find_lists)

    def _find_lists(self, name: str) -> Sequence[str]:
        return self._context.directory.list_ids(name)

    @member
    def schedule(self) -> "ReportSchedule":
        """When reports are sent."""
        from clickup_mlops.features.reports.delivery.schedule import ReportSchedule

        core = self.core
        return ReportSchedule(
            core.settings.tables(ReportTables).reports,
            core.store,
            core.inbox_writer,
            self.maker,
            core.now_ms,
        )

    @member
    def sender(self) -> "Sender":
        """Sends them; the password of the mail server is kept out of the logs."""
        from clickup_mlops.features.reports.delivery.sender import Sender

        core, mail = self.core, self.core.settings.table(MailSettings)
        logs.redactor.hide([secret for secret in [mail.password.get_secret_value()] if secret])
        return Sender(
            core.settings.tables(ReportTables).reports,
            mail,
            self._execution.poster,
            maker=self.maker,
            notes=core.store.notes,
            clock=core.now_ms,
            shadow=core.settings.automations.mode == "shadow",
        )

    def check(self) -> None:
        """Each report has a target and sections that exist, e-mail a server, PDF its libraries."""
        if self.is_used:
            from clickup_mlops.features.reports.delivery import check as delivery

            delivery.check(
                self.core.settings.tables(ReportTables).reports,
                self.core.settings.table(MailSettings),
            )

    def lane_kinds(self) -> Iterable[LaneKind]:
        """A lane for each target of each report: one that does not answer holds up no other."""
        threads = THREADS if self.is_used else 0
        yield LaneKind(LANE, self._send, threads=threads, watched=False)

    def _send(self, rows: Sequence[InboxRow]) -> None:
        self.sender.handle(rows)

    def timers(self) -> Iterable[Timer]:
        """Looks every minute whether a report is due: a read or two for each."""
        if self.is_used:
            yield Timer(every(LOOK_EVERY), self.schedule.run_due)

    def start(self) -> None:
        """Reports whose time passed while the bot was away."""
        self._run_due()

    def catch_up(self) -> None:
        """Reports whose time passed while the store was away."""
        self._run_due()

    def _run_due(self) -> None:
        if self.is_used:
            self.schedule.run_due()


PACKAGE: Final = ReportsPackage
