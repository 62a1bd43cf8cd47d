"""Puts the bot together from its settings: the only place that builds clients, store and rules.

Parts are built when first asked for, so that a command that only looks at the store needs no token
and makes no call.
"""

import hashlib
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from functools import cached_property, partial
from typing import Self

from clickup_mlops import content, logs
from clickup_mlops.bot import engine as engines
from clickup_mlops.bot import learned, vitals
from clickup_mlops.bot.ageing import Ageing
from clickup_mlops.bot.backfill import Backfill
from clickup_mlops.bot.clock import Clock, now_ms
from clickup_mlops.bot.directory import Directory
from clickup_mlops.bot.hooks import Hooks
from clickup_mlops.bot.intake import Intake
from clickup_mlops.bot.jobs import Jobs, Schedule
from clickup_mlops.bot.lanes import Lanes
from clickup_mlops.bot.people import People
from clickup_mlops.bot.reader import Reader
from clickup_mlops.bot.ruling import Ruling
from clickup_mlops.bot.settings import Settings
from clickup_mlops.bot.surroundings import Surroundings
from clickup_mlops.bot.sweeper import LIMIT, Sweeper
from clickup_mlops.bot.writer import LaneJournal, MirroredClickUp
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.clock import ServerClock
from clickup_mlops.clickup.governor import Governor, Lane
from clickup_mlops.errors import ConfigError
from clickup_mlops.routing import classify
from clickup_mlops.routing.classify import Classifier
from clickup_mlops.routing.router import Router
from clickup_mlops.rules import load as rules
from clickup_mlops.rules.model import Rule
from clickup_mlops.rules.perform import Hands
from clickup_mlops.store import Inbox, Store
from clickup_mlops.store.budget import BudgetLedger

_log = logs.get()


def build(settings: Settings, *, clock: Clock = now_ms) -> "Bot":
    """The bot for these settings; use it in a `with`. Starts nothing before `start`."""
    return Bot(settings, clock)


