"""The schedule as it was planned last, for pages, agents and `/schedule`, which make no calls."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from clickup_mlops.features.schedule.changes import SchedulePlan
    from clickup_mlops.features.schedule.plan.forecast import Forecast
    from clickup_mlops.features.schedule.plan.model import Placement, Rules
    from clickup_mlops.store import Store

SCOPE: Final = "schedule"
"""Scope of the notes that have it, by the Workspace."""
MOST: Final = 500
"""Runs and problems of it; those that start first."""


@dataclass(frozen=True, slots=True)
class QueuedRun:
    """A run in the schedule. Times in Unix ms. `position` in its pool; 0: it does not wait.
    `low_ms`, `high_ms`: it starts in between with a probability of 80%.
    """

    task_id: str
    name: str
    state: str
    pool: str
    project: str
    gpus: int
    position: int
    start_ms: int
    end_ms: int
    low_ms: int
    high_ms: int
    deadline_ms: int | None
    why: str


@dataclass(frozen=True, slots=True)
class PoolUse:
    """GPUs of a pool that running and pinned runs use at the time of the plan."""

    name: str
    gpus: int
    used: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`problems` are pairs of a task's id (empty: of none) and a sentence."""

    at_ms: int
    runs: tuple[QueuedRun, ...]
    pools: tuple[PoolUse, ...]
    problems: tuple[tuple[str, str], ...]
    ended: int = 0
    """Ended runs whose real lengths the intervals are made of."""


def take(planned: "SchedulePlan", rules: "Rules", ratios: Sequence[float], now_ms: int) -> Snapshot:
    """Of a plan that was just made."""
    from clickup_mlops.features.schedule.plan.forecast import forecast

    placements = planned.schedule.placements
    forecasts = forecast(placements, rules, ratios, now_ms)
    first_placements = placements[:MOST]
    return Snapshot(
        now_ms,
        tuple(_run(placement, forecasts.get(placement.run.id)) for placement in first_placements),
        tuple(_pools(placements, rules, now_ms)),
        tuple((problem.run_id, problem.text) for problem in planned.problems[:MOST]),
        len(ratios),
    )


def _run(placement: "Placement", waiting: "Forecast | None") -> QueuedRun:
    run, window = placement.run, placement.window
    return QueuedRun(
        run.id,
        run.name,
        run.state,
        run.pool,
        run.project,
        run.gpus,
        waiting.position if waiting else 0,
        window.start_ms,
        window.end_ms,
        min(window.start_ms, waiting.low_ms) if waiting else window.start_ms,
        max(window.start_ms, waiting.high_ms) if waiting else window.start_ms,
        run.deadline_ms,
        placement.why,
    )


def _pools(placements: "Iterable[Placement]", rules: "Rules", now_ms: int) -> Iterable[PoolUse]:
    listed = [*placements]
    for pool in rules.pools.values():
        runs = [placement for placement in listed if placement.run.pool == pool.name]
        used = [
            placement.run.gpus
            for placement in runs
            if placement.run.state != "waiting"
            and placement.window.start_ms <= now_ms < placement.window.end_ms
        ]
        waiting = sum(placement.run.state == "waiting" for placement in runs)
        yield PoolUse(pool.name, pool.gpus, sum(used), waiting)


def put(store: "Store", workspace: str, snapshot: Snapshot) -> None:
    """In place of the last one."""
    store.notes.put(SCOPE, workspace, asdict(snapshot), snapshot.at_ms)


def get(store: "Store", workspace: str) -> Snapshot | None:
    """The last one; None: nothing was planned yet."""
    note = store.notes.get(SCOPE, workspace)
    return _parse(note.value) if note else None


def _parse(raw: Mapping[str, Any]) -> Snapshot:
    return Snapshot(
        raw["at_ms"],
        tuple(QueuedRun(**run) for run in raw["runs"]),
        tuple(PoolUse(**pool) for pool in raw["pools"]),
        tuple((task_id, text) for task_id, text in raw["problems"]),
        raw["ended"],
    )
