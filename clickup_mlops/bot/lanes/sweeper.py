"""Finds lanes that wait and that nobody handles: dropped by a dead engine, or due again."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from clickup_mlops import logs
from clickup_mlops.bot.clock import Clock
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.store.queries.ready_lanes import ReadyLane, ReadyLanes
from clickup_mlops.store.ranks import RANKS

LIMIT: Final = 1_000
"""Lanes of each rank that one look dispatches at most."""
_FIRST_MS: Final = 500
_LONGEST_MS: Final = 30_000
_TOGETHER_MS: Final = 250
"""Times that are nearer to each other are one look."""

_log = logs.get()


@dataclass(frozen=True, slots=True)
class Sweep:
    """A look at the inbox: when it ended (monotonic seconds), and the lanes that were ready."""

    at_s: float
    ready: Sequence[str]


class Sweeper:
    """Dispatches ready lanes every `every_s` seconds, and at the times that `at` was given. Those
    that are more urgent come first. None while `paused`: all are due again when that ends, in their
    order, so that the tasks of the oldest ones are read together.
    """

    def __init__(
        self,
        ready_lanes: ReadyLanes,
        dispatch: Callable[[str, int], None],
        clock: Clock,
        every_s: float,
        *,
        paused: Callable[[], bool] = lambda: False,
    ) -> None:
        self._ready_lanes, self._dispatch, self._clock = ready_lanes, dispatch, clock
        self._every_s, self._paused = every_s, paused
        self._waits: dict[ReadyLane, tuple[int, int]] = {}  # lane -> (not before, wait), both ms
        self._changed = threading.Condition()
        self._times: set[int] = set()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self.last = Sweep(time.monotonic(), ())
        """What it saw last, for the watchdog."""
        self._problem = ""  # that was logged already

    def tick(self) -> int:
        """Look once; how many lanes were dispatched."""
        now = self._clock()
        ready = self._ready_lanes.find(now, LIMIT)
        self.last = Sweep(time.monotonic(), [lane.name for lane in ready])
        with self._changed:
            due = self._due([] if self._paused() else ready, now)
        for lane in due:
            self._dispatch(*lane)
        return len(due)

    def _due(self, ready: Sequence[ReadyLane], now_ms: int) -> list[ReadyLane]:
        # A lane that stays ready sits in the engine's queue: ask again, but ever more rarely. One
        # that has become more urgent is another one to the engine.
        waits = {lane: self._waits.get(lane, (0, _FIRST_MS)) for lane in ready}
        due = [lane for lane, (not_before, _) in waits.items() if not_before <= now_ms]
        for lane in due:
            wait = min(2 * waits[lane][1], _LONGEST_MS)
            waits[lane] = (now_ms + wait, wait)
        self._waits = waits
        return due

    def at(self, lane: str, when_ms: int) -> None:
        """The lane was looked at and will be due then: no need to wait for the next look."""
        with self._changed:
            for rank in RANKS:
                self._waits.pop(ReadyLane(lane, rank), None)
            self._times.add(-(-when_ms // _TOGETHER_MS) * _TOGETHER_MS)
            self._changed.notify()

    @property
    def running(self) -> bool:
        """Whether its thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Sweep in a thread of its own."""
        self._stopping = False
        self._thread = threading.Thread(target=self._loop, name="sweeper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _loop(self) -> None:
        while not self._stopping:
            self._look()
            self._wait()

    def _look(self) -> None:
        """One tick; the next one comes, whatever happens. A store that is away is logged once."""
        try:
            self.tick()
        except ClickUpMlopsError as problem:
            if not self._problem:
                _log.error("store_unavailable", problem=str(problem), hint=problem.hint)
            self._problem = str(problem)
            self.last = Sweep(time.monotonic(), ())  # it knows nothing, but does not hang
        except Exception:
            _log.exception("sweep_failed")
            self.last = Sweep(time.monotonic(), ())
        else:
            if self._problem:
                _log.info("store_available", problem=self._problem)
            self._problem = ""

    def _wait(self) -> None:
        end = time.monotonic() + self._every_s
        with self._changed:
            while not self._stopping and (remaining_s := self._left_s(end)) > 0:
                self._changed.wait(remaining_s)
            now = self._clock()
            self._times = {when_ms for when_ms in self._times if when_ms > now}

    def _left_s(self, end: float) -> float:
        remaining_s = end - time.monotonic()
        if not self._times:
            return remaining_s
        return min(remaining_s, (min(self._times) - self._clock()) / 1000)
