"""The bot as a whole: what starts and stops it, and what the receiver asks it."""

from collections.abc import Callable

from clickup_mlops import logs
from clickup_mlops.bot import stats
from clickup_mlops.bot.clock import Clock, now_ms
from clickup_mlops.bot.handling import first_sight
from clickup_mlops.bot.lanes.sweeper import LIMIT
from clickup_mlops.bot.outbound import outbound
from clickup_mlops.bot.parts import Parts
from clickup_mlops.bot.settings import Settings
from clickup_mlops.bot.startup import AGAIN_S, KNOCK_S, Startup
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.errors import StoreBusy

_log = logs.get()


def build(
    settings: Settings, *, clock: Clock = now_ms, sleep: Callable[[float], None] | None = None
) -> "Bot":
    """The bot for these settings; use it in a `with`. Starts nothing before `start`.

    `sleep` waits so many seconds between the tries of a call; by default until the bot stops.
    """
    return Bot(settings, clock, sleep)


class Bot(Parts):
    """`start` runs the parts in threads; `run_until_idle` runs what is due in this thread alone."""

    starting: Startup | None = None

    def __exit__(self, *exception: object) -> None:
        self.stop()
        super().__exit__(*exception)

    def must_be_complete(self) -> None:
        """Find what would keep it from starting, without a call, a database or a thread.

        Raises:
            ConfigError: the token is missing, or a folder.
            ContentError: an automation, or the team's words for the classifier, cannot be used.
        """
        _ = self._token
        outbound.check(self.automations, self.settings.outbound)
        own = self.settings.classifier
        if own.corpus or own.learned.is_file():
            _ = self.classifier

    def start(self, *, again_s: float = AGAIN_S) -> None:
        """Handle events, keep the webhook, follow the clock. Call it once.

        While the database or ClickUp cannot be reached, it is tried again every `again_s`; then all
        this begins.

        Raises:
            ApiError: ClickUp refuses, for example the token.
            ConfigError: the database refuses, for example the password.
        """
        self.starting = Startup(
            lambda: self.store,
            self._knock,
            self.identity.is_known,
            self._begin,
            again_s=again_s,
        )
        self.starting.start()

    def _begin(self) -> None:
        # Everything is asked, built and checked before the first thread runs.
        _log.info("bot_starts", workspace=self.workspace_id, user=self.user_id)
        self.build_all()
        if self._stopping.is_set():
            return  # a try that came too late
        if not self._started:
            self.engine.start(self.lanes.run)
            self.rounds.start(self.lanes.run)
            self._started = True
        now, mode = self.now_ms(), self.settings.automations.mode
        first_sight.came(self.store, now)
        if mode == "on":
            first_sight.goes_live(self.store, self.settings.routing, now)
        self.schedule.start()
        self.sweeper.start()
        self.watchdog.start()
        stats.build_info(self.settings.engine.kind)
        _log.info("bot_started", engine=self.settings.engine.kind, automations=mode)
        if mode == "shadow":
            _log.warning("shadow_mode", hint='Nothing is written until automations.mode = "on".')

    def stop(self) -> None:
        """Finish what is being done now, then end every thread. Takes seconds, whatever hangs."""
        self._stopping.set()
        if self.starting is not None:
            self.starting.stop(1.0)
        if self._started:
            self._started = False
            self.watchdog.stop()
            self.sweeper.stop()
            self.schedule.stop()
            self.governor.close()  # who waits for a call goes: the next process makes it
            self.rounds.stop()
            self.engine.stop()
            _log.info("bot_stopped")

    def stopped(self) -> list[str]:
        """Parts that should run and do not."""
        return [name for name, runs in self._running.items() if not runs]

    def worries(self) -> list[str]:
        """What keeps the bot from working although all parts run."""
        gate = self.gate
        waits = [self.starting.problem] if self.starting and self.starting.problem else []
        return waits + [f"paused: {gate.reason}"] * gate.is_closed(self.now_ms())

    def stalled(self) -> str:
        """What stands still although it should move, in words; empty: nothing. Never waits."""
        return self.watchdog.problem if self._started else ""

    @property
    def _running(self) -> dict[str, bool]:
        if self.starting and self.starting.problem:
            return {}
        return {
            "scheduler": self.schedule.running,
            "sweeper": self.sweeper.running,
            "watchdog": self.watchdog.running,
        }

    def measure(self) -> None:
        """Bring the gauges of `/metrics` up to date."""
        if self.starting and self.starting.waits_for_store:
            stats.store_away()
        else:
            stats.measure(self.store, self.now_ms(), token=self.governor.key)
        stats.parts(self._running, paused=self.gate.is_closed(self.now_ms()))

    def run_until_idle(self) -> int:
        """Immediate mode: handle all that is due in this thread; how many lanes ran."""
        self.reader.longest_wait_ms = 0  # waiting for company makes no sense alone
        count = 0
        while lanes := self.inbox.ready_lanes(self.now_ms(), LIMIT):
            for lane in lanes:
                self.lanes.run(lane)
            count += len(lanes)
            if self.gate.is_closed(self.now_ms()):
                break
        return count

    # -- what the receiver asks

    def secrets(self, webhook_id: str) -> tuple[str, ...]:
        """The secrets that a delivery of this webhook may be signed with; none: not ours.

        Raises:
            StoreBusy: the bot cannot know yet.
        """
        self.must_have_begun()
        return self.hooks.secrets(webhook_id)

    def must_have_begun(self) -> None:
        """Nothing, unless it still waits for its database or for ClickUp.

        Raises:
            StoreBusy: it does.
        """
        if self.starting and self.starting.problem:
            raise StoreBusy(self.starting.problem, hint="Deliver it again later.")

    def workspace(self, _webhook_id: str) -> str:
        """The Workspace that our webhooks belong to."""
        return self.workspace_id

    def _may_open_the_store(self) -> None:
        # Else each request would wait for a database that the starting thread asks in turn.
        if self.starting and self.starting.waits_for_store and not self.starting.is_at_it:
            self.must_have_begun()

    def _knock(self) -> None:
        """One call, not repeated, that waits for no budget: does ClickUp answer, and want us?"""
        settings = self.settings.clickup
        once = ClickUp(
            self._token,
            base_url=settings.base_url,
            clock=self.now_ms,
            oauth=settings.oauth,
            timeout_s=KNOCK_S,
            attempts=1,
        )
        with once:
            once.authorization.user()
