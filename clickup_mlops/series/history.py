"""What was measured over time: the port that charts are drawn through, and the store behind it."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Final, Protocol

from clickup_mlops.store import Store
from clickup_mlops.store.tables.history import FIVE_MINUTES, HOUR, RAW, Part, Series
from clickup_mlops.views.model import Line

MOST_POINTS: Final = 300
"""Of a line: what a chart can show."""
MOST_SHARED: Final = 5_000
"""Series of no task that are looked at together: the newest."""
SILENT_STEPS: Final = 3
"""A silence of more steps than this is a gap."""
ROLLED: Final = "rollup"
"""The cursor until when (Unix ms) there are means over 5 minutes."""
_MINUTE: Final = 60_000
_FULL: Final = MOST_POINTS - 2
"""Widths in a range: one more begins before it, and an end may be cut."""

Points = tuple[tuple[int, float | None], ...]


def width_ms(start_ms: int, end_ms: int, step_ms: int) -> int:
    """The least multiple of a step of which no more fit into the range than a chart can show."""
    return max(step_ms, step_ms * -(-(end_ms - start_ms) // (_FULL * step_ms)))


def with_gaps(points: Sequence[tuple[int, float]], step_ms: int) -> Points:
    """The same with None in each silence of more than three steps.

    A source that speaks less often than once a step is silent when it misses three of its own
    intervals.
    """
    intervals = [after[0] - before[0] for before, after in pairwise(points)]
    usual = median(intervals) if len(intervals) > SILENT_STEPS else 0
    return broken(points, SILENT_STEPS * max(step_ms, int(usual)))


def broken(points: Sequence[tuple[int, float]], longest_ms: int) -> Points:
    """The same with None in each silence of more than `longest_ms`."""
    return tuple(_broken(points, longest_ms))


def _broken(
    points: Sequence[tuple[int, float]], longest_ms: int
) -> Iterator[tuple[int, float | None]]:
    for number, (at_ms, value) in enumerate(points):
        before_ms = points[number - 1][0] if number else at_ms
        if at_ms - before_ms > longest_ms:
            yield (before_ms + at_ms) // 2, None
        yield at_ms, value


class History(Protocol):
    """Series of points, wherever they are kept. Times in Unix ms, values in the series' unit."""

    def of_task(self, task_id: str) -> Sequence[Series]:
        """The series that a task's fields show."""
        ...

    def all(self, since_ms: int = 0) -> Sequence[Series]:
        """Every series of the Workspace with a point since then (Unix ms)."""
        ...

    def shared(self, since_ms: int) -> Sequence[Series]:
        """Those of no task: of networks, load balancing and GPUs; at most `MOST_SHARED`."""
        ...

    def line(self, series: Series, start_ms: int, end_ms: int, *, name: str = "") -> Line:
        """Its points in that time, at most `MOST_POINTS`; a gap is None between two points.

        Raises:
            ClickUpMlopsError: where they are kept cannot be reached.
        """
        ...

    def source(self, series: Series, start_ms: int, end_ms: int) -> str:
        """Where the points of that time are from, and how they are asked for, to be shown."""
        ...


class StoreHistory:
    """What the bot has kept itself. `raw_ms` and `five_minutes_ms` are how long it keeps points of
    these steps (0: for ever), `now_ms` is the time now.

    The finest step is shown that is still kept and fits into a chart; what is not yet rolled up to
    that step is taken from the finer one.
    """

    def __init__(
        self, store: Store, workspace: str, now_ms: int, *, raw_ms: int, five_minutes_ms: int
    ) -> None:
        self._store, self._workspace, self._now_ms = store, workspace, now_ms
        self._kept = {RAW: raw_ms, FIVE_MINUTES: five_minutes_ms}
        self._until_ms: int | None = None
        self._known: dict[tuple[str, str | int], Sequence[Series]] = {}

    def of_task(self, task_id: str) -> Sequence[Series]:
        """As of every history. Read once: many sections of a page ask."""
        return self._once("task", task_id, lambda: self._store.history.of_task(task_id))

    def all(self, since_ms: int = 0) -> Sequence[Series]:
        """As of every history."""
        read = self._store.history.all
        return self._once("all", since_ms, lambda: read([self._workspace], since_ms))

    def shared(self, since_ms: int) -> Sequence[Series]:
        """As of every history."""
        read = self._store.history.shared
        return self._once("shared", since_ms, lambda: read(self._workspace, since_ms, MOST_SHARED))

    def _once(
        self, kind: str, of: str | int, read: Callable[[], Sequence[Series]]
    ) -> Sequence[Series]:
        if (kind, of) not in self._known:
            local = (series for series in read() if series.workspace == self._workspace)
            self._known[kind, of] = tuple(local)
        return self._known[kind, of]

    def line(self, series: Series, start_ms: int, end_ms: int, *, name: str = "") -> Line:
        """As of every history."""
        step, width = self._step(start_ms, end_ms)
        begin = start_ms if step == RAW else start_ms - start_ms % width
        parts = self._parts(step, begin, end_ms)
        means = self._store.history.means(series.id, parts, width)
        points = with_gaps([(mean.at_ms, mean.mean) for mean in means], max(width, _MINUTE))
        return Line(name or series.measure, points)

    def source(self, series: Series, start_ms: int, end_ms: int) -> str:
        """As of every history."""
        step, width = self._step(start_ms, end_ms)
        means = "readings" if step == RAW else f"means over {_length(width)}"
        return f"{described(series)}, {means} kept by the bot"

    def _step(self, start_ms: int, end_ms: int) -> tuple[int, int]:
        """The step whose points are read, and the width of what is shown of them."""
        for step, keep_ms in self._kept.items():
            is_kept = not keep_ms or start_ms >= self._now_ms - keep_ms
            if is_kept and (end_ms - start_ms) / (step or _MINUTE) <= MOST_POINTS:
                return step, width_ms(start_ms, end_ms, step or 1)
        return HOUR, width_ms(start_ms, end_ms, HOUR)

    def _parts(self, step: int, start_ms: int, end_ms: int) -> Sequence[Part]:
        """Of each step what the coarser ones do not have yet."""
        until_ms = self._rolled_ms()
        ends = {HOUR: until_ms - until_ms % HOUR, FIVE_MINUTES: until_ms, RAW: end_ms}
        parts, begin = list[Part](), start_ms
        for finer_step in (HOUR, FIVE_MINUTES, RAW):
            end = min(ends[finer_step], end_ms)
            if finer_step <= step and begin < end:
                parts.append(Part(finer_step, begin, end))
                begin = end
        return parts

    def _rolled_ms(self) -> int:
        if self._until_ms is None:
            self._until_ms = int(self._store.cursors.get(ROLLED) or 0)
        return self._until_ms


def described(series: Series) -> str:
    """Source, measure and labels, as queries write them."""
    labels = f"{{{series.labels}}}" if series.labels else ""
    return f"{series.source}: {series.measure}{labels}"


def _length(ms: int) -> str:
    hours, minutes = ms // HOUR, ms // _MINUTE
    return f"{hours} h" if hours and ms % HOUR == 0 else f"{minutes} min"
