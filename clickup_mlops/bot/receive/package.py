"""Where events come from."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from clickup_mlops.automations.events import REEVALUATION
from clickup_mlops.bot.clock import to_ms
from clickup_mlops.bot.handle.package import HandlingPackage
from clickup_mlops.bot.members import member
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.receive import schedules
from clickup_mlops.bot.receive.backfill import Backfill
from clickup_mlops.bot.receive.clickup_deliveries import ClickUpDeliveries
from clickup_mlops.bot.receive.clickup_webhook import Hooks
from clickup_mlops.bot.receive.ingest import Ingest
from clickup_mlops.bot.receive.jobs import JobQueue
from clickup_mlops.bot.receive.ranking import Ranking
from clickup_mlops.bot.receive.reevaluation import Reevaluation
from clickup_mlops.bot.receive.retention import prune
from clickup_mlops.bot.receive.schedules import Schedules
from clickup_mlops.bot.receive.source_contacts import SourceContacts
from clickup_mlops.bot.registered import Job, LaneKind, Timer
from clickup_mlops.clickup.governor import PriorityClass
from clickup_mlops.clickup.model import Event
from clickup_mlops.store import InboxRow, Incoming
from clickup_mlops.store.ranks import Urgency, compute_rank

if TYPE_CHECKING:
    from clickup_mlops.bot.core import Core

PRUNE_EVERY: Final = timedelta(days=1)


class SourcesPackage(Package):
    """The webhook in ClickUp, what it missed, schedules, and time itself."""

    def __init__(self, core: "Core", handling: HandlingPackage) -> None:
        super().__init__(core)
        self._handling = handling
        # No members: requests come before the bot is ready, and must not wait for one to be built.
        self.clickup_deliveries = ClickUpDeliveries(
            self.secrets,
            lambda _webhook_id: core.workspace_id,
            self._is_own_echo,
            self._rank,
            self._can_wait,
        )
        self.ingest = Ingest(
            lambda: core.inbox,
            core.dispatch,
            core.now_ms,
            dispatch_later=core.dispatch.later,
            record_contact=self._record_contact,
        )

    def secrets(self, webhook_id: str) -> tuple[str, ...]:
        """Those that a delivery of this webhook may be signed with; none: not ours.

        Raises:
            StoreBusy: the bot cannot know yet.
        """
        self.core.readiness.check()
        return self.hooks.secrets(webhook_id)

    def _is_own_echo(self, event: Event, row: Incoming) -> bool:
        return self._handling.handler.is_own_echo(event, row)

    def _rank(self, event: Event, now_ms: int) -> int:
        return self.ranking.of_event(event, now_ms)

    def _can_wait(self, event: Event) -> bool:
        return self._handling.handler.leads_to_nothing(event)

    def _rank_late(self, task_id: str, list_id: str | None) -> int:
        return self.ranking.of_task(Urgency.LATE, task_id, list_id)

    def _record_contact(self, source: str) -> None:
        self.contacts.record(source)

    @member
    def ranking(self) -> Ranking:
        """How soon the lane of an event is taken."""
        core = self.core
        return Ranking(core.store.workload_estimates, core.settings.routing.workload_names)

    @member
    def hooks(self) -> Hooks:
        """The webhook in ClickUp. Ahead of routing, because without it nothing arrives."""
        core = self.core
        return Hooks(
            core.client.with_priority_class(PriorityClass.INTERACTIVE).webhooks,
            core.store.cursors,
            core.store.leases,
            core.settings.hooks,
            workspace=core.workspace_id,
            clock=core.now_ms,
            lease_ms=to_ms(core.settings.engine.lease),
            on_checked=partial(core.store.stats.hooks_checked, core.workspace_id),
        )

    @member
    def backfill(self) -> Backfill:
        """Finds changes whose event never came."""
        core, settings = self.core, self.core.settings
        return Backfill(
            core.client.tasks,
            core.store,
            workspace=core.workspace_id,
            space_id=settings.hooks.space_id,
            list_id=settings.hooks.list_id,
            overlap_ms=to_ms(settings.jobs.backfill_overlap),
            clock=core.now_ms,
            inbox=core.inbox_writer,
            derivation=self._handling.derivation,
            on_missed=self._handling.first_sight.keep_new,
            rank=self._rank_late,
        )

    @member
    def reevaluation(self) -> Reevaluation:
        """Evaluates open tasks again as time passes."""
        core, context = self.core, self._handling.context
        listening = [
            automation
            for automation in context.in_spaces
            if REEVALUATION in automation.on and not automation.is_off
        ]
        shadow = core.settings.automations.mode == "shadow"
        return Reevaluation(
            core.store,
            context.router,
            context.routing_context,
            workspace=core.workspace_id,
            inbox=core.inbox_writer,
            most=core.settings.jobs.reevaluate_most,
            clock=core.now_ms,
            listeners=frozenset(automation.name for automation in listening),
            rank=self._rank_late,
            dry=shadow or all(automation.mode == "shadow" for automation in listening),
        )

    @member
    def contacts(self) -> SourceContacts:
        """When each source has last sent something."""
        core = self.core
        return SourceContacts(core.extensions.watched_sources(), core.store.notes, core.now_ms)

    @member
    def schedules(self) -> Schedules:
        """Automations with a schedule of their own."""
        core = self.core
        return Schedules(
            core.store,
            self._handling.evaluator,
            core.inbox_writer,
            core.now_ms,
            rank=self._rank_late,
        )

    def jobs(self) -> Iterable[Job]:
        """Keep the webhook, find what it missed, follow the time, delete what is old."""
        settings = self.core.settings
        yield Job("heal", settings.hooks.check_every, self._heal, at_start=True)
        yield Job("backfill", settings.jobs.backfill_every, self._backfill, at_start=True)
        yield Job("reevaluate", settings.jobs.reevaluate_every, self._reevaluate)
        yield Job("prune", PRUNE_EVERY, self._prune, at_start=True)

    def lane_kinds(self) -> Iterable[LaneKind]:
        """Events for the whole Workspace."""
        yield LaneKind(schedules.LANE, self._handle_schedule)

    def timers(self) -> Iterable[Timer]:
        """The automations' own schedules."""
        return self.schedules.timers()

    def start(self) -> None:
        """Schedules whose time passed while the bot was away."""
        self.schedules.forget_off()
        self.schedules.catch_up()

    def catch_up(self) -> None:
        """Schedules whose time passed."""
        self.schedules.catch_up()

    def _handle_schedule(self, rows: Sequence[InboxRow]) -> None:
        self._handling.handler.handle_workspace(rows, self.schedules.due)

    def _heal(self) -> None:
        """Repair the webhook; if it was broken, look for what it missed."""
        if self.hooks.heal():
            self.backfill.interrupted()
            JobQueue(self.core.inbox_writer, self.core.now_ms).run_now("backfill")

    def _backfill(self) -> None:
        self._dispatch(self.backfill.run())

    def _reevaluate(self) -> None:
        """First the mirror is brought up to date: one call, usually."""
        self._backfill()
        self._dispatch(self.reevaluation.run())
        self._handling.hold_notices.run()

    def _prune(self) -> None:
        for package in self.core.extensions.packages:
            package.prune()
        prune(self.core.store, self.core.settings.retention, self.core.now_ms())

    def _dispatch(self, lanes: Iterable[str]) -> None:
        for lane in lanes:
            self.core.dispatch(lane, compute_rank(Urgency.LATE))
