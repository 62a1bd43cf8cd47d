"""Lanes on threads of this process: the default; needs nothing but the store."""

import threading
import time
from queue import SimpleQueue

from clickup_mlops import logs
from clickup_mlops.bot.lanes.engines import STOP_S, Handler
from clickup_mlops.bot.lanes.settings import EngineSettings


class Threads:
    """A fixed number of threads that run lanes in the order of their dispatch.

    `stop` waits at most `stop_s` for them.
    """

    problem = ""

    def __init__(self, workers: int, *, stop_s: float = STOP_S, name: str = "lane") -> None:
        self._workers, self._stop_s, self._name = workers, stop_s, name
        self._queue: SimpleQueue[str | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._queued: set[str] = set()
        self._running: dict[str, bool] = {}  # lane -> dispatched again meanwhile
        self._threads: list[threading.Thread] = []
        self._rarely = logs.RateLimitedLogger()

    def start(self, handler: Handler) -> None:
        """Start the threads."""
        self._threads = [
            threading.Thread(
                target=self._work, args=(handler,), name=f"{self._name}-{n}", daemon=True
            )
            for n in range(self._workers)
        ]
        for thread in self._threads:
            thread.start()

    def dispatch(self, lane: str) -> None:
        """Queue the lane once, however often it is asked for."""
        with self._lock:
            if lane in self._running:
                self._running[lane] = True
            elif lane not in self._queued:
                self._queued.add(lane)
                self._queue.put(lane)

    def looking(self, lane: str) -> None:
        """The lane's events are about to be read: those for which it was dispatched before are
        among them, and need no run of their own.
        """
        with self._lock:
            if lane in self._running:
                self._running[lane] = False

    def stop(self) -> None:
        """Wait for the lanes that run; those that are queued stay in the inbox."""
        while not self._queue.empty():
            self._queue.get()
        for _ in self._threads:
            self._queue.put(None)
        end = time.monotonic() + self._stop_s
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        self._threads = []

    def _work(self, handler: Handler) -> None:
        while (lane := self._queue.get()) is not None:
            with self._lock:
                self._queued.discard(lane)
                self._running[lane] = False
            try:
                handler(lane)
            except Exception as problem:
                # The lane's lease ends by itself and the sweeper brings it back.
                kind = type(problem).__name__
                self._rarely.error("lane_crashed", kind, lane=lane, exc_info=problem)
            self._ended(lane)

    def _ended(self, lane: str) -> None:
        with self._lock:
            again = self._running.pop(lane)
        if again:
            self.dispatch(lane)


def ENGINE(settings: EngineSettings, _store_url: str) -> Threads:  # noqa: N802
    """The engine that `bot.lanes.engines.create` asks for."""
    return Threads(settings.workers)
