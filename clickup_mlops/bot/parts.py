"""The bot's parts, each built from the settings when it is first asked for.

So a command that only looks at the store needs no token and makes no call. Here, and only here, are
clients, store and automations built and passed on.
"""

import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from typing import Self

from clickup_mlops import content, logs
from clickup_mlops.automations import load as automations
from clickup_mlops.automations.events import REEVALUATION
from clickup_mlops.automations.model import Automation, Effect
from clickup_mlops.automations.perform import Hands
from clickup_mlops.bot import ruled
from clickup_mlops.bot.building import Container, part
from clickup_mlops.bot.clock import Clock, now_ms
from clickup_mlops.bot.handling.context import learned
from clickup_mlops.bot.handling.context.directory import Directory
from clickup_mlops.bot.handling.context.reader import Reader
from clickup_mlops.bot.handling.context.roles import Roles
from clickup_mlops.bot.handling.context.routing_context import RoutingContext
from clickup_mlops.bot.handling.echoes import People
from clickup_mlops.bot.handling.evaluator import Evaluator
from clickup_mlops.bot.handling.first_sight import FirstSight
from clickup_mlops.bot.handling.handler import CRON, EventHandler
from clickup_mlops.bot.handling.mirrored_client import LaneJournal, MirroredClickUp
from clickup_mlops.bot.handling.reconciler import Reconciler
from clickup_mlops.bot.handling.slash_commands import SlashCommands, Terms
from clickup_mlops.bot.identity import Identity
from clickup_mlops.bot.lanes import engines
from clickup_mlops.bot.lanes.activity import Activity
from clickup_mlops.bot.lanes.engines.threads import Threads
from clickup_mlops.bot.lanes.sweeper import Sweeper
from clickup_mlops.bot.lanes.watchdog import Watchdog
from clickup_mlops.bot.lanes.worker import Gate, Lanes
from clickup_mlops.bot.outbound import outbound
from clickup_mlops.bot.outbound.outbound import Outbound
from clickup_mlops.bot.settings import Settings
from clickup_mlops.bot.sources.backfill import Backfill
from clickup_mlops.bot.sources.clickup_webhook import Hooks
from clickup_mlops.bot.sources.integrations import Integrations
from clickup_mlops.bot.sources.jobs import Jobs, Schedule, intervals
from clickup_mlops.bot.sources.reevaluation import Reevaluation
from clickup_mlops.bot.sources.schedules import Scheduled
from clickup_mlops.bot.undo.command import UndoHere
from clickup_mlops.bot.undo.undoing import Undoing
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.clock import ServerClock
from clickup_mlops.clickup.governor import Governor, PriorityClass
from clickup_mlops.commands.dispatch import find_commands
from clickup_mlops.errors import ConfigError
from clickup_mlops.routing.classifier import classify
from clickup_mlops.routing.classifier.classify import Classifier
from clickup_mlops.routing.router import Router
from clickup_mlops.store import Inbox, Store
from clickup_mlops.store.tables.budget import BudgetLedger

_log = logs.get()


