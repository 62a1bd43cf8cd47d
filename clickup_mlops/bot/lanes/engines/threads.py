"""Lanes on threads of this process: the default; needs nothing but the store."""

import threading
import time
from queue import SimpleQueue

from clickup_mlops import logs
from clickup_mlops.bot.lanes.engines import STOP_S, Handler
from clickup_mlops.bot.lanes.lane_queue import LaneQueue
from clickup_mlops.bot.lanes.settings import EngineSettings
from clickup_mlops.store.queries.ready_lanes import ReadyLane
from clickup_mlops.store.ranks import DEFAULT


class Threads:
    """A fixed number of threads that run lanes, the most urgent ones first. Of those that wait the
    one wakes that has run last: what it works with is still in the processor's caches.

    `stop` waits at most `stop_s` for them.
    """

    problem = ""

    def __init__(self, workers: int, *, stop_s: float = STOP_S, name: str = "lane") -> None:
        self._workers, self._stop_s, self._name = workers, stop_s, name
        self._queue, self._stopping = LaneQueue(), False
        self._changed = threading.Lock()
        self._idle: list[SimpleQueue[None]] = []  # each wakes the thread that waits for it
        self._running: dict[str, int | None] = {}  # lane -> rank, if dispatched again meanwhile
        self._ranks: dict[str, int] = {}  # of those that run
        self._threads: list[threading.Thread] = []
        self._rarely = logs.RateLimitedLogger()

    def start(self, handler: Handler) -> None:
        """Start the threads."""
        self._stopping = False
        self._threads = [
            threading.Thread(
                target=self._work, args=(handler,), name=f"{self._name}-{n}", daemon=True
            )
            for n in range(self._workers)
        ]
        for thread in self._threads:
            thread.start()

    def dispatch(self, lane: str, rank: int = DEFAULT) -> None:
        """Queue the lane once, however often it is asked for; a better rank moves it up."""
        with self._changed:
            if lane in self._running:
                self._dispatch_again(lane, rank)
            else:
                self._queue.put(lane, rank)
                if self._idle:
                    self._idle.pop().put(None)

    def looking(self, lane: str) -> None:
        """The lane's events are about to be read: those for which it was dispatched before are
        among them, and need no run of their own.
        """
        with self._changed:
            if lane in self._running:
                self._running[lane] = None

    def should_yield(self, lane: str) -> bool:
        """Whether a lane of a more urgent class than this one, which runs, waits for a thread. Then
        this one is queued again when its run has ended.
        """
        with self._changed:
            rank = self._ranks.get(lane)
            if rank is None or not self._queue.is_more_urgent_than(rank):
                return False
            self._dispatch_again(lane, rank)
            return True

    def _dispatch_again(self, lane: str, rank: int) -> None:
        """When its run has ended, with the best rank that it was dispatched with meanwhile."""
        before = self._running[lane]
        self._running[lane] = rank if before is None else min(rank, before)

    def stop(self) -> None:
        """Wait for the lanes that run; those that are queued stay in the inbox."""
        with self._changed:
            self._stopping = True
            self._queue.clear()
            while self._idle:
                self._idle.pop().put(None)
        end = time.monotonic() + self._stop_s
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        self._threads = []

    def _work(self, handler: Handler) -> None:
        while (lane := self._next()) is not None:
            try:
                handler(lane.name)
            except Exception as problem:
                # The lane's lease ends by itself and the sweeper brings it back.
                kind = type(problem).__name__
                self._rarely.error("lane_crashed", kind, lane=lane.name, exc_info=problem)
            self._ended(lane.name)

    def _next(self) -> ReadyLane | None:
        """The lane to run now, as soon as there is one; None: no more."""
        while True:
            with self._changed:
                if self._stopping:
                    return None
                if (lane := self._queue.take()) is not None:
                    self._running[lane.name], self._ranks[lane.name] = None, lane.rank
                    return lane
                awakening = SimpleQueue[None]()
                self._idle.append(awakening)
            awakening.get()

    def _ended(self, lane: str) -> None:
        with self._changed:
            del self._ranks[lane]
            again = self._running.pop(lane)
        if again is not None:
            self.dispatch(lane, again)


def ENGINE(settings: EngineSettings, _store_url: str) -> Threads:  # noqa: N802
    """The engine that `bot.lanes.engines.create` asks for."""
    return Threads(settings.workers)
