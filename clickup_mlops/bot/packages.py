"""What the bot is made of: its packages, each built from the core and from those before it. Those
of features are found: see `find_installed`.

A reader sees the way of an event: sources put it into the inbox, a worker takes its lane, and the
lane's kind says who handles it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from clickup_mlops import registry
from clickup_mlops.automations.model import Automation
from clickup_mlops.bot.core import Core
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
from clickup_mlops.store import Inbox, Store

P = TypeVar("P", bound=Package)


FeatureBuild = Callable[["Packages"], Package]
"""Builds a feature's package from those of the pipeline. It may not ask for other features'."""


def find_installed() -> tuple[FeatureBuild, ...]:
    """What each feature's `package.py` says in `PACKAGE`, by the features' names."""
    return tuple(registry.find_modules("package", "PACKAGE").values())


@dataclass(frozen=True, slots=True)
class Builds:
    """How the packages are built that a simulation, or a test, builds otherwise."""

    context: Callable[[Core], ContextPackage] = ContextPackage
    execution: Callable[[Core, ContextPackage], ExecutionPackage] = ExecutionPackage
    handling: Callable[[Core, ContextPackage, ExecutionPackage], HandlingPackage] = HandlingPackage
    features: Callable[[], tuple[FeatureBuild, ...]] = find_installed


NORMAL: Final = Builds()


def find_simulated() -> tuple[FeatureBuild, ...]:
    """Those of the installed ones that a simulation has too."""
    return tuple(
        build
        for build in find_installed()
        if isinstance(build, type) and issubclass(build, Package) and build.is_simulated
    )


class Packages(Members):
    """The packages of one bot. Nothing is built before it is asked for, and nothing runs."""

    def __init__(self, core: Core, builds: Builds = NORMAL) -> None:
        super().__init__(core.building)
        self.core = core
        self.context = builds.context(core)
        self.execution = builds.execution(core, self.context)
        self.handling = builds.handling(core, self.context, self.execution)
        self.sources = SourcesPackage(core, self.handling)
        features = tuple(build(self) for build in builds.features())
        core.extensions.packages = features
        packages = (self.context, self.execution, self.handling, self.sources, *features)
        self.jobs = JobsPackage(core, [job for package in packages for job in package.jobs()])
        self.lanes = LanesPackage(core, (*packages, self.jobs))
        self.packages: tuple[Package, ...] = (*packages, self.jobs, self.lanes)

    def get(self, kind: type[P]) -> P:
        """The package of this class, of which there is one."""
        (package,) = [package for package in self.packages if isinstance(package, kind)]
        return package

    def check_automations(self, automations: Sequence[Automation]) -> None:
        """Find automations that cannot work with the settings of a feature.

        Raises:
            ContentError: names the automation's file and key.
        """
        for package in self.packages:
            package.check_automations(automations)

    def named_people(self) -> Iterator[tuple[str, str]]:
        """People whom the settings name: the key, and the name or e-mail."""
        for package in self.packages:
            yield from package.named_people()

    @member
    def scheduler(self) -> Scheduler:
        """The thread that follows the clock."""
        timers = [timer for package in self.packages for timer in package.timers()]
        return Scheduler(timers, catch_up=self._catch_up)

    def _catch_up(self) -> None:
        for package in self.packages:
            package.catch_up()

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
        """The client of ClickUp."""
        return self.core.client

    @property
    def governor(self) -> Governor:
        """What shares out the rate budget between callers."""
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