class Parts(Container):
    """All parts by name. Use it in a `with`; nothing runs by itself."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock = now_ms,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        super().__init__()
        # Now by ClickUp's clock, once an answer shows that ours is off: times on the wire are its.
        self.settings, self.now_ms = settings, ServerClock(clock)
        self._closing = ExitStack()
        self._started = False
        self._stopping = threading.Event()
        self._sleep = sleep or self._wait
        self.gate = Gate()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    # -- what parts ask of the whole

    def arrived(self, lane: str) -> None:
        """A lane has something to do: hand it to who runs it, if that runs here. Never waits."""
        if self._started:
            (self.rounds if lane.startswith(CRON) else self.engine).dispatch(lane)

    def soon(self, job: str) -> bool:
        """Have a scheduled job run now, besides its usual times."""
        return self.schedule.soon(job)

    @property
    def inbox(self) -> Inbox:
        """Where events are stored."""
        return self.store.inbox

    def _wait(self, seconds: float) -> None:
        self._stopping.wait(seconds)

    def _may_open_the_store(self) -> None:
        """Nothing, unless it is somebody else's business."""

    # -- one by one

    @part
    def store(self) -> Store:
        """Opened, and its tables brought up to date."""
        self._may_open_the_store()
        url = self.settings.store.url.get_secret_value()
        return self._closing.enter_context(Store.open(url, keys=self.settings.audit.keyring))

    @part
    def governor(self) -> Governor:
        """One rate budget with every process that uses this token and this store."""
        governor = Governor(BudgetLedger(self.store.database), self._token, clock_ms=self.now_ms)
        self._closing.callback(governor.close)
        return governor

    @part
    def client(self) -> ClickUp:
        """ClickUp, in the routing lane."""
        settings = self.settings.clickup
        return ClickUp(
            self._token,
            base_url=settings.base_url,
            governor=self.governor,
            clock=self.now_ms,
            priority_class=PriorityClass.ROUTING,
            oauth=settings.oauth,
            timeout_s=settings.timeout.total_seconds(),
            sleep=self._sleep,
        )

    @part
    def identity(self) -> Identity:
        """Who the bot is in ClickUp."""
        return Identity(
            lambda: self.client.authorization,
            lambda: self.store.cursors,
            token=self._token,
            given=self.settings.clickup.workspace_id,
        )

    @property
    def workspace_id(self) -> str:
        """The configured Workspace, or the only one that the token sees."""
        return self.identity.workspace_id

    @property
    def user_id(self) -> int:
        """The user that the token belongs to."""
        return self.identity.user_id

    @part
    def automations(self) -> tuple[Automation, ...]:
        """The automations, checked."""
        own = self.settings.automations
        return automations.load(content.folder("automations", own.folder), choices=own.by_name)

    @part
    def classifier(self) -> Classifier:
        """Tells a task's kind of work from its text."""
        settings = self.settings.classifier
        return classify.load(settings.corpus, learned.read(settings.learned))

    @part
    def router(self) -> Router:
        """The policy with the classifier, and what templates say about their Spaces."""
        return Router(self.settings.routing, self.classifier, self.store.space_policies)

    @part
    def hooks(self) -> Hooks:
        """The webhook in ClickUp. Ahead of routing, because without it nothing arrives."""
        return Hooks(
            self.client.with_priority_class(PriorityClass.INTERACTIVE).webhooks,
            self.store.cursors,
            self.store.leases,
            self.settings.hooks,
            workspace=self.workspace_id,
            clock=self.now_ms,
            lease_ms=_ms(self.settings.engine.lease),
            noted=partial(self.store.stats.hooks_checked, self.workspace_id),
        )

    @part
    def backfill(self) -> Backfill:
        """Finds changes whose event never came."""
        return Backfill(
            self.client.tasks,
            self.store,
            workspace=self.workspace_id,
            space_id=self.settings.hooks.space_id,
            list_id=self.settings.hooks.list_id,
            overlap_ms=_ms(self.settings.jobs.backfill_overlap),
            clock=self.now_ms,
            greet=self.first_sight.greet,
        )

    @part
    def reader(self) -> Reader:
        """Reads tasks at the lowest price in calls."""
        return Reader(
            self.client.tasks,
            self.store.mirror,
            self.store.waiting,
            workspace=self.workspace_id,
            clock=self.now_ms,
            longest_wait_ms=_ms(self.settings.clickup.batch_window),
        )

    @part
    def people(self) -> People:
        """Tells what people did from our own echoes."""
        return People(
            self.store,
            self.settings.routing,
            self.now_ms,
            lambda: self.user_id,
            effects=self.effects,
            listened=self.evaluator.listened,
            first_sight=self.first_sight,
        )

    @part
    def first_sight(self) -> FirstSight:
        """Keeps the priorities that tasks have when they are first seen."""
        return FirstSight(self.store, self.settings.routing, self.now_ms, lambda: self.user_id)

    @part
    def effects(self) -> Mapping[str, Effect]:
        """How things are written, and how their echoes are known."""
        return automations.find_effects()

    @part
    def routing_context(self) -> RoutingContext:
        """What stands around a task."""
        store = self.store
        return RoutingContext(store.mirror, store.overrides, store.decisions)

    @part
    def evaluator(self) -> Evaluator:
        """Asks the automations."""
        return ruled.evaluator(self)

    @part
    def integrations(self) -> Integrations:
        """Reports of other systems."""
        return ruled.integrations(self)

    @part
    def scheduled(self) -> Scheduled:
        """Automations with a schedule of their own."""
        return Scheduled(self.store, self.evaluator, self.workspace_id, self.arrived, self.now_ms)

    @part
    def reevaluation(self) -> Reevaluation:
        """Judges open tasks again as time passes."""
        listening = [
            automation
            for automation in self.automations
            if REEVALUATION in automation.on and automation.mode != "off"
        ]
        shadow = self.settings.automations.mode == "shadow"
        return Reevaluation(
            self.store,
            self.router,
            self.routing_context,
            workspace=self.workspace_id,
            most=self.settings.jobs.reevaluate_most,
            clock=self.now_ms,
            listeners=frozenset(automation.name for automation in listening),
            dry=shadow or all(automation.mode == "shadow" for automation in listening),
        )

    @part
    def jobs(self) -> Jobs:
        """The work of the scheduled jobs."""
        return Jobs(
            self.hooks,
            self.backfill,
            self.reevaluation,
            self.store,
            retention=self.settings.retention,
            ask=self.soon,
            arrived=self.arrived,
            clock=self.now_ms,
        )

    @part
    def intake(self) -> EventHandler:
        """What is done about the events of one task."""
        return ruled.intake(self)

    @part
    def outbound(self) -> Outbound:
        """Webhooks that automations send."""
        return outbound.build(
            self.store.inbox, self.settings.outbound, self.workspace_id, self.now_ms, self.arrived
        )

    @part
    def reconciler(self) -> Reconciler:
        """Finds out what became of writes that were cut off."""
        late_ms = _ms(self.settings.clickup.timeout)
        return Reconciler(self.store, self.reader, self._hands, self.now_ms, late_ms=late_ms)

    @part
    def slash_commands(self) -> SlashCommands | None:
        """Answers slash commands, if they are switched on."""
        settings = self.settings.commands
        if not settings.enabled:
            return None
        believed_ms = _ms(settings.believe_roles)
        members = partial(self.client.authorization.roles, self.workspace_id)
        return SlashCommands(
            self.store,
            self._hands,
            Roles(members, self.now_ms, believed_ms=believed_ms).of,
            self._terms,
            undo=self.undo_here,
            clock=self.now_ms,
        )

    @property
    def _terms(self) -> Terms:
        known = {automation.name: automation for automation in self.automations}
        return Terms(find_commands(), self.settings.commands.allow, self.settings.routing, known)

    @part
    def directory(self) -> Directory:
        """People, groups and Lists by name."""
        cursors, people = self.store.cursors, self.settings.people
        return Directory(
            self.client, cursors, people, workspace=self.workspace_id, clock=self.now_ms
        )

    @part
    def lanes(self) -> Lanes:
        """Runs lanes; its `run` is what every engine calls."""
        return Lanes(
            self.store.inbox,
            outbound.either(self.intake.handle, self.outbound.deliver),
            settings=self.settings.engine,
            clock=self.now_ms,
            later=self.sweeper.at,
            gate=self.gate,
            activity=self.activity,
            singly=outbound.LANE,
        )

    @part
    def activity(self) -> Activity:
        """Who handles which lane; jobs have thresholds of their own."""
        return Activity(ignored=CRON)

    @part
    def watchdog(self) -> Watchdog:
        """Tells when lanes stand still."""
        return Watchdog(
            self.activity,
            self.governor,
            lambda: self.sweeper.last,
            paused=lambda: self.gate.is_closed(self.now_ms()),
            after_s=self.settings.engine.stalled_after.total_seconds(),
        )

    @part
    def engine(self) -> engines.Engine:
        """Who runs the lanes."""
        return engines.create(self.settings.engine, self.settings.store.url.get_secret_value())

    @part
    def rounds(self) -> engines.Engine:
        """Who runs the jobs' rounds: a thread for each. One that is cut off does no harm."""
        return Threads(len(self.jobs.by_name), stop_s=1.0, name="round")

    @part
    def sweeper(self) -> Sweeper:
        """Finds lanes that wait and that nobody handles."""
        every_s = self.settings.engine.sweep_every.total_seconds()
        return Sweeper(self.store.inbox, self.arrived, self.now_ms, every_s)

    @part
    def schedule(self) -> Schedule:
        """Puts the jobs into the inbox when it is time."""
        return Schedule(
            self.store,
            intervals(self.settings.hooks, self.settings.jobs),
            time_zone=self.settings.jobs.time_zone,
            lease=self.settings.engine.lease,
            workspace=self.workspace_id,
            arrived=self.arrived,
            renew=self.lanes.renew,
            clock=self.now_ms,
            scheduled=self.scheduled,
        )

    @part
    def undoing(self) -> Undoing:
        """Takes back what the bot did."""
        return Undoing(
            self.store,
            self.client.tasks,
            self._hands,
            workspace=self.workspace_id,
            keeps_ms=_ms(self.settings.routing.person_keeps),
            clock=self.now_ms,
            settle=self.reconciler.settle,
        )

    @part
    def undo_here(self) -> UndoHere:
        """What `/undo` does."""
        return UndoHere(self.store, self.undoing)

    @part
    def _hands(self) -> Hands:
        return Hands(
            clickup=MirroredClickUp(
                self.client, self.store, self.workspace_id, self.now_ms, self.outbound
            ),
            effects=self.effects,
            journal=LaneJournal(self.store.journal),
            shadow=self.settings.automations.mode == "shadow",
        )

    @property
    def _token(self) -> str:
        token = self.settings.clickup.token.get_secret_value()
        if not token:
            raise ConfigError(
                "clickup.token is not set",
                hint="Put it into the environment as CLICKUP_MLOPS_CLICKUP__TOKEN.",
            )
        logs.redactor.hide([token])
        return token


def _ms(duration: timedelta) -> int:
    return int(duration.total_seconds() * 1000)
