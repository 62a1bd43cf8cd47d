"""The workload that a task probably has, by what was decided before. Costs no call."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, bindparam, literal_column, select, text

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.tables.decisions import decision
from clickup_mlops.store.tables.mirror import mirror

_LOOK: Final = 50
"""Open tasks of a List whose decisions are looked at."""
_KEEP_S: Final = 60.0
_MOST_LISTS: Final = 2_000


class LastDecision(NamedTuple):
    """The workload that the newest decision names, and its rank (`routing.order`), if any."""

    workload: str | None
    rank: int | None


class WorkloadEstimates:
    """Of a List it is remembered for a minute. Safe from any thread. `clock` gives seconds."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database, self._clock = database, clock
        self._of_lists: dict[str, tuple[Counter[str], float]] = {}

    def of_task(self, task_id: str) -> LastDecision | None:
        """The newest decision about the task; None: there is none."""
        rows = self._database.rows(_OF_TASK, task_id=task_id)
        return next((LastDecision(*row) for row in rows), None)

    def of_list(self, list_id: str) -> Counter[str]:
        """How many of some open tasks of the List have each workload."""
        counts, until_s = self._of_lists.get(list_id, (None, 0.0))
        if counts is None or until_s < self._clock():
            counts = Counter(name for (name,) in self._database.rows(_OF_LIST, list=list_id))
            if len(self._of_lists) >= _MOST_LISTS:
                self._of_lists = {}
            self._of_lists[list_id] = counts, self._clock() + _KEEP_S
        return counts


def _newest(column: ColumnElement[str]) -> ColumnElement[str]:
    of_task = select(column).where(decision.c.task_id == mirror.c.task_id)
    return of_task.order_by(decision.c.id.desc()).limit(1).scalar_subquery()


_OF_TASK = (
    select(decision.c.workload, decision.c.rank)
    .where(decision.c.task_id == bindparam("task_id"))
    .order_by(decision.c.id.desc())
    .limit(1)
)
_named = (
    select(_newest(decision.c.workload).label("workload"))
    # In the words of the index of open tasks.
    .where(text("is_open"), mirror.c.list_id == bindparam("list"))
    .limit(literal_column(str(_LOOK)))
    .subquery()
)
_OF_LIST = select(_named.c.workload).where(_named.c.workload.is_not(None))