class Bot:
    """All parts by name. `start` runs them in threads; `run_until_idle` in this thread alone."""

    def __init__(self, settings: Settings, clock: Clock = now_ms) -> None:
        # Now by ClickUp's clock, once an answer shows that ours is off: times on the wire are its.
        self.settings, self.now_ms = settings, ServerClock(clock)
        self._closing = ExitStack()
        self._started = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._closing.close()

    # -- running

    def must_be_complete(self) -> None:
        """Find what would keep it from starting, without a call, a database or a thread.

        Raises:
            ConfigError: the token is missing, or a folder.
            ContentError: an automation, or the team's words for the classifier, cannot be used.
        """
        _ = self._token, self.rules
        own = self.settings.classifier
        if own.corpus or own.learned.is_file():
            _ = self.classifier

    def start(self) -> None:
        """Handle events, keep the webhook, follow the clock. Call it once."""
        # Everything is built and checked before the first thread runs.
        _log.info("bot_starts", workspace=self.workspace_id, user=self.user_id)
        self.engine.start(self.lanes.run)
        self.schedule.start()
        self.sweeper.start()
        self._started = True
        vitals.build_info(self.settings.engine.kind)
        _log.info("bot_started", engine=self.settings.engine.kind)

    def stop(self) -> None:
        """Finish what is being done now, then end every thread."""
        if self._started:
            self._started = False
            self.sweeper.stop()
            self.schedule.stop()
            self.engine.stop()

    def stopped(self) -> list[str]:
        """Parts that should run and do not."""
        return [name for name, runs in self._running.items() if not runs]

    def worries(self) -> list[str]:
        """What keeps the bot from working although all parts run."""
        gate = self.lanes.gate
        return [f"paused: {gate.reason}"] if gate.is_closed(self.now_ms()) else []

    @property
    def _running(self) -> dict[str, bool]:
        return {"scheduler": self.schedule.running, "sweeper": self.sweeper.running}

    def measure(self) -> None:
        """Bring the gauges of `/metrics` up to date."""
        vitals.measure(self.store, self.now_ms(), token=self.governor.key)
        vitals.parts(self._running, paused=self.lanes.gate.is_closed(self.now_ms()))

    def run_until_idle(self) -> int:
        """Immediate mode: handle all that is due in this thread; how many lanes ran."""
        self.reader.longest_wait_ms = 0  # waiting for company makes no sense alone
        count = 0
        while lanes := self.inbox.ready_lanes(self.now_ms(), LIMIT):
            for lane in lanes:
                self.lanes.run(lane)
            count += len(lanes)
            if self.lanes.gate.is_closed(self.now_ms()):
                break
        return count

    # -- what the receiver asks

    @property
    def inbox(self) -> Inbox:
        """Where events are stored."""
        return self.store.inbox

    def secrets(self, webhook_id: str) -> tuple[str, ...]:
        """The secrets that a delivery of this webhook may be signed with; none: not ours."""
        return self.hooks.secrets(webhook_id)

    def workspace(self, _webhook_id: str) -> str:
        """The Workspace that our webhooks belong to."""
        return self.workspace_id

    def arrived(self, lane: str) -> None:
        """A lane has something to do: hand it to the engine, if one runs here."""
        if self._started:
            try:
                self.engine.dispatch(lane)
            except Exception as problem:
                # The broker is away: the event is safe in the inbox and the sweeper finds it.
                _log.warning("dispatch_failed", lane=lane, problem=str(problem))

    def soon(self, job: str) -> bool:
        """Have a scheduled job run now, besides its usual times."""
        return self.schedule.soon(job)

    # -- the parts

    @cached_property
    def store(self) -> Store:
        """Opened, and its tables brought up to date."""
        url = self.settings.store.url.get_secret_value()
        return self._closing.enter_context(Store.open(url, keys=self.settings.audit.keys))

    @cached_property
    def governor(self) -> Governor:
        """One rate budget with every process that uses this token and this store."""
        governor = Governor(BudgetLedger(self.store.database), self._token)
        self._closing.callback(governor.close)
        return governor

    @cached_property
    def client(self) -> ClickUp:
        """ClickUp, in the routing lane."""
        settings = self.settings.clickup
        return ClickUp(
            self._token,
            base_url=settings.base_url,
            governor=self.governor,
            clock=self.now_ms,
            lane=Lane.ROUTING,
            oauth=settings.oauth,
            timeout_s=settings.timeout.total_seconds(),
        )

    @cached_property
    def workspace_id(self) -> str:
        """The configured Workspace, or the only one that the token sees."""
        if self.settings.clickup.workspace_id:
            return self.settings.clickup.workspace_id
        return self._remembered("workspace", self._only_workspace)

    def _only_workspace(self) -> str:
        seen = self.client.authorization.workspaces()
        if len(seen) != 1:
            names = ", ".join(f"{one.name} ({one.id})" for one in seen) or "none"
            raise ConfigError(
                f"clickup.workspace_id: the token sees {names}", hint="Set it to one of these ids."
            )
        return seen[0].id

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The automations, checked."""
        return rules.load(content.folder("automations", self.settings.automations.folder))

    @cached_property
    def classifier(self) -> Classifier:
        """Tells a task's kind of work from its text."""
        settings = self.settings.classifier
        return classify.load(settings.corpus, learned.read(settings.learned))

    @cached_property
    def router(self) -> Router:
        """The policy with the classifier."""
        return Router(self.settings.routing, self.classifier)

    @cached_property
    def hooks(self) -> Hooks:
        """The webhook in ClickUp. Ahead of routing, because without it nothing arrives."""
        return Hooks(
            self.client.in_lane(Lane.INTERACTIVE).webhooks,
            self.store.cursors,
            self.settings.hooks,
            workspace=self.workspace_id,
            clock=self.now_ms,
            noted=partial(self.store.vitals.hooks_checked, self.workspace_id),
        )

    @cached_property
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
        )

    @cached_property
    def reader(self) -> Reader:
        """Reads tasks at the lowest price in calls."""
        return Reader(
            self.client.tasks,
            self.store.mirror,
            self.store.waiting,
            workspace=self.workspace_id,
            clock=self.now_ms,
            longest_wait_ms=_ms(self.settings.clickup.patience),
        )

    @cached_property
    def people(self) -> People:
        """Tells what people did from our own echoes."""
        return People(
            self.store,
            self.settings.routing,
            self.now_ms,
            lambda: self.user_id,
            effects=rules.find_effects(),
            listened=self.ruling.listened,
        )

    @cached_property
    def user_id(self) -> int:
        """The user that the token belongs to."""
        return int(self._remembered("user", lambda: str(self.client.authorization.user().id)))

    def _remembered(self, name: str, ask: Callable[[], str]) -> str:
        """Asked once for each token: afterwards the bot also starts while ClickUp is away."""
        key = f"{name}:{hashlib.sha256(self._token.encode()).hexdigest()[:16]}"
        known = self.store.cursors.get(key)
        if known is None:
            known = ask()
            self.store.cursors.set(key, known)
        return known

    @cached_property
    def surroundings(self) -> Surroundings:
        """What stands around a task."""
        store = self.store
        return Surroundings(store.mirror, store.overrides, store.decisions)

    @cached_property
    def ruling(self) -> Ruling:
        """Asks the rules."""
        return Ruling(
            self.store,
            self.rules,
            self.router,
            self.surroundings,
            names=self.directory,
            hops=self.settings.automations.hops,
            clock=self.now_ms,
        )

    @cached_property
    def ageing(self) -> Ageing:
        """Judges open tasks again as time passes."""
        return Ageing(
            self.store,
            self.router,
            self.surroundings,
            workspace=self.workspace_id,
            most=self.settings.jobs.reevaluate_most,
            clock=self.now_ms,
        )

    @cached_property
    def jobs(self) -> Jobs:
        """The work of the scheduled jobs."""
        return Jobs(
            self.hooks,
            self.backfill,
            self.ageing,
            self.store,
            keep=self.settings.store.keep,
            ask=self.soon,
            arrived=self.arrived,
            clock=self.now_ms,
        )

    @cached_property
    def intake(self) -> Intake:
        """What is done about the events of one task."""
        return Intake(
            self.store,
            self.reader,
            self.people,
            self.ruling,
            hands=self._hands,
            clock=self.now_ms,
            jobs=vitals.watched(self.jobs.by_name, self.store, self.now_ms),
        )

    @cached_property
    def directory(self) -> Directory:
        """People, groups and Lists by name."""
        cursors, people = self.store.cursors, self.settings.people
        return Directory(
            self.client, cursors, people, workspace=self.workspace_id, clock=self.now_ms
        )

    @cached_property
    def lanes(self) -> Lanes:
        """Runs lanes; its `run` is what every engine calls."""
        return Lanes(
            self.store.inbox,
            self.intake.handle,
            settings=self.settings.engine,
            clock=self.now_ms,
            later=self.sweeper.at,
        )

    @cached_property
    def engine(self) -> engines.Engine:
        """Who runs the lanes."""
        return engines.create(self.settings.engine, self.settings.store.url.get_secret_value())

    @cached_property
    def sweeper(self) -> Sweeper:
        """Finds lanes that wait and that nobody handles."""
        every_s = self.settings.engine.sweep_every.total_seconds()
        return Sweeper(self.store.inbox, self.arrived, self.now_ms, every_s)

    @cached_property
    def schedule(self) -> Schedule:
        """Puts the jobs into the inbox when it is time."""
        return Schedule(
            self.store,
            self.settings,
            workspace=self.workspace_id,
            arrived=self.arrived,
            renew=self.lanes.renew,
            clock=self.now_ms,
        )

    @cached_property
    def _hands(self) -> Hands:
        return Hands(
            clickup=MirroredClickUp(self.client, self.store, self.workspace_id, self.now_ms),
            effects=rules.find_effects(),
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
