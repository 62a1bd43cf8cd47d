"""What became of tasks until the end of a period: when each was created, started and finished.

From the timeline, which keeps the time at which each status was set, and from the decisions, which
say what each task's workload was then. A task that is older than `LOOK_BACK_MS` before the period
has no time of creation here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from clickup_mlops.flow.model import Journey, Step, journeys
from clickup_mlops.report import figures
from clickup_mlops.report.figures import Compared
from clickup_mlops.report.model import Data, Period
from clickup_mlops.store.tables.timeline import Entry, Kind

LOOK_BACK_MS: Final = 90 * 86_400_000


@dataclass(frozen=True, slots=True)
class Flow:
    """Work of one period: what arrived, was started and was finished in it, and what was waiting
    and in progress when it ended.
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
        return [one.waited_ms for one in self.started if one.waited_ms is not None]

    @property
    def times_ms(self) -> list[float]:
        """How long the work that was finished had taken."""
        return [one.cycle_ms for one in self.finished if one.cycle_ms is not None]


def flows(data: Data, workload: str) -> Compared[Flow]:
    """What happened to the tasks of a workload in the period, and in the period before.

    Each is what was known when it ended.
    """
    known, found = workloads(data), entries(data)
    wanted = [one for one in found if known.get(one.task_id) == workload]
    return figures.compared(data, lambda period: _flow(period, wanted))


def entries(data: Data) -> list[Entry]:
    """The creations and statuses of the period and of the time before it."""
    since = (data.before or data.period).start_ms - LOOK_BACK_MS
    kinds: tuple[Kind, ...] = ("created", "status")
    return [
        entry
        for kind in kinds
        for entry in data.store.timeline.of_kind(data.workspace, kind, since, data.period.end_ms)
    ]


def steps(found: Iterable[Entry]) -> list[Step]:
    """Of entries that are creations and statuses of tasks."""
    return [
        Step(
            one.task_id,
            one.at_ms,
            str(one.value.get("to") or ""),
            str(one.value.get("type") or ""),
            str(one.value.get("list") or ""),
            is_creation=one.kind == "created",
        )
        for one in found
        if one.task_id
    ]


def until(found: Iterable[Entry], end_ms: int) -> list[Journey]:
    """What had become of each task by then."""
    return journeys(steps(one for one in found if one.at_ms < end_ms))


def workloads(data: Data) -> Mapping[str, str]:
    """The workload of each task, as it had been decided by the end of the period."""
    rows = data.store.decisions.before(data.period.end_ms)
    return {row.task_id: str(row.body.get("workload") or "") for row in rows}


def is_in(period: Period, at_ms: int | None) -> bool:
    """Whether this time (Unix ms) is known, and in the period."""
    return at_ms is not None and period.start_ms <= at_ms < period.end_ms


def _flow(period: Period, found: Iterable[Entry]) -> Flow:
    known = until(found, period.end_ms)
    begun = [(one, one.started_ms, one.finished_ms) for one in known]
    return Flow(
        tuple(one for one in known if is_in(period, one.created_ms)),
        tuple(one for one, started, _ in begun if is_in(period, started)),
        tuple(one for one, _, finished in begun if is_in(period, finished)),
        tuple(one for one, started, _ in begun if started is None),
        tuple(one for one, started, end in begun if started is not None and end is None),
    )
