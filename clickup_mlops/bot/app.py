"""The bot as a whole: what starts and stops it, and what the receiver asks it."""

from collections.abc import Callable, Mapping
from typing import Self

from clickup_mlops import logs
from clickup_mlops.bot import stats
from clickup_mlops.bot.clock import Clock, now_ms
from clickup_mlops.bot.core import Core
from clickup_mlops.bot.lanes.sweeper import LIMIT
from clickup_mlops.bot.packages import NORMAL, Builds, Packages
from clickup_mlops.bot.receive.ingest import Receipt
from clickup_mlops.bot.settings import Settings
from clickup_mlops.bot.startup import PING_TIMEOUT_S, RETRY_S, Startup
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.repetition import SILENT, Waiting
from clickup_mlops.routing.decision import format_moment
from clickup_mlops.store.database.missing_database import Absent

_log = logs.get()
_NO_ADDRESS = "hooks.public_url is not set: changes are only noticed every jobs.backfill_every"


def build(
    settings: Settings,
    *,
    clock: Clock = now_ms,
    sleep: Callable[[float], None] | None = None,
    builds: Builds = NORMAL,
    absent: Absent = "create",
    migrates: bool = False,
    waiting: Waiting = SILENT,
) -> "Bot":
    """The bot for these settings; use it in a `with`. Starts nothing before `start`.

    `sleep` waits so many seconds between the tries of a call; by default until the bot stops.
    `absent`: what to do if there is no database yet. `migrates`: `serve` alone brings tables of an
    older version up to date; everything else refuses them. `waiting` hears what calls wait for.
    """
    core = Core(settings, clock, sleep, absent, migrates=migrates, waiting=waiting)
    return Bot(core, builds)


