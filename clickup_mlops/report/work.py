"""What became of tasks until the end of a period: when each was created, begun and finished.

From the timeline, which keeps the time at which each status was set, and from the decisions, which
say what each task's workload was then. A task that is older than `LOOK_BACK_MS` before the period
has no time of creation here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from clickup_mlops.report import figures
from clickup_mlops.report.figures import Compared
from clickup_mlops.report.model import Data, Period
from clickup_mlops.store.tables.timeline import Entry, Kind

LOOK_BACK_MS: Final = 90 * 86_400_000
_OPEN: Final = "open"
_FINISHED: Final = frozenset({"done", "closed"})


@dataclass(frozen=True, slots=True)
class Work:
    """A task's times in Unix ms; None: not yet, or not known. `status` is the last one."""

    task_id: str
    created_ms: int | None = None
    begun_ms: int | None = None
    finished_ms: int | None = None
    status: str = ""

    @property
    def waited_ms(self) -> int | None:
        """From its creation until work on it began."""
        return _between(self.created_ms, self.begun_ms)

    @property
    def took_ms(self) -> int | None:
        """From when work on it began until it was finished."""
        return _between(self.begun_ms, self.finished_ms)


@dataclass(frozen=True, slots=True)
class Flow:
    """Work of one period: what arrived, was begun and was finished in it, and what was waiting and
    in progress when it ended.
    """

    arrived: tuple[Work, ...]
    begun: tuple[Work, ...]
    finished: tuple[Work, ...]
    waiting: tuple[Work, ...]
    in_progress: tuple[Work, ...]

    @property
    def waits_ms(self) -> list[float]:
        """How long the work that was begun had waited."""
        return [one.waited_ms for one in self.begun if one.waited_ms is not None]

    @property
    def times_ms(self) -> list[float]:
        """How long the work that was finished had taken."""
        return [one.took_ms for one in self.finished if one.took_ms is not None]


def flows(data: Data, workload: str) -> Compared[Flow]:
    """What happened to the tasks of a workload in the period, and in the period before.

    Each is what was known when it ended.
    """
    known, entries = workloads(data), _entries(data)
    wanted = [one for one in entries if known.get(one.task_id) == workload]
    return figures.compared(data, lambda period: _flow(period, wanted))


def follow(entries: Iterable[Entry]) -> dict[str, Work]:
    """What became of each task, from its entries `created` and `status` in any order."""
    by_task: dict[str, list[Entry]] = {}
    for one in entries:
        if one.task_id:
            by_task.setdefault(one.task_id, []).append(one)
    return {task_id: _work(task_id, by_task[task_id]) for task_id in sorted(by_task)}


def workloads(data: Data) -> Mapping[str, str]:
    """The workload of each task, as it had been decided by the end of the period."""
    rows = data.store.decisions.before(data.period.end_ms)
    return {row.task_id: str(row.body.get("workload") or "") for row in rows}


def _entries(data: Data) -> list[Entry]:
    since = (data.before or data.period).start_ms - LOOK_BACK_MS
    kinds: tuple[Kind, ...] = ("created", "status")
    return [
        entry
        for kind in kinds
        for entry in data.store.timeline.of_kind(data.workspace, kind, since, data.period.end_ms)
    ]


def _flow(period: Period, entries: Iterable[Entry]) -> Flow:
    works = follow(one for one in entries if one.at_ms < period.end_ms).values()
    return Flow(
        tuple(one for one in works if _in(period, one.created_ms)),
        tuple(one for one in works if _in(period, one.begun_ms)),
        tuple(one for one in works if _in(period, one.finished_ms)),
        tuple(one for one in works if one.begun_ms is None),
        tuple(one for one in works if one.begun_ms is not None and one.finished_ms is None),
    )


def _work(task_id: str, entries: list[Entry]) -> Work:
    entries.sort(key=lambda one: (one.at_ms, one.kind != "created", one.key))
    created = next((one.at_ms for one in entries if one.kind == "created"), None)
    begun = next((one.at_ms for one in entries if _kind(one) not in ("", _OPEN)), None)
    newest = entries[-1]
    return Work(
        task_id,
        created,
        begun,
        _finished(entries) if _kind(newest) in _FINISHED else None,
        str(newest.value.get("to") or ""),
    )


def _finished(entries: list[Entry]) -> int:
    """Since when it is finished: work that was opened again had not been."""
    since = entries[-1].at_ms
    for one in reversed(entries):
        if _kind(one) not in _FINISHED:
            break
        since = one.at_ms
    return since


def _kind(entry: Entry) -> str:
    """The kind of the status that was set: `open`, `custom`, `done`, `closed`; empty: unknown."""
    return str(entry.value.get("type") or "")


def _in(period: Period, at_ms: int | None) -> bool:
    return at_ms is not None and period.start_ms <= at_ms < period.end_ms


def _between(start_ms: int | None, end_ms: int | None) -> int | None:
    return None if start_ms is None or end_ms is None else max(0, end_ms - start_ms)
