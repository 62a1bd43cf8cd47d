"""What happens by the clock. A schedule only puts a row into the inbox; a lane does the work.

The row's key is `cron:<job>:<scheduled time>`, so two schedulers on two machines do no harm: the
second row is a duplicate. Each job has its own lane, so it never runs twice at the same time; and
its own thread (`rounds`), so that no job holds up another one, or the tasks.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from pydantic import Field, field_validator

from clickup_mlops import logs
from clickup_mlops.automations.schedule import zone
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handling.handler import CRON
from clickup_mlops.bot.lanes.worker import NOT_NOW, Postponed
from clickup_mlops.bot.sources.backfill import Backfill
from clickup_mlops.bot.sources.clickup_webhook import Hooks, HooksSettings
from clickup_mlops.bot.sources.reevaluation import Reevaluation
from clickup_mlops.bot.sources.retention import RetentionSettings
from clickup_mlops.bot.sources.schedules import Scheduled
from clickup_mlops.clickup.governor import Stopping
from clickup_mlops.config import Table
from clickup_mlops.errors import StoreUnavailable, Unauthorized
from clickup_mlops.store import Incoming, Store

AGAIN_MS: Final = 5_000
"""How soon a round is tried again that ClickUp or the store answered "not now" to."""
MAKE_UP_EVERY: Final = timedelta(seconds=5)
"""How soon what was due while the store was away is made up for."""
PRUNE_EVERY: Final = timedelta(days=1)
AT_START: Final = ("heal", "backfill", "prune")
"""Jobs that run as soon as the bot starts, because something may have happened meanwhile."""

_log = logs.get()


class JobsSettings(Table):
    """What happens by the clock."""

    backfill_every: timedelta = Field(timedelta(minutes=10), gt=timedelta(0))
    """How often to look for changes whose event never arrived. At least one call each time."""
    backfill_overlap: timedelta = timedelta(minutes=2)
    """Each look goes back this much further than the last one, because clocks differ."""
    reevaluate_every: timedelta = Field(timedelta(minutes=15), gt=timedelta(0))
    """How often open tasks are evaluated again, because due dates come nearer and tasks age.
    Costs no call besides a back-fill, but for at most five tasks that were not read for 30 days:
    they may be gone. Only priorities that change are written."""
    reevaluate_most: int = Field(default=200, ge=1)
    """At most this many priorities are changed by one such round; the next one goes on."""
    time_zone: str = "UTC"
    """Time zone of schedules, for example `Europe/Madrid`."""

    @field_validator("time_zone")
    @classmethod
    def _known(cls, value: str) -> str:
        zone(value)
        return value


def intervals(hooks: HooksSettings, jobs: JobsSettings) -> dict[str, timedelta]:
    """How often each job runs."""
    return {
        "heal": hooks.check_every,
        "backfill": jobs.backfill_every,
        "reevaluate": jobs.reevaluate_every,
        "prune": PRUNE_EVERY,
    }


class Jobs:
    """The work of the scheduled jobs; `by_name` has one method for each.

    `ask` puts a job into the inbox, `arrived` tells of a lane that has something to do.
    """

    def __init__(
        self,
        hooks: Hooks,
        backfill: Backfill,
        reevaluation: Reevaluation,
        store: Store,
        *,
        retention: RetentionSettings,
        ask: Callable[[str], object],
        arrived: Callable[[str], None],
        clock: Clock,
    ) -> None:
        self._ask = ask
        self._hooks, self._backfill, self._reevaluation, self._store = (
            hooks,
            backfill,
            reevaluation,
            store,
        )
        self._retention = retention
        self._arrived, self._clock = arrived, clock

    @property
    def by_name(self) -> Mapping[str, Callable[[], object]]:
        """What each job does."""
        return {
            "heal": self.heal,
            "backfill": self.backfill,
            "reevaluate": self.reevaluate,
            "prune": self.prune,
        }

    def heal(self) -> None:
        """Repair the webhook; if it was broken, have somebody look for what it missed."""
        if self._hooks.heal():
            self._ask("backfill")

    def backfill(self) -> None:
        """Look for changes whose event never came."""
        self._wake(self._backfill.run())

    def reevaluate(self) -> None:
        """Judge open tasks again. First the mirror is brought up to date: one call, usually."""
        self.backfill()
        self._wake(self._reevaluation.run())

    def prune(self) -> None:
        """Delete what is older than it is to be kept."""
        now = self._clock()
        _log.info("pruned", **self._store.retention.prune(self._retention.before(now), now))
        # In a log that is kept elsewhere it shows later that nobody cut off the chain's end.
        _log.info("audit_anchor", anchor=str(self._store.audit.head()))

    def _wake(self, lanes: tuple[str, ...]) -> None:
        for lane in lanes:
            self._arrived(lane)


class Rounds:
    """`run` is one round of a job. One that fails is given up: the next one comes anyway."""

    def __init__(self, jobs: Mapping[str, Callable[[], object]], clock: Clock) -> None:
        self._jobs, self._clock = jobs, clock

    def run(self, job: str) -> None:
        """Do it.

        Raises:
            Postponed: not now.
            Unauthorized: ClickUp does not accept the token: everything pauses.
            Stopping: the program is; the next one does it.
        """
        try:
            self._jobs[job]()
        except (Unauthorized, Stopping):
            raise
        except NOT_NOW as problem:
            _log.warning("round_postponed", job=job, problem=str(problem))
            raise Postponed(self._clock() + AGAIN_MS) from problem
        except Exception:
            _log.exception("round_failed", job=job)


class Schedule:
    """Puts the jobs' rows into the inbox when it is time, and renews leases (`renew`)."""

    def __init__(
        self,
        store: Store,
        every: Mapping[str, timedelta],
        *,
        time_zone: str,
        lease: timedelta,
        workspace: str,
        arrived: Callable[[str], None],
        renew: Callable[[], None],
        clock: Clock,
        scheduled: Scheduled,
    ) -> None:
        self._store, self._workspace, self._scheduled = store, workspace, scheduled
        self._arrived, self._clock = arrived, clock
        self._scheduler = BackgroundScheduler(timezone=time_zone)
        self._every_ms = {job: _ms(each) for job, each in every.items()}
        self._behind = False
        for job, each in every.items():
            self._add(self._tick, each, job)
        self._add(renew, lease / 3)
        self._add(self.make_up, MAKE_UP_EVERY)
        scheduled.plan(self._add_trigger)

    @property
    def running(self) -> bool:
        """Whether the scheduler's thread runs."""
        return bool(self._scheduler.running)

    def start(self) -> None:
        """Run the jobs that are due at a start, then by the clock."""
        for job in AT_START:
            self.soon(job)
        self._scheduled.catch_up()
        self._scheduler.start()

    def stop(self) -> None:
        """Stop the clock; what is in the inbox stays there."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def soon(self, job: str) -> bool:
        """Have the job run now, besides its usual times."""
        return self.insert(job, self._clock())

    def insert(self, job: str, scheduled_ms: int) -> bool:
        """Have the job run; False: somebody has put this very run into the inbox before."""
        now = self._clock()
        lane = f"{CRON}{job}"
        row = Incoming(
            key=f"{lane}:{scheduled_ms}",
            source="cron",
            workspace=self._workspace,
            kind=job,
            lane=lane,
            list_id=None,
            body=b"{}",
            event_ms=None,
            received_ms=now,
        )
        new = self._store.inbox.put(row)
        if new:
            self._arrived(lane)
        return new

    def _tick(self, job: str) -> None:
        # The same time on every machine: the beginning of the interval, not when we woke up.
        now = self._clock()
        self.insert(job, now - now % self._every_ms[job])

    def make_up(self) -> None:
        """Have run what could not be put into the inbox. What was put there is a duplicate."""
        if not self._behind:
            return
        self._behind = False
        for job in self._every_ms:
            self._tick(job)
        self._scheduled.catch_up()

    def _unless_away(self, function: Callable[..., Any], *args: Any) -> None:
        try:
            function(*args)
        except StoreUnavailable as problem:
            self._behind = True
            _log.warning("tick_missed", problem=str(problem))

    def _add(self, function: Callable[..., Any], every: timedelta, *args: Any) -> None:
        self._add_trigger(
            IntervalTrigger(seconds=max(0.05, every.total_seconds())), function, *args
        )

    def _add_trigger(self, trigger: Any, function: Callable[..., Any], *args: Any) -> None:
        self._scheduler.add_job(
            self._unless_away,
            trigger,
            args=(function, *args),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )


def _ms(duration: timedelta) -> int:
    return int(duration.total_seconds() * 1000)
