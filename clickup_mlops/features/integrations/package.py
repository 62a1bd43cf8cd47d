"""What takes the reports of other systems, and watches sources that should send something."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from clickup_mlops.bot.members import member
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.receive.ingest import DeliverySource
from clickup_mlops.bot.registered import Job, LaneKind
from clickup_mlops.features.integrations.deliveries import LANE, ReportRows, ToolDeliveries
from clickup_mlops.features.integrations.settings import IntegrationTables
from clickup_mlops.features.integrations.silencing import Silences
from clickup_mlops.features.integrations.tools import IntegrationTable, Report, kinds
from clickup_mlops.store import InboxRow

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages
    from clickup_mlops.features.integrations.missed_reports import MissedReports
    from clickup_mlops.features.integrations.stale_sources import Silence
    from clickup_mlops.features.integrations.tool_reports import ToolReports

SILENCE_EVERY: Final = timedelta(minutes=1)
ASK_EVERY: Final = timedelta(minutes=2)


class IntegrationsPackage(Package):
    """Reports to `/hooks/in/<name>`, their lane, and a job that finds silent sources."""

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)
        self._handling, self._sources = packages.handling, packages.sources

    @property
    def is_used(self) -> bool:
        """Whether a tool reports, or a source is watched."""
        return bool(self._tables or self.core.extensions.watched_sources())

    @member
    def tool_reports(self) -> "ToolReports":
        """Hands reports to automations and tasks."""
        from clickup_mlops.features.integrations.tool_reports import ToolReports

        core = self.core
        return ToolReports(
            self._tables,
            core.store,
            lambda: self._handling.evaluator,
            core.inbox_writer,
            reader=lambda: self._handling.context.reader,
            clock=core.now_ms,
        )

    @member
    def report_rows(self) -> ReportRows:
        """Makes the rows of reports."""
        return ReportRows(self.core.inbox_writer, self.core.now_ms)

    @member
    def silence(self) -> "Silence":
        """Watches the integrations and metric sources that should send something regularly."""
        from clickup_mlops.features.integrations.stale_sources import Silence

        core = self.core
        limits = core.extensions.watched_sources()
        return Silence(limits, core.store.notes, self._report, core.now_ms)

    @member
    def missed_reports(self) -> "MissedReports":
        """Asks tools for what was missed."""
        from clickup_mlops.features.integrations.missed_reports import MissedReports

        core = self.core
        return MissedReports(self._tables, kinds(), core.store, self._report, core.now_ms)

    @member
    def silences(self) -> Silences:
        """Silences the alerts of tasks, for their effect."""
        from clickup_mlops.features.integrations.silences import ToolSilences

        return ToolSilences(self._tables, self.core.store)

    def services(self) -> Mapping[type[object], Callable[[], object]]:
        """For effects."""
        return {Silences: lambda: self.silences}

    def _report(self, name: str, reports: Iterable[Report]) -> None:
        self._sources.ingest.store(self.report_rows.create(name, reports))

    @property
    def _tables(self) -> Mapping[str, IntegrationTable]:
        return self.core.settings.tables(IntegrationTables).integrations

    def delivery_sources(self) -> Mapping[str, DeliverySource]:
        """One for each configured integration."""
        return self._delivery_sources

    @member
    def _delivery_sources(self) -> Mapping[str, DeliverySource]:
        by_name = kinds() if self._tables else {}
        return {
            name: ToolDeliveries(name, table, by_name[table.kind], lambda: self.report_rows)
            for name, table in self._tables.items()
        }

    def watched_sources(self) -> Mapping[str, timedelta]:
        """The integrations that should report regularly."""
        return {
            f"{LANE}{name}": table.silent_after
            for name, table in self._tables.items()
            if table.silent_after is not None
        }

    def expected_sources(self) -> Mapping[str, timedelta | None]:
        """All integrations: as often as they may be silent."""
        return {f"{LANE}{name}": table.silent_after for name, table in self._tables.items()}

    def jobs(self) -> Iterable[Job]:
        """Find silent sources, if any are watched."""
        if self.core.extensions.watched_sources():
            yield Job("silence", SILENCE_EVERY, self._check_silence)
        if any(table.api is not None for table in self._tables.values()):
            yield Job("missed_reports", ASK_EVERY, self._ask, at_start=True)

    def _ask(self) -> None:
        self.missed_reports.look()

    def _check_silence(self) -> None:
        self.silence.check()

    def lane_kinds(self) -> Iterable[LaneKind]:
        """The reports of each integration."""
        yield LaneKind(LANE, self._handle_report)

    def _handle_report(self, rows: Sequence[InboxRow]) -> None:
        self._handling.handler.handle_workspace(rows, self.tool_reports.due)
        forwarded = self.tool_reports.forward(rows)  # after a task was made for them
        self.tool_reports.note(rows, forwarded)

    def prune(self) -> None:
        """Alerts that were resolved without a task."""
        self.tool_reports.forget()

    def start(self) -> None:
        """Silence counts from now."""
        if self.core.extensions.watched_sources():
            _ = self.silence


PACKAGE: Final = IntegrationsPackage
