"""What looks for faults of fabrics, and reports them like an alert of a tool."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from clickup_mlops import logs
from clickup_mlops.bot.members import member
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.registered import Job
from clickup_mlops.features.metrics.settings import MetricsSettings
from clickup_mlops.features.network.settings import NetworkSettings

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages
    from clickup_mlops.features.network.diagnosis.fabric import Fabric
    from clickup_mlops.features.network.diagnosis.windows import Windows
    from clickup_mlops.features.network.reporting import Findings
    from clickup_mlops.features.network.topology.loading import Readings

JOB: Final = "network_findings"
EVERY: Final = timedelta(minutes=1)
_log = logs.get()


class NetworkPackage(Package):
    """A job that diagnoses, if a source and a topology are configured."""

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)
        self._sources = packages.sources
        self._readings: Readings | None = None
        self._fabric: tuple[int, Fabric, bool] | None = None

    @property
    def is_used(self) -> bool:
        """Without a topology alarms would be guesses: then `network findings` alone tells."""
        settings = self.core.settings
        return bool(
            settings.table(NetworkSettings).topology and settings.table(MetricsSettings).sources
        )

    def jobs(self) -> Iterable[Job]:
        """Diagnose."""
        if self.is_used:
            yield Job(JOB, EVERY, self.look)

    @member
    def findings(self) -> "Findings":
        """Opens, changes and closes what is reported."""
        from clickup_mlops.features.network.reporting import Findings

        return Findings(self.core.store.notes)

    def look(self) -> None:
        """Diagnose what was read lately, and record what each job did with the fabric."""
        from clickup_mlops.features.network import operations
        from clickup_mlops.features.network.diagnosis.diagnose import WINDOW_MS
        from clickup_mlops.features.network.diagnosis.windows import windows
        from clickup_mlops.features.network.traffic.jobs import job_traffic
        from clickup_mlops.features.network.traffic.series import series

        core, now_ms = self.core, self.core.now_ms()
        fabric, is_complete = self._read_fabric(now_ms)
        readings = operations.read_readings(core.store, core.workspace_id, now_ms)
        past = operations.read_past(core.store, core.workspace_id, fabric, now_ms)
        data = windows(readings, now_ms, WINDOW_MS, fabric.name_of, past)
        self.report(data, fabric, now_ms, is_complete=is_complete)
        traffic = job_traffic(readings, data, fabric)
        core.store.history.put(series(core.workspace_id, traffic, now_ms))

    def report(
        self, data: "Windows", fabric: "Fabric", now_ms: int, *, is_complete: bool = True
    ) -> None:
        """Diagnose these readings, and put what is new into the inbox. Without a part of the fabric
        (`is_complete` false) no finding ends.
        """
        from clickup_mlops.features.integrations.deliveries import ReportRows
        from clickup_mlops.features.network.reporting import NAME

        core = self.core
        reports = self.findings.reports(data, fabric, now_ms, is_complete=is_complete)
        if reports:
            rows = ReportRows(core.inbox_writer, core.now_ms)
            self._sources.ingest.store(rows.create(NAME, [report for report, _news in reports]))
        self.findings.remember([news for _report, news in reports], now_ms)

    def _read_fabric(self, now_ms: int) -> tuple["Fabric", bool]:
        """The fabric, and whether all of it is known."""
        from clickup_mlops.features.metrics.read.reader import WorldReader
        from clickup_mlops.features.network.diagnosis.fabric import of_topology
        from clickup_mlops.features.network.topology.loading import Readings

        settings = self.core.settings.table(NetworkSettings)
        every_ms = settings.reread_topology / timedelta(milliseconds=1)
        if self._fabric is None or now_ms - self._fabric[0] >= every_ms:
            self._readings = self._readings or Readings()
            loaded = self._readings.load(settings.topology, WorldReader(), now_ms)
            self._note(loaded.problems, now_ms)
            self._fabric = now_ms, of_topology(loaded.topology), loaded.is_complete
        return self._fabric[1:]

    def _note(self, problems: Sequence[str], now_ms: int) -> None:
        """For people: in the log, and for `network findings`."""
        from clickup_mlops.features.network.operations import PROBLEMS

        for problem in problems:
            _log.warning("topology_problem", text=problem)
        notes = self.core.store.notes
        if problems:
            notes.put(PROBLEMS, PROBLEMS, [*problems], now_ms)
        else:
            notes.remove(PROBLEMS, PROBLEMS)


PACKAGE: Final[Any] = NetworkPackage
