"""What looks for faults of fabrics, and reports them like an alert of a tool."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from clickup_mlops import logs
from clickup_mlops.bot.members import member
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.registered import Job
from clickup_mlops.features.integrations.deliveries import ReportRows
from clickup_mlops.features.metrics.settings import MetricsSettings
from clickup_mlops.features.network.reporting import NAME, Findings
from clickup_mlops.features.network.settings import NetworkSettings

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages
    from clickup_mlops.features.network.diagnosis.fabric import Fabric
    from clickup_mlops.features.network.diagnosis.windows import Windows

JOB: Final = "network_findings"
EVERY: Final = timedelta(minutes=1)
_log = logs.get()


class NetworkPackage(Package):
    """A job that diagnoses, if a source and a topology are configured."""

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)
        self._sources = packages.sources
        self._fabric: tuple[int, Fabric] | None = None

    def jobs(self) -> Iterable[Job]:
        """Without a topology alarms would be guesses: then `network findings` alone tells."""
        settings = self.core.settings
        if settings.table(NetworkSettings).topology and settings.table(MetricsSettings).sources:
            yield Job(JOB, EVERY, self.look)

    @member
    def findings(self) -> Findings:
        """Opens, changes and closes what is reported."""
        return Findings(self.core.store.notes)

    def look(self) -> None:
        """Diagnose what was read lately."""
        from clickup_mlops.features.network import operations

        core, now_ms = self.core, self.core.now_ms()
        fabric = self._read_fabric(now_ms)
        self.report(
            operations.read_windows(core.store, core.workspace_id, fabric, now_ms), fabric, now_ms
        )

    def report(self, data: "Windows", fabric: "Fabric", now_ms: int) -> None:
        """Diagnose these readings, and put what is new into the inbox."""
        core = self.core
        reports = self.findings.reports(data, fabric, now_ms)
        if reports:
            rows = ReportRows(core.inbox_writer, core.now_ms)
            self._sources.ingest.store(rows.create(NAME, [report for report, _news in reports]))
        self.findings.remember([news for _report, news in reports], now_ms)

    def _read_fabric(self, now_ms: int) -> "Fabric":
        from clickup_mlops.features.network import operations

        settings = self.core.settings.table(NetworkSettings)
        every_ms = settings.reread_topology / timedelta(milliseconds=1)
        if self._fabric is None or now_ms - self._fabric[0] >= every_ms:
            fabric, problems = operations.read_fabric(settings)
            for problem in problems:
                _log.warning("topology_problem", text=problem)
            self._fabric = now_ms, fabric
        return self._fabric[1]


PACKAGE: Final[Any] = NetworkPackage
