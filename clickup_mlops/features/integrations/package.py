"""What takes the reports of other systems, and watches sources that should send something."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from clickup_mlops.bot.members import member
from clickup_mlops.bot.package import Package, Receive
from clickup_mlops.bot.registered import Job, LaneKind
from clickup_mlops.features.integrations.settings import IntegrationTables
from clickup_mlops.features.integrations.stale_sources import Silence
from clickup_mlops.features.integrations.tool_reports import LANE, Integrations
from clickup_mlops.store import InboxRow

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages

SILENCE_EVERY: Final = timedelta(minutes=1)


class IntegrationsPackage(Package):
    """Reports to `/hooks/in/<name>`, their lane, and a job that finds silent sources."""

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)
        self._handling, self._sources = packages.handling, packages.sources

    @member
    def integrations(self) -> Integrations:
        """Reports of other systems."""
        core = self.core
        return Integrations(
            core.settings.tables(IntegrationTables).integrations,
            core.store,
            lambda: self._handling.evaluator,
            core.inbox_writer,
            reader=lambda: self._handling.context.reader,
            clock=core.now_ms,
            record_source_contact=self._sources.contacts.record,
        )

    @member
    def silence(self) -> Silence:
        """Watches the integrations and metric sources that should send something regularly."""
        core = self.core
        limits = core.extensions.watched_sources()
        return Silence(limits, core.store.notes, self.integrations.put, core.now_ms)

    def receivers(self) -> Mapping[str, Receive]:
        """One for each configured integration."""
        return {
            name: partial(self._accept, name)
            for name in self.core.settings.tables(IntegrationTables).integrations
        }

    def _accept(self, name: str, body: bytes, headers: Mapping[str, str]) -> int:
        return self.integrations.accept(name, body, headers)

    def watched_sources(self) -> Mapping[str, timedelta]:
        """The integrations that should report regularly."""
        return {
            f"{LANE}{name}": table.silent_after
            for name, table in self.core.settings.tables(IntegrationTables).integrations.items()
            if table.silent_after is not None
        }

    def expected_sources(self) -> Mapping[str, timedelta | None]:
        """All integrations: as often as they may be silent."""
        tables = self.core.settings.tables(IntegrationTables).integrations
        return {f"{LANE}{name}": table.silent_after for name, table in tables.items()}

    def jobs(self) -> Iterable[Job]:
        """Find silent sources, if any are watched."""
        if self.core.extensions.watched_sources():
            yield Job("silence", SILENCE_EVERY, self._check_silence)

    def _check_silence(self) -> None:
        self.silence.check()

    def lane_kinds(self) -> Iterable[LaneKind]:
        """The reports of each integration."""
        yield LaneKind(LANE, self._handle_report)

    def _handle_report(self, rows: Sequence[InboxRow]) -> None:
        self._handling.handler.handle_workspace(rows, self.integrations.due)
        forwarded = self.integrations.forward(rows)  # after a task was made for them
        self.integrations.note(rows, forwarded)

    def prune(self) -> None:
        """Alerts that were resolved without a task."""
        self.integrations.forget()

    def start(self) -> None:
        """Silence counts from now."""
        if self.core.extensions.watched_sources():
            _ = self.silence


PACKAGE: Final = IntegrationsPackage
