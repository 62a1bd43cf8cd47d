"""What was measured over time: the port that charts are drawn through, and the store behind it."""

from collections.abc import Sequence
from typing import Final, Protocol

from clickup_mlops.store import Store
from clickup_mlops.store.tables.history import FIVE_MINUTES, HOUR, RAW, Series
from clickup_mlops.views.model import Line

MOST_POINTS: Final = 300
"""Of a line: what a chart can show."""


class History(Protocol):
    """Series of points, wherever they are kept. Times in Unix ms, values in the series' unit."""

    def of_task(self, task_id: str) -> Sequence[Series]:
        """The series that a task's fields show."""
        ...

    def all(self) -> Sequence[Series]:
        """Every series of the Workspace."""
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
    these steps, `now_ms` is the time now.
    """

    def __init__(
        self, store: Store, workspace: str, now_ms: int, *, raw_ms: int, five_minutes_ms: int
    ) -> None:
        self._store, self._workspace, self._now_ms = store, workspace, now_ms
        self._kept = {RAW: raw_ms, FIVE_MINUTES: five_minutes_ms}

    def of_task(self, task_id: str) -> Sequence[Series]:
        """As of every history."""
        return self._store.history.of_task(task_id)

    def all(self) -> Sequence[Series]:
        """As of every history."""
        return self._store.history.all([self._workspace])

    def line(self, series: Series, start_ms: int, end_ms: int, *, name: str = "") -> Line:
        """As of every history."""
        step = self._step(start_ms, end_ms)
        points = self._store.history.points(
            series.id, step, start_ms - start_ms % (step or 1), end_ms
        )
        return Line(name or series.measure, tuple((one.at_ms, one.mean) for one in points))

    def source(self, series: Series, start_ms: int, end_ms: int) -> str:
        """As of every history."""
        step = self._step(start_ms, end_ms)
        means = {RAW: "readings", FIVE_MINUTES: "means over 5 minutes", HOUR: "means over an hour"}
        return f"{series.source}: {series.measure}{{{series.labels}}}, {means[step]}"

    def _step(self, start_ms: int, end_ms: int) -> int:
        """The finest step that is still kept and gives no more points than a chart can show."""
        for step, kept in self._kept.items():
            every = step or 60_000
            if start_ms >= self._now_ms - kept and (end_ms - start_ms) / every <= MOST_POINTS:
                return step
        return HOUR
