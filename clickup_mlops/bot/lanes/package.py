"""What runs the lanes: worker, engines, sweeper, watchdog."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from clickup_mlops.bot.clock import to_ms
from clickup_mlops.bot.lanes import engines
from clickup_mlops.bot.lanes.activity import Activity
from clickup_mlops.bot.lanes.engines.threads import Threads
from clickup_mlops.bot.lanes.sole_process import SoleProcess
from clickup_mlops.bot.lanes.sweeper import Sweeper
from clickup_mlops.bot.lanes.watchdog import Watchdog
from clickup_mlops.bot.lanes.worker import Gate, Worker
from clickup_mlops.bot.members import member
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.registered import LaneKinds, Timer, every

if TYPE_CHECKING:
    from clickup_mlops.bot.core import Core

TOGETHER_MS: Final = 500
"""So long a lane waits for more of its events if nobody listens for those that it has."""
CUT_OFF_S: Final = 1.0
"""How long a stop waits for lanes with threads of their own."""


class LanesPackage(Package):
    """`packages` are those that have kinds of lanes."""

    def __init__(self, core: "Core", packages: Sequence[Package]) -> None:
        super().__init__(core)
        self._packages, self.gate = packages, Gate()

    @member
    def kinds(self) -> LaneKinds:
        """Who handles which lane."""
        return LaneKinds(kind for package in self._packages for kind in package.lane_kinds())

    @member
    def worker(self) -> Worker:
        """Runs lanes; its `run` is what every engine calls."""
        return Worker(
            self.core.inbox,
            self.kinds,
            settings=self.core.settings.engine,
            clock=self.core.now_ms,
            later=self.sweeper.at,
            looking=self._looking,
            should_yield=self._should_yield,
            gate=self.gate,
            activity=self.activity,
        )

    @member
    def activity(self) -> Activity:
        """Who handles which lane."""
        return Activity(tuple(kind.prefix for kind in self.kinds if not kind.watched))

    @member
    def engine(self) -> engines.Engine:
        """Who runs the lanes."""
        settings = self.core.settings
        return engines.create(settings.engine, settings.store.url.get_secret_value())

    @member
    def own_engines(self) -> Mapping[str, engines.Engine]:
        """Who runs the lanes of kinds that have threads of their own, by prefix."""
        return {
            kind.prefix: Threads(kind.threads, stop_s=CUT_OFF_S, name=kind.prefix.rstrip(":"))
            for kind in self.kinds
            if kind.threads
        }

    @member
    def sweeper(self) -> Sweeper:
        """Finds lanes that wait and that nobody handles."""
        every_s = self.core.settings.engine.sweep_every.total_seconds()
        return Sweeper(
            self.core.store.ready_lanes,
            self.core.dispatch,
            self.core.now_ms,
            every_s,
            paused=self.is_paused,
        )

    @member
    def watchdog(self) -> Watchdog:
        """Tells when lanes stand still."""
        return Watchdog(
            self.activity,
            self.core.governor,
            lambda: self.sweeper.last,
            paused=self.is_paused,
            after_s=self.core.settings.engine.stalled_after.total_seconds(),
        )

    @member
    def sole_process(self) -> SoleProcess | None:
        """Warns of another process on the same SQLite file; on PostgreSQL there may be several."""
        core = self.core
        if not core.store.database.is_sqlite:
            return None
        lease_ms = to_ms(core.settings.engine.lease)
        return SoleProcess(core.store.leases, core.now_ms, lease_ms)

    def is_paused(self) -> bool:
        """Whether ClickUp refuses the token, so that nothing is handled now."""
        return self.gate.is_closed(self.core.now_ms())

    def timers(self) -> Iterable[Timer]:
        """Leases are renewed however long a call takes."""
        yield Timer(every(self.core.settings.engine.lease / 3), self._renew)

    def _renew(self) -> None:
        self.worker.renew()
        if self.sole_process is not None:
            self.sole_process.look()

    def start(self) -> None:
        """Run lanes from now on."""
        if self.sole_process is not None:
            self.sole_process.start()
        for engine in (self.engine, *self.own_engines.values()):
            engine.start(self.worker.run)
        self.core.dispatch.connect(self._dispatch, self._dispatch_later)
        self.sweeper.start()
        self.watchdog.start()

    def stop(self) -> None:
        """Finish what is being handled now."""
        self.watchdog.stop()
        self.sweeper.stop()
        self.core.dispatch.disconnect()
        self.core.governor.close()  # who waits for a call goes: the next process makes it
        for engine in (*self.own_engines.values(), self.engine):
            engine.stop()
        if self.sole_process is not None:
            self.sole_process.end()

    def _dispatch(self, lane: str, rank: int) -> None:
        """Hand a lane that has something to do to who runs it."""
        self._engine_of(lane).dispatch(lane, rank)

    def _dispatch_later(self, lane: str) -> None:
        self.sweeper.at(lane, self.core.now_ms() + TOGETHER_MS)

    def _looking(self, lane: str) -> None:
        if isinstance(engine := self._engine_of(lane), Threads):
            engine.looking(lane)

    def _should_yield(self, lane: str) -> bool:
        engine = self._engine_of(lane)
        return isinstance(engine, Threads) and engine.should_yield(lane)

    def _engine_of(self, lane: str) -> engines.Engine:
        return self.own_engines.get(self.kinds.of(lane).prefix, self.engine)
