"""Places runs one after the other, each where it fits: a partial schedule."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import Literal

from clickup_mlops.features.schedule.plan.capacity import Capacity
from clickup_mlops.features.schedule.plan.model import Rules, Run, Window


class Places:
    """What is free of pools and quotas, and where the runs stand that were placed."""

    def __init__(self, rules: Rules, now_ms: int) -> None:
        self._rules, self._now_ms = rules, now_ms
        self._peak_starts = [peak.start_ms for peak in rules.peaks]
        self._pools = {
            name: Capacity.of_pool(pool, rules.peaks, now_ms) for name, pool in rules.pools.items()
        }
        self._quotas = {project: Capacity(gpus, now_ms) for project, gpus in rules.quotas.items()}
        self.windows: dict[str, Window] = {}

    def take(self, run: Run, window: Window) -> None:
        """The run stands there, whether it fits or not."""
        for capacity in self._capacities(run):
            capacity.take(window, run.gpus)
        self.windows[run.id] = window

    def release(self, run: Run) -> Window:
        """The run stands nowhere any more; where it stood."""
        window = self.windows.pop(run.id)
        for capacity in self._capacities(run):
            capacity.release(window, run.gpus)
        return window

    def fits(self, run: Run, window: Window) -> bool:
        """Whether pool and quota have enough for it, and what it waits for ends before."""
        return window.start_ms >= self._ready_ms(run) and all(
            capacity.fits(window, run.gpus) for capacity in self._capacities(run)
        )

    def scarce(self, run: Run, window: Window) -> Literal["pool", "quota", ""]:
        """What has too few GPUs for the run in that window; empty: nothing."""
        if not self._pools[run.pool].fits(window, run.gpus):
            return "pool"
        quota = self._quotas.get(run.project)
        return "quota" if quota and not quota.fits(window, run.gpus) else ""

    def shortage(self, run: Run) -> int:
        """The least that is free of its pool while it runs; below 0: so many are missing."""
        return self._pools[run.pool].lowest(self.windows[run.id])

    def is_peak(self, at_ms: int) -> bool:
        """Whether it is a peak hour of inference."""
        return self._peak_at(at_ms) is not None

    def off_peak(self, at_ms: int) -> int:
        """The first time from then on at which runs without a deadline may start."""
        return self._next_start(at_ms, off_peak=True)

    def find(self, run: Run) -> Window | None:
        """The earliest window off the peak; within the peak if the run would miss its deadline
        otherwise, and makes it so. None: there is none within the horizon.
        """
        window = self._earliest(run, off_peak=True)
        deadline = run.deadline_ms
        if deadline is not None and (window is None or window.end_ms > deadline):
            sooner = self._earliest(run, off_peak=False)
            if sooner is not None and sooner.end_ms <= deadline:
                return sooner
        return window

    def place(self, run: Run) -> Window | None:
        """Find a window and take it."""
        window = self.find(run)
        if window is not None:
            self.take(run, window)
        return window

    def _earliest(self, run: Run, *, off_peak: bool) -> Window | None:
        start, last_ms = (
            max(self._now_ms, self._ready_ms(run)),
            self._now_ms + self._rules.horizon_ms,
        )
        while start < last_ms:
            later = self._next_start(start, off_peak=off_peak)
            for capacity in self._capacities(run):
                free_ms = capacity.earliest(run.gpus, run.length_ms, later)
                if free_ms is None:
                    return None
                later = free_ms
            if later == start:
                return Window(start, start + run.length_ms)
            start = later
        return None

    def _next_start(self, at_ms: int, *, off_peak: bool) -> int:
        """The first time from then on at which runs may start."""
        at_ms = -(-at_ms // self._rules.step_ms) * self._rules.step_ms
        if off_peak and (peak := self._peak_at(at_ms)):
            return -(-peak.end_ms // self._rules.step_ms) * self._rules.step_ms
        return at_ms

    def _peak_at(self, at_ms: int) -> Window | None:
        number = bisect_right(self._peak_starts, at_ms) - 1
        if number >= 0 and at_ms < self._rules.peaks[number].end_ms:
            return self._rules.peaks[number]
        return None

    def _ready_ms(self, run: Run) -> int:
        """When the last run ends that it waits for."""
        ends = (self.windows[before].end_ms for before in run.after if before in self.windows)
        return max(ends, default=0)

    def _capacities(self, run: Run) -> Iterable[Capacity]:
        yield self._pools[run.pool]
        if run.project in self._quotas:
            yield self._quotas[run.project]
