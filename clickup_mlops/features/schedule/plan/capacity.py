"""Free GPUs over time, and the first time at which so many are free for so long."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from clickup_mlops.features.schedule.plan.model import Pool, Window

_BEGINNING = -(2**62)


class Capacity:
    """Free GPUs as a function of time: constant between `times`. More may be taken than there are:
    people may have placed more runs than fit.
    """

    def __init__(self, gpus: int, from_ms: int = _BEGINNING) -> None:
        self._times, self._free = [_BEGINNING], [gpus]
        self._from_ms = from_ms
        self._floors: dict[int, int] = {}

    @classmethod
    def of_pool(cls, pool: Pool, peaks: Iterable[Window], from_ms: int) -> "Capacity":
        """Without what inference needs in peak hours. Asked for times since `from_ms` only."""
        capacity = cls(pool.gpus, from_ms)
        for peak in peaks if pool.peak_gpus else ():
            capacity.take(peak, pool.peak_gpus)
        return capacity

    def take(self, window: Window, gpus: int) -> None:
        """Have so many less in the window."""
        first, last = self._split(window.start_ms), self._split(window.end_ms)
        for at in range(first, last):
            self._free[at] -= gpus

    def release(self, window: Window, gpus: int) -> None:
        """Have so many more in the window."""
        self._floors.clear()
        self.take(window, -gpus)

    def fits(self, window: Window, gpus: int) -> bool:
        """Whether so many are free in all of the window."""
        return self.lowest(window) >= gpus

    def lowest(self, window: Window) -> int:
        """The least that is free at any time of the window."""
        first = bisect_right(self._times, window.start_ms) - 1
        last = max(first + 1, bisect_left(self._times, window.end_ms))
        return min(self._free[first:last])

    def earliest(self, gpus: int, length_ms: int, from_ms: int) -> int | None:
        """When so many are free for so long, not before `from_ms`; None: never."""
        # Until its floor so many are free at no time: it only rises while nothing is released.
        floor = self._floors.get(gpus, self._from_ms)
        start = max(from_ms, floor)
        at = self._next_free(gpus, bisect_right(self._times, start) - 1)
        if at is None:
            return None
        start = max(start, self._times[at])
        if from_ms <= floor:
            self._floors[gpus] = start
        while (until := self._next_full(gpus, at, start + length_ms)) is not None:
            at = self._next_free(gpus, until)
            if at is None:
                return None
            start = self._times[at]
        return start

    def _next_free(self, gpus: int, at: int) -> int | None:
        """The first piece from this one on in which so many are free."""
        free, count = self._free, len(self._free)
        while at < count and free[at] < gpus:
            at += 1
        return at if at < count else None

    def _next_full(self, gpus: int, at: int, end_ms: int) -> int | None:
        """The first piece from this one on, before a time, in which so many are not free."""
        times, free, count = self._times, self._free, len(self._times)
        while at < count and times[at] < end_ms:
            if free[at] < gpus:
                return at
            at += 1
        return None

    def _split(self, at_ms: int) -> int:
        """The number of the piece that begins at this time."""
        at = bisect_left(self._times, at_ms)
        if at == len(self._times) or self._times[at] != at_ms:
            self._times.insert(at, at_ms)
            self._free.insert(at, self._free[at - 1])
        return at
