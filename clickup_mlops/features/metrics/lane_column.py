"""How each task of a lane stands against its service level objectives."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics.presentation.comparisons import TaskComparisons
from clickup_mlops.ports.dashboard.lane_column import LaneColumn
from clickup_mlops.ports.sections.cells import digits
from clickup_mlops.ports.sections.model import DAY_MS, Data, Query
from clickup_mlops.routing.objectives import Comparison
from clickup_mlops.store.tables.history import Series
from clickup_mlops.views.model import Badge, Cell

NEAR: Final = 0.1
"""Less room than this share of the limit is worth a warning."""
_READ_MS: Final = 7 * DAY_MS
"""Older readings say nothing of now."""


def _cells(data: Data, query: Query, tasks: Sequence[Task]) -> Mapping[str, Cell]:
    series: dict[str, list[Series]] = {task.id: [] for task in tasks}
    for measured in data.history.all(query.now_ms - _READ_MS):
        if measured.task_id in series:
            series[measured.task_id].append(measured)
    by_task = TaskComparisons(data)
    return {task.id: _state(by_task.of(task, series[task.id]).values()) for task in tasks}


def _state(comparisons: Iterable[Comparison]) -> Cell:
    """The worst of them: breached, near its limit, or met. None: nothing is measured."""
    worst = min(comparisons, key=lambda comparison: comparison.room, default=None)
    if worst is None:
        return None
    measured = f"{worst.measured:.{digits(worst.measured, worst.unit)}f}"
    text = f"{measured} of {worst.limit:g}"
    if worst.breached:
        return Badge(f"breached: {text}", "bad")
    is_near = worst.room < NEAR
    return Badge(f"near: {text}" if is_near else "met", "warning" if is_near else "good")


COLUMN = LaneColumn("SLO", _cells)
