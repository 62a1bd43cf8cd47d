"""A column that a feature adds to the lane of open tasks, as `COLUMN` in its `lane_column.py`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from clickup_mlops.clickup.model import Task
from clickup_mlops.ports.sections.model import Data, Query
from clickup_mlops.views.model import Cell


@dataclass(frozen=True, slots=True)
class LaneColumn:
    """`cells(data, query, tasks)` gives the cells of these tasks by their ids."""

    title: str
    cells: Callable[[Data, Query, Sequence[Task]], Mapping[str, Cell]]
