"""The bot's packages as a simulation builds them: nobody is asked, nothing is written outside."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from clickup_mlops.automations.effect_client import FindService
from clickup_mlops.automations.model import Action, Automation, Effect, Problem, Unanswered
from clickup_mlops.automations.names import Names
from clickup_mlops.automations.perform import ExecutorContext, State
from clickup_mlops.bot import services
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.core import Core
from clickup_mlops.bot.handle.context.missed_comments import MissedComments
from clickup_mlops.bot.handle.context.package import ContextPackage
from clickup_mlops.bot.handle.derived.lost_events import LostEvents
from clickup_mlops.bot.handle.package import ExecutionPackage, HandlingPackage
from clickup_mlops.bot.identity import Identity
from clickup_mlops.bot.members import member
from clickup_mlops.bot.read.reader import TaskReader, TaskRequest
from clickup_mlops.bot.settings import Settings
from clickup_mlops.bot.write.mirrored_client import LaneJournal
from clickup_mlops.bot.write.people import People
from clickup_mlops.clickup.client.resources.authorization import Authorization
from clickup_mlops.clickup.model import Task
from clickup_mlops.commands.model import Role
from clickup_mlops.errors import NotFound
from clickup_mlops.features.simulation.effects import US
from clickup_mlops.features.simulation.tasks import SimulatedTasks
from clickup_mlops.routing.router import Router
from clickup_mlops.store import InboxRow, Store
from clickup_mlops.store.tables.overrides import Overrides

WORKSPACE: Final = "simulation"
Report = Callable[[Action | Problem, State], None]
"""Gets the outcome of each finding: see `ExecutorContext.observe`."""
Recent = Callable[[str], Sequence[InboxRow]]
"""The latest events of a task."""


class NoClient:
    """In place of the client: has no answer to anything."""

    def __getattr__(self, name: str) -> Any:
        raise Unanswered(f"a simulation asks nobody about {name}")


@dataclass(frozen=True, slots=True)
class OwnStore(NoClient):
    """The `EffectClient` of a simulation: only what the bot keeps itself."""

    overrides: Overrides
    service: FindService
    workspace_id: str = WORKSPACE


class SimulatedReader:
    """The reader of a simulation: simulated tasks, without a call."""

    longest_wait_ms = 0

    def __init__(self, tasks: SimulatedTasks) -> None:
        self._tasks = tasks
        self.reads = 0

    def read(self, request: TaskRequest) -> Task:
        """The task. Raises NotFound."""
        return self.read_now(request.task_id)

    def read_now(self, task_id: str) -> Task:
        """The task. Raises NotFound."""
        raw = self._tasks.by_id.get(task_id)
        if raw is None:
            raise NotFound(f"task {task_id} is not known", call="GET /api/v2/task/{task_id}")
        self.reads += 1
        return Task.parse(raw)

    def read_children(self, task_id: str) -> None:
        """The mirror knows all tasks of a simulation."""


class SimulatedIdentity(Identity):
    """Nobody real, in no real Workspace."""

    def __init__(self, store: Store) -> None:
        super().__init__(_unasked, lambda: store.cursors, token="", workspace_id=WORKSPACE)

    @property
    def user_id(self) -> int:
        """Nobody has this id."""
        return US


def _unasked() -> Authorization:
    raise NotFound("a simulation asks nobody who it is")


class SimulatedCore(Core):
    """With a store that is thrown away, and the time of the recordings."""

    is_simulated = True

    def __init__(self, settings: Settings, store: Store, clock: Clock) -> None:
        always_on = settings.commands.model_copy(update={"enabled": True})
        super().__init__(settings.model_copy(update={"commands": always_on}), clock)
        self._store = store

    @member
    def store(self) -> Store:
        """The one that is thrown away."""
        return services.follow(self._store, self.settings.routing)

    @member
    def identity(self) -> Identity:
        """Nobody real."""
        return SimulatedIdentity(self._store)


@dataclass(frozen=True, slots=True)
class SimulationParts:
    """What a simulation has instead of ClickUp."""

    automations: tuple[Automation, ...]
    router: Router
    names: Names
    reader: SimulatedReader
    effects: Mapping[str, Effect]
    report: Report
    recent: Recent


class SimulatedContext(ContextPackage):
    """The automations to try, names that need no call, simulated tasks."""

    def __init__(self, core: Core, parts: SimulationParts) -> None:
        super().__init__(core)
        self._parts = parts

    @member
    def automations(self) -> tuple[Automation, ...]:
        """Those to try."""
        return self._parts.automations

    @member
    def in_spaces(self) -> tuple[Automation, ...]:
        """Those to try: the real bot's store says where they are on."""
        return self._parts.automations

    @member
    def router(self) -> Router:
        """As configured; each text is read once."""
        return self._parts.router

    @member
    def reader(self) -> TaskReader:
        """Simulated tasks."""
        return self._parts.reader

    @member
    def directory(self) -> Names:
        """Names that need no call."""
        return self._parts.names


class SimulatedExecution(ExecutionPackage):
    """Effects change the simulated tasks, and are reported."""

    def __init__(self, core: Core, context: ContextPackage, parts: SimulationParts) -> None:
        super().__init__(core, context)
        self._parts = parts

    @member
    def effects(self) -> Mapping[str, Effect]:
        """They change the simulated tasks."""
        return self._parts.effects

    @member
    def executor_context(self) -> ExecutorContext:
        """Without a client."""
        store = self.core.store
        return ExecutorContext(
            clickup=OwnStore(store.overrides, self.core.extensions.service),
            effects=self.effects,
            journal=LaneJournal(store.journal),
            clock=self.core.now_ms,
            observe=self._parts.report,
        )

    @member
    def people(self) -> People:
        """Events prove nothing: nobody knows which user is the bot."""
        return People(self.core.store, self._parts.effects, lambda: None, self.core.now_ms)


class SimulatedHandling(HandlingPackage):
    """Without what asks ClickUp."""

    def __init__(
        self,
        core: Core,
        context: ContextPackage,
        execution: ExecutionPackage,
        parts: SimulationParts,
    ) -> None:
        super().__init__(core, context, execution)
        self._parts = parts

    def recent(self, task_id: str, since_ms: int | None) -> Sequence[InboxRow]:
        """What was replayed, which is not in the inbox."""
        return self._parts.recent(task_id)

    @member
    def lost_events(self) -> LostEvents:
        """Recordings have what was lost."""
        return LostEvents(self.core.store, self.derivation, None)

    @member
    def role_of(self) -> Callable[[int], Role | None]:
        """Whoever gave a command might do so."""
        return lambda _user_id: "member"

    @member
    def missed_comments(self) -> MissedComments | None:
        """Recordings have what was lost."""
        return None
