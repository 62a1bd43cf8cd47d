"""What became of tasks until the end of a period: when each was created, started and finished.

From the timeline, which keeps the time at which each status was set, and from the decisions, which
say what each task's workload was then. A task that is older than `LOOK_BACK_MS` before the period
has no time of creation here.
"""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

from clickup_mlops.flow.model import Journey, Step, build_journeys
from clickup_mlops.ports.sections import figures
from clickup_mlops.ports.sections.figures import Compared
from clickup_mlops.ports.sections.model import Data, Period, Query
from clickup_mlops.series.history import History
from clickup_mlops.views.model import Figure

T = TypeVar("T")
LOOK_BACK_MS: Final = 90 * 86_400_000


@dataclass(frozen=True, slots=True)
class Flow:
    """Work of one period: what people created (`arrived`), what was started and finished in it, and
    what was waiting and in progress when it ended.
    """

    arrived: tuple[Journey, ...]
    started: tuple[Journey, ...]
    finished: tuple[Journey, ...]
    waiting: tuple[Journey, ...]
    in_progress: tuple[Journey, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened and nothing is open."""
        parts = (self.arrived, self.started, self.finished, self.waiting, self.in_progress)
        return not any(parts)

    @property
    def waits_ms(self) -> list[float]:
        """How long the work that was started had waited."""
        return [journey.waited_ms for journey in self.started if journey.waited_ms is not None]

    @property
    def times_ms(self) -> list[float]:
        """How long the work that was finished had taken."""
        return [journey.cycle_ms for journey in self.finished if journey.cycle_ms is not None]


def flows(data: Data, query: Query, workload: str) -> Compared[Flow]:
    """What happened to the tasks of a workload in the period, and in the period before.

    Each is what was known when it ended.
    """
    workloads = _workloads(data, query)

    def flow(period: Period) -> Flow:
        journeys = until(data, query, period.end_ms)
        by_bot = data.store.flows.created_by_bot(data.workspace, period.start_ms, period.end_ms)
        return _flow(
            period,
            [journey for journey in journeys if workloads.get(journey.task_id) == workload],
            by_bot,
        )

    return figures.compared(query, flow)


def counts(query: Query, origin: str, flow: Compared[Flow]) -> tuple[Figure, ...]:
    """How many tasks arrived, were started and were finished, each compared with before."""
    by_label: Mapping[str, Callable[[Flow], int]] = {
        "Arrived": lambda period_flow: len(period_flow.arrived),
        "Started": lambda period_flow: len(period_flow.started),
        "Finished": lambda period_flow: len(period_flow.finished),
    }
    return tuple(
        figures.count(label, query, origin, flow.map(count)) for label, count in by_label.items()
    )


def steps(data: Data, query: Query) -> Sequence[Step]:
    """The statuses that tasks got in the period and in the time before it."""

    def read() -> Sequence[Step]:
        since = (query.before or query.period).start_ms - LOOK_BACK_MS
        rows = data.store.flows.entered(data.workspace, since, query.period.end_ms)
        return [Step(*row) for row in rows]

    return _once(data, ("steps", query.period), read)


def until(data: Data, query: Query, end_ms: int) -> Sequence[Journey]:
    """What had become of each task by then."""

    def read() -> Sequence[Journey]:
        return build_journeys(step for step in steps(data, query) if step.at_ms < end_ms)

    return _once(data, ("until", query.period, end_ms), read)


def _workloads(data: Data, query: Query) -> Mapping[str, str]:
    """The workload of each task, as it had been decided by the end of the period."""
    end_ms = query.period.end_ms
    return _once(data, ("workloads", end_ms), lambda: data.store.decisions.workloads_before(end_ms))


_read: WeakKeyDictionary[History, dict[Hashable, Any]] = WeakKeyDictionary()
"""What one report has read: several sections ask for the same."""


def _once(data: Data, name: Hashable, read: Callable[[], T]) -> T:
    cache = _read.setdefault(data.history, {})
    if name not in cache:
        cache[name] = read()
    value: T = cache[name]
    return value


def is_in(period: Period, at_ms: int | None) -> bool:
    """Whether this time (Unix ms) is known, and in the period."""
    return at_ms is not None and period.start_ms <= at_ms < period.end_ms


def _flow(period: Period, journeys: Sequence[Journey], by_bot: Collection[str]) -> Flow:
    begun = [(journey, journey.started_ms, journey.finished_ms) for journey in journeys]
    return Flow(
        tuple(
            journey
            for journey in journeys
            if is_in(period, journey.created_ms) and journey.task_id not in by_bot
        ),
        tuple(journey for journey, started, _ in begun if is_in(period, started)),
        tuple(journey for journey, _, finished in begun if is_in(period, finished)),
        tuple(journey for journey, started, _ in begun if started is None),
        tuple(journey for journey, started, end in begun if started is not None and end is None),
    )
