"""What watches training runs."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from clickup_mlops import registry
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.registered import Job
from clickup_mlops.features.metrics.settings import MetricsSettings
from clickup_mlops.features.metrics.source import SourceTable
from clickup_mlops.features.progress.settings import NAME, ProgressSettings

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages
    from clickup_mlops.features.progress.source import RunSource

JOB: Final = "progress"


def kinds() -> "Mapping[str, RunSource[Any]]":
    """Each kind of source of runs by its name."""
    from clickup_mlops.features.progress import metric_sources

    return registry.find(metric_sources, "RUNS")


class ProgressPackage(Package):
    """A job, if there is a source of runs."""

    is_simulated = False

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)

    @property
    def settings(self) -> ProgressSettings:
        """`[progress]`."""
        return self.core.settings.table(ProgressSettings)

    def _sources(self) -> Mapping[str, SourceTable]:
        tables = self.core.settings.table(MetricsSettings).sources
        if not tables:
            return {}
        names = kinds()
        return {name: table for name, table in tables.items() if table.kind in names}

    def jobs(self) -> Iterable[Job]:
        """Look at the runs."""
        if self._sources():
            yield Job(JOB, self.settings.every, self.look, at_start=True)

    def own_sources(self) -> Iterable[str]:
        """Findings are reports."""
        return [NAME] if self._sources() else []

    def look(self) -> None:
        """One look at all runs. Raises StoreUnavailable: the next look goes on."""
        from clickup_mlops.features.progress.watching import Watching

        Watching(self.core, self._sources(), kinds()).look()


PACKAGE: Final = ProgressPackage