class Bot(Packages):
    """`start` runs the packages in threads; `run_until_idle` runs what is due in this thread."""

    def __init__(self, core: Core, builds: Builds = NORMAL) -> None:
        super().__init__(core, builds)
        self._startup: Startup | None = None
        self._started = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.core.close()

    def check(self) -> None:
        """Find what would keep it from starting, without a call, a database or a thread.

        Raises:
            ConfigError: the token is missing, or a folder, or a setting of a feature.
            ContentError: an automation, or the team's words for the classifier, cannot be used.
        """
        _ = self.core.token
        self.check_automations(self.context.automations)
        for package in self.packages:
            package.check()
        self.core.extensions.delivery_sources()
        classifier_settings = self.settings.classifier
        if classifier_settings.corpus or classifier_settings.learned.is_file():
            _ = self.context.classifier

    def start(self, *, retry_s: float = RETRY_S) -> None:
        """Handle events, keep the webhook, follow the clock. Call it once.

        While the database or ClickUp cannot be reached, it is tried again every `retry_s`; then all
        this begins.

        Raises:
            ApiError: ClickUp refuses, for example the token.
            ConfigError: the database refuses, for example the password.
        """
        self._startup = Startup(
            self.core.readiness,
            open_store=lambda: self.store,
            ping=self._ping,
            is_workspace_known=self.core.identity.is_known,
            begin=self._begin,
            retry_s=retry_s,
        )
        self._startup.start()

    def _begin(self) -> None:
        # Everything is asked, built and checked before the first thread runs.
        _log.info("bot_starts", workspace=self.workspace_id, user=self.user_id)
        for member in (self.core, *self.packages, self):
            member.build_all()
        if self.core.stopping.is_set():
            return  # a try that came too late
        for member in self.packages:
            member.start()
        self._started = True
        self.scheduler.start()
        self._report_start()

    def _report_start(self) -> None:
        engine, mode = self.settings.engine.kind, self.settings.automations.mode
        stats.build_info(engine)
        _log.info("bot_started", engine=engine, automations=mode)
        if mode == "shadow":
            _log.warning("shadow_mode", hint='Nothing is written until automations.mode = "on".')

    def stop(self) -> None:
        """Finish what is being done now, then end every thread. Takes seconds, whatever hangs."""
        self.core.stopping.set()
        if self._startup is not None:
            self._startup.stop(1.0)
        if self._started:
            self._started = False
            self.scheduler.stop()
            for package in reversed(self.packages):
                package.stop()
            _log.info("bot_stopped")

    def _ping(self) -> None:
        """One call, not repeated, that waits for no budget: does ClickUp answer, and want us?"""
        settings = self.settings.clickup
        once = ClickUp(
            self.core.token,
            base_url=settings.base_url,
            clock=self.core.now_ms,
            oauth=settings.oauth,
            timeout_s=PING_TIMEOUT_S,
            attempts=1,
            waiting=SILENT,
            client=settings.http_client,
        )
        with once:
            once.authorization.user()

    def run_until_idle(self) -> int:
        """Immediate mode: handle all that is due in this thread; how many lanes ran."""
        self.context.reader.longest_wait_ms = 0  # waiting for company makes no sense alone
        count = 0
        while lanes := self.store.ready_lanes.names(self.now_ms(), LIMIT):
            for lane in lanes:
                self.lanes.worker.run(lane)
            count += len(lanes)
            if self.lanes.is_paused():
                break
        return count

    # -- what the receiver asks

    def stopped(self) -> list[str]:
        """Parts that should run and do not."""
        return [name for name, runs in self._running.items() if not runs]

    def warnings(self) -> list[str]:
        """What keeps the bot from working although all parts run."""
        problem = self.core.readiness.problem
        paused = [f"paused: {self.lanes.gate.reason}"] * self.lanes.is_paused()
        long = self.lanes.watchdog.long if self._started else ""
        unset = "" if self.settings.hooks.public_url else _NO_ADDRESS
        refused = self.core.readiness.refused_files
        notes = (problem, refused, self._engine_problem, self._outage, long, unset)
        return [*filter(None, notes), *paused]

    @property
    def _outage(self) -> str:
        failing = None if self.core.readiness.problem else self.governor.failing()
        if failing is None:
            return ""
        answer = f"answers {failing.status}" if failing.status else "does not answer"
        return f"ClickUp {answer} since {format_moment(failing.since_ms)}: events wait"

    @property
    def _engine_problem(self) -> str:
        problem = self.lanes.engine.problem if self._started else ""
        kind = self.settings.engine.kind
        return logs.redactor.text(f"{kind}: events wait: {problem}") if problem else ""

    def stalled(self) -> str:
        """What stands still although it should move, in words; empty: nothing. Never waits."""
        return self.lanes.watchdog.problem if self._started else ""

    @property
    def _running(self) -> dict[str, bool]:
        if self.core.readiness.problem:
            return {}
        return {
            "scheduler": self.scheduler.running,
            "sweeper": self.lanes.sweeper.running,
            "watchdog": self.lanes.watchdog.running,
        }

    def measure(self) -> None:
        """Bring the gauges of `/metrics` up to date."""
        if self.core.readiness.waits_for_store:
            stats.store_unavailable()
        else:
            stats.measure(self.store, self.now_ms(), token=self.governor.key)
        stats.parts(self._running, paused=self.lanes.is_paused(), engine=not self._engine_problem)

    def check_readiness(self) -> None:
        """Nothing, unless it still waits for its database or for ClickUp.

        Raises:
            StoreBusy: it does.
        """
        self.core.readiness.check()

    def secrets(self, webhook_id: str) -> tuple[str, ...]:
        """The secrets that a delivery of this webhook may be signed with; none: not ours.

        Raises:
            StoreBusy: the bot cannot know yet.
        """
        return self.sources.secrets(webhook_id)

    def check_webhook(self) -> None:
        """Nothing, if ClickUp delivers events, or is not to.

        Raises:
            ConfigError: no webhook is registered.
        """
        self.sources.hooks.check_registered()

    def dispatch(self, lane: str) -> None:
        """A lane has something to do: hand it to who runs it, if that runs here. Never waits."""
        self.core.dispatch(lane)

    def accept_event(self, body: bytes, headers: Mapping[str, str]) -> Receipt:
        """Store what ClickUp delivers.

        Raises:
            RefusedDelivery: it is not from our webhook.
            StoreUnavailable: the bot cannot take it now.
        """
        return self.sources.ingest.accept(self.sources.clickup_deliveries, body, headers)

    def accept_report(self, name: str, body: bytes, headers: Mapping[str, str]) -> Receipt:
        """Store what another system reports.

        Raises:
            KeyError: nobody reports under this name.
            BadSignature, BadPayload: as `DeliverySource.read`.
            StoreUnavailable: the bot cannot take it now.
        """
        source = self.core.extensions.delivery_sources()[name]  # also before the bot is ready
        self.check_readiness()
        return self.sources.ingest.accept(source, body, headers)
