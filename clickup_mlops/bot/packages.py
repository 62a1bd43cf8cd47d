"""What the bot is made of: its packages, each built from the core and from those before it.

A reader sees the way of an event: sources put it into the inbox, a worker takes its lane, and the
lane's kind says who handles it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from clickup_mlops.bot.core import Core
from clickup_mlops.bot.extensions import Extensions
from clickup_mlops.bot.handle.context.package import ContextPackage
from clickup_mlops.bot.handle.package import ExecutionPackage, HandlingPackage
from clickup_mlops.bot.lanes.package import LanesPackage
from clickup_mlops.bot.members import Members, member
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.receive.jobs_package import JobsPackage
from clickup_mlops.bot.receive.package import SourcesPackage
from clickup_mlops.bot.receive.scheduler import Scheduler
from clickup_mlops.bot.settings import Settings
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.governor import Governor
from clickup_mlops.features.corrections.package import CorrectionsPackage
from clickup_mlops.features.digests.package import DigestsPackage
from clickup_mlops.features.metrics.package import MetricsPackage
from clickup_mlops.features.outbound.package import OutboundPackage
from clickup_mlops.features.reports.package import ReportsPackage
from clickup_mlops.features.simulation.package import SimulationPackage
from clickup_mlops.features.slash_commands.execution import Undoing
from clickup_mlops.features.undo.package import UndoPackage
from clickup_mlops.features.wiki.package import WikiPackage
from clickup_mlops.store import Inbox, Store


@dataclass(frozen=True, slots=True)
class Builds:
    """How the packages are built that a simulation, or a test, builds otherwise."""

    context: Callable[[Core], ContextPackage] = ContextPackage
    execution: Callable[[Core, ContextPackage, OutboundPackage], ExecutionPackage] = (
        ExecutionPackage
    )
    handling: Callable[
        [Core, ContextPackage, ExecutionPackage, Undoing, Extensions], HandlingPackage
    ] = HandlingPackage
    others: tuple[Callable[["Packages"], Package], ...] = ()
    """Packages that no other one needs: each is built from those that it needs itself."""


NORMAL: Final = Builds(
    others=(
        CorrectionsPackage,
        SimulationPackage,
        MetricsPackage,
        ReportsPackage,
        DigestsPackage,
        WikiPackage,
    )
)
"""A new package is one more of the `others` here: what it registers is found."""


def simulated_packages() -> tuple[Callable[["Packages"], Package], ...]:
    """Those of the others that a simulation has too."""
    return tuple(
        build
        for build in NORMAL.others
        if isinstance(build, type) and issubclass(build, Package) and build.is_simulated
    )


class Packages(Members):
    """The packages of one bot. Nothing is built before it is asked for, and nothing runs."""

    def __init__(self, core: Core, builds: Builds = NORMAL) -> None:
        super().__init__(core.building)
        self.core = core
        self.context = builds.context(core)
        self.outbound = OutboundPackage(core)
        self.execution = builds.execution(core, self.context, self.outbound)
        self.extensions = Extensions(core.building, lambda: self.packages)
        self.undo = UndoPackage(core, self.execution, self.extensions)
        self.handling = builds.handling(
            core, self.context, self.execution, self.undo.command, self.extensions
        )
        self.sources = SourcesPackage(core, self.handling)
        packages: tuple[Package, ...] = (
            self.context,
            self.outbound,
            self.execution,
            self.undo,
            self.handling,
            self.sources,
            *(build(self) for build in builds.others),
        )
        self.jobs = JobsPackage(core, [job for each in packages for job in each.jobs()])
        packages = (*packages, self.jobs)
        self.lanes = LanesPackage(core, packages)
        self.packages = (*packages, self.lanes)

    @member
    def scheduler(self) -> Scheduler:
        """The thread that follows the clock."""
        timers = [timer for each in self.packages for timer in each.timers()]
        return Scheduler(timers, catch_up=self._catch_up)

    def _catch_up(self) -> None:
        for each in self.packages:
            each.catch_up()

    @property
    def settings(self) -> Settings:
        """What it was built with."""
        return self.core.settings

    @property
    def store(self) -> Store:
        """Where the bot remembers things."""
        return self.core.store

    @property
    def inbox(self) -> Inbox:
        """Where events are stored."""
        return self.core.inbox

    @property
    def client(self) -> ClickUp:
        """ClickUp."""
        return self.core.client

    @property
    def governor(self) -> Governor:
        """The rate budget."""
        return self.core.governor

    @property
    def workspace_id(self) -> str:
        """The configured Workspace, or the only one that the token sees."""
        return self.core.workspace_id

    @property
    def user_id(self) -> int:
        """The user that the token belongs to."""
        return self.core.user_id

    def now_ms(self) -> int:
        """The time now, Unix milliseconds."""
        return self.core.now_ms()
