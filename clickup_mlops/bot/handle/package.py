"""What handles events: what acts on ClickUp, and what evaluates and handles."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from clickup_mlops.automations import load
from clickup_mlops.automations.model import Effect
from clickup_mlops.automations.occurrence import POSTED
from clickup_mlops.automations.perform import ExecutorContext
from clickup_mlops.bot import internal_events
from clickup_mlops.bot.clock import to_ms
from clickup_mlops.bot.handle.alerts import Alerts
from clickup_mlops.bot.handle.context.missed_comments import MissedComments
from clickup_mlops.bot.handle.context.package import ContextPackage
from clickup_mlops.bot.handle.context.roles import Roles
from clickup_mlops.bot.handle.dependents import Dependents
from clickup_mlops.bot.handle.derived.derivation import Derivation
from clickup_mlops.bot.handle.derived.lost_events import LostEvents
from clickup_mlops.bot.handle.evaluator import Evaluator
from clickup_mlops.bot.handle.handler import EventHandler
from clickup_mlops.bot.handle.hold_notices import HoldNotices
from clickup_mlops.bot.handle.initial_priorities import InitialPriorities, go_live, read_arrival_ms
from clickup_mlops.bot.handle.lookups import StoreLookups
from clickup_mlops.bot.handle.person_overrides import PersonOverrides
from clickup_mlops.bot.handle.results.timeline import TimelineLog
from clickup_mlops.bot.handle.task_notes import TaskNotes
from clickup_mlops.bot.internal_events import InternalEvents
from clickup_mlops.bot.lanes.posting import Poster
from clickup_mlops.bot.lanes.shared_objects import SharedObjects
from clickup_mlops.bot.members import member
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.registered import LaneKind
from clickup_mlops.bot.write import runs
from clickup_mlops.bot.write.echoes import EchoFilter
from clickup_mlops.bot.write.mirrored_client import LaneJournal, MirroredClickUp
from clickup_mlops.bot.write.people import People
from clickup_mlops.bot.write.reconciler import Reconciler
from clickup_mlops.commands.model import Role
from clickup_mlops.store import InboxRow

if TYPE_CHECKING:
    from clickup_mlops.bot.core import Core

MOST_RECENT: Final = 200
"""Events of a task among which conditions count (`event.history`)."""


class ExecutionPackage(Package):
    """What writes to ClickUp, and finds out what became of writes that were cut off."""

    def __init__(self, core: "Core", context: ContextPackage) -> None:
        super().__init__(core)
        self._context = context

    @member
    def effects(self) -> Mapping[str, Effect]:
        """How things are written, and how their echoes are known."""
        return load.find_effects()

    @member
    def executor_context(self) -> ExecutorContext:
        """What executing an action needs."""
        core = self.core
        return ExecutorContext(
            clickup=MirroredClickUp(
                core.client,
                core.store,
                core.workspace_id,
                core.now_ms,
                core.extensions.service,
            ),
            effects=self.effects,
            journal=LaneJournal(core.store.journal),
            clock=core.now_ms,
            shadow=core.settings.automations.mode == "shadow",
            shadows=core.extensions.list_modes(),
            is_reported=self.people.is_reported,
            alone=SharedObjects(
                core.store,
                self.effects,
                lambda: core.workspace_id,
                core.now_ms,
                lease_ms=to_ms(core.settings.engine.lease),
            ),
        )

    @member
    def people(self) -> People:
        """Knows what people have changed."""
        core = self.core
        return People(core.store, self.effects, lambda: core.user_id, core.now_ms)

    @member
    def reconciler(self) -> Reconciler:
        """Finds out what became of writes that were cut off."""
        core = self.core
        late_ms = to_ms(core.settings.clickup.timeout)
        return Reconciler(
            core.store,
            self._context.reader,
            self.executor_context,
            core.now_ms,
            closing=self.dependents.maybe_freed,
            late_ms=late_ms,
        )

    @member
    def dependents(self) -> Dependents:
        """Has tasks evaluated again that wait for others."""
        core = self.core
        return Dependents(core.store, self._context.routing_context, core.inbox_writer, core.now_ms)

    @member
    def poster(self) -> Poster:
        """Writes from lanes of reports and digests, as automations do."""
        core = self.core
        return Poster(core.store, self.executor_context, self.reconciler.reconcile, core.now_ms)


class HandlingPackage(Package):
    """What evaluates and handles the events of a task, or of the Workspace."""

    def __init__(
        self,
        core: "Core",
        context: ContextPackage,
        execution: ExecutionPackage,
    ) -> None:
        super().__init__(core)
        self.context, self.execution = context, execution

    @member
    def first_sight(self) -> InitialPriorities:
        """Keeps the priorities that tasks have when they are first seen."""
        core = self.core
        return InitialPriorities(
            core.store, core.settings.routing, core.now_ms, lambda: core.user_id
        )

    @member
    def echoes(self) -> EchoFilter:
        """Tells what people did from the bot's own echoes."""
        core = self.core
        return EchoFilter(
            core.store,
            core.now_ms,
            lambda: core.user_id,
            effects=self.execution.effects,
            listeners=self.evaluator.listeners,
        )

    @member
    def overrides(self) -> PersonOverrides:
        """Keeps the priorities that people set."""
        core = self.core
        return PersonOverrides(
            core.store,
            core.settings.routing,
            core.now_ms,
            self.first_sight,
            self.core.extensions.event_consumers,
        )

    @member
    def notes(self) -> TaskNotes:
        """What is noted of each task: when it changed, its status, its incident."""
        return TaskNotes(self.core.store, self.core.now_ms)

    @member
    def evaluator(self) -> Evaluator:
        """Evaluates the automations."""
        core, context = self.core, self.context
        lookups = StoreLookups(
            core.store,
            context.reader,
            context.routing_context,
            core.now_ms,
            self.core.extensions.weekly_notes,
            notes=self.notes,
            recent=self.recent,
            policy=core.settings.routing,
            policy_of=context.router.policy_of,
            bot_tags=context.bot_tags,
            views=core.extensions.views(),
            me=lambda: core.user_id,
        )
        return Evaluator(
            context.in_spaces,
            context.router,
            context.routing_context,
            lookups,
            names=context.directory,
            settings=core.settings.automations,
            zone=core.settings.jobs.time_zone,
            clock=core.now_ms,
            flush=core.store.flush,
            evaluated=core.store.evaluations,
            memories=core.store.task_memory,
        )

    def recent(self, task_id: str, since_ms: int | None) -> Sequence[InboxRow]:
        """The latest events of a task, however many there were; or ClickUp's since then."""
        if since_ms is not None:
            return self.core.store.inbox.reported([task_id], since_ms)
        return self.core.store.waiting.latest(task_id, MOST_RECENT)

    @member
    def role_of(self) -> Callable[[int], Role | None]:
        """The role of a user by id; None for a stranger."""
        core = self.core
        members = partial(core.client.authorization.roles, core.workspace_id)
        remember_ms = to_ms(core.settings.commands.remember_roles)
        return Roles(members, core.now_ms, remember_ms=remember_ms).of

    @member
    def missed_comments(self) -> MissedComments | None:
        """Reads comments whose event was lost; None: no event is lost."""
        core = self.core
        store = core.store
        return MissedComments(
            core.client.comments, store.journal, store.inbox, lambda: core.user_id
        )

    @member
    def derivation(self) -> Derivation:
        """Derives changes whose event was lost."""
        return Derivation(self.core.store, self.execution.effects, self.core.now_ms)

    @member
    def lost_events(self) -> LostEvents:
        """Completes what a back-fill has found. Comments are read if anybody wants them."""
        reads_comments = self.core.settings.commands.enabled or POSTED in self.evaluator.listeners
        missed = self.missed_comments if reads_comments else None
        return LostEvents(self.core.store, self.derivation, missed)

    @member
    def hold_notices(self) -> HoldNotices:
        """Notifies people before the priority of one of them ends."""
        core, context = self.core, self.execution.executor_context
        notice, zone = core.settings.commands.hold_notice, core.settings.jobs.time_zone
        return HoldNotices(core.store, context, notice, core.now_ms, zone=zone)

    @member
    def internal_events(self) -> InternalEvents:
        """Holds automations back until quiet hours end."""
        return InternalEvents(self.core.inbox_writer)

    @member
    def alerts(self) -> Alerts:
        """Notes which alerts fire about each task."""
        return Alerts(self.core.store, self.core.inbox_writer, self.core.now_ms)

    @member
    def handler(self) -> EventHandler:
        """Handles the events of one task."""
        core, context, execution = self.core, self.context, self.execution
        runs.expect(context.in_spaces)
        return EventHandler(
            core.store,
            context.reader,
            self.echoes,
            self.overrides,
            self.evaluator,
            context=execution.executor_context,
            clock=core.now_ms,
            internal=self.internal_events,
            reconciler=execution.reconciler,
            answerers=core.extensions.comment_answerers(),
            dependents=execution.dependents,
            notes=self.notes,
            alerts=self.alerts,
            lost_events=self.lost_events,
            consumer=self.core.extensions.event_consumers,
        )

    def start(self) -> None:
        """Note since when the bot is here, since when it acts, and what was there before."""
        core = self.core
        now = core.now_ms()
        read_arrival_ms(core.store, now)
        TimelineLog(core.store).begin(core.workspace_id, now)
        if core.settings.automations.mode == "on":
            go_live(core.store, core.settings.routing, now)

    def lane_kinds(self) -> Iterable[LaneKind]:
        """The lanes of tasks, and of what waits for its time."""
        yield LaneKind("", self.handler.handle)
        yield LaneKind(internal_events.LANE, self.internal_events.release)
        yield LaneKind(internal_events.DELAY_LANE, self.internal_events.release)
