"""Reads each source by its own clock, whatever else is waited for.

What was read is kept until a pass takes it. In a running bot a thread reads what is due, from the
first pass on; it ends by itself where no pass is made any more, because another process makes them.
Without it, passes read.
"""

import threading
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final

from clickup_mlops import pace
from clickup_mlops.bot.clock import Clock, to_ms
from clickup_mlops.features.metrics.read.collect import WORKERS, Collected, Collector
from clickup_mlops.features.metrics.source import SourceTable

_EARLY_MS: Final = 1_000
"""A source is read so much before its time if a pass is made then."""
_AGAIN_MS: Final = 60_000
"""How soon a source that is read rarely is tried again when it could not be read."""
_LOOK_S: Final = 0.5
_IDLE_MS: Final = 120_000
_MOST: Final = 1_000
"""Scrapes that wait for a pass, the newest ones."""


class Scraper:
    """`is_live`: it may have a thread. Thread-safe."""

    def __init__(self, collector: Collector, clock: Clock) -> None:
        self.collector, self._clock = collector, clock
        self._due_ms: dict[str, int] = {}
        self._busy: set[str] = set()
        self._waiting: deque[Collected] = deque(maxlen=_MOST)
        self._lock, self._stopping = threading.Lock(), threading.Event()
        self._thread: threading.Thread | None = None
        self._pass_ms, self.is_live = 0, False

    def configure(self, sources: Mapping[str, SourceTable]) -> None:
        """These are the sources now, by name."""
        self.collector.tables = sources

    def scrape_due(self) -> None:
        """Read what is due, unless the thread does; returns when it is read."""
        self._pass_ms = self._clock()
        if self.is_running:
            return
        names = self._claim_due(_EARLY_MS)
        try:
            for collected in self.collector.scrape_all(names, self._clock):
                self._deliver(collected)
        finally:
            self._release(names)

    def take(self) -> list[Collected]:
        """What was read since the last time, oldest first."""
        return [self._waiting.popleft() for _ in range(len(self._waiting))]

    def start(self) -> None:
        """A pass has read all sources: from now on the thread does, if there may be one."""
        self._pass_ms = self._clock()
        if self.is_live and not self.is_running:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._follow, name="scraper", daemon=True)
            self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether there is that thread."""
        return self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        """End the thread. A read that is under way ends by its own time-out."""
        self._stopping.set()

    def _follow(self) -> None:
        while not self._stopping.wait(_LOOK_S):
            if self._clock() - self._pass_ms > _IDLE_MS:
                return
            for name in self._claim_due(0, WORKERS):
                threading.Thread(target=self._scrape, args=(name,), name=name, daemon=True).start()

    def _scrape(self, name: str) -> None:
        try:
            with pace.in_slices():
                self._deliver(self.collector.scrape(name, self._clock()))
        finally:
            self._release([name])

    def _claim_due(self, early_ms: int, most: int | None = None) -> list[str]:
        now = self._clock()
        with self._lock:
            due = [
                name
                for name in self.collector.tables
                if name not in self._busy and self._due_ms.get(name, 0) - early_ms <= now
            ]
            names = due if most is None else due[: max(0, most - len(self._busy))]
            self._busy.update(names)
        return names

    def _deliver(self, collected: Collected) -> None:
        name = collected.source
        table = self.collector.tables.get(name)
        if table:
            with self._lock:
                every_ms = to_ms(table.every)
                is_read = collected.readings or not collected.problems
                self._due_ms[name] = self._next_ms(
                    name, every_ms if is_read else min(every_ms, _AGAIN_MS)
                )
        self._waiting.append(collected)

    def _release(self, names: Iterable[str]) -> None:
        with self._lock:
            self._busy.difference_update(names)

    def _next_ms(self, name: str, interval_ms: int) -> int:
        """Evenly, so that rates are over the same time; from now on if that is over."""
        now = self._clock()
        planned_ms = self._due_ms.get(name, 0) + interval_ms
        return planned_ms if now < planned_ms <= now + interval_ms else now + interval_ms
