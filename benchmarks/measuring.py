"""Counts statements and rows, and measures time. Not a program."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ClauseElement, event

from clickup_mlops.store import Store
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.prepared import Prepared, Result

ROUNDS = 5
_PING = "select 1"


class Counting(Prepared):
    """Counts statements, prepared or not, and the rows that were read."""

    def __init__(self, database: Database) -> None:
        super().__init__(database.engine.dialect)
        self.statements = self.rows = 0
        event.listen(database.engine, "after_cursor_execute", self._counted)

    def run(self, driver: Any, statement: ClauseElement, values: Mapping[str, object]) -> Result:
        """One of ours."""
        result = super().run(driver, statement, values)
        if str(statement) != _PING:
            self.statements += 1
            self.rows += len(result.rows)
        return result

    def _counted(self, _connection: Any, cursor: Any, *_: object) -> None:
        self.statements += 1
        self.rows += max(0, cursor.rowcount)  # SQLite does not know it before they are read


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one run: the best CPU and wall time in ms, statements, and rows that were read."""

    cpu_ms: float
    wall_ms: float
    statements: int
    rows: int
    bytes: int


def cost(run: Callable[[], int], counting: Counting, rounds: int = ROUNDS) -> Cost:
    """The best of `rounds` and a first one, which is counted. `run` gives bytes."""
    statements, rows = counting.statements, counting.rows
    first = _timed(run)
    counted = counting.statements - statements, counting.rows - rows
    times = [first, *(_timed(run) for _ in range(rounds))]
    return Cost(min(time[0] for time in times), min(time[1] for time in times), *counted, first[2])


def _timed(run: Callable[[], int]) -> tuple[float, float, int]:
    wall, cpu = time.perf_counter(), time.process_time()
    size = run()
    return (time.process_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000, size


def show(cases: Sequence[dict[str, Cost]]) -> None:
    """A line for each, with a column for each size."""
    print(f"{'':40} {'CPU ms':>24} {'wall ms':>24} {'statements':>16} {'rows':>22} {'bytes':>28}")
    for name in cases[-1]:
        costs = [case.get(name) for case in cases]
        columns = (
            _columns(8, (f"{cost.cpu_ms:.1f}" if cost else "" for cost in costs)),
            _columns(8, (f"{cost.wall_ms:.1f}" if cost else "" for cost in costs)),
            _columns(5, (f"{cost.statements}" if cost else "" for cost in costs)),
            _columns(7, (f"{cost.rows:,}" if cost else "" for cost in costs)),
            _columns(9, (f"{cost.bytes:,}" if cost else "" for cost in costs)),
        )
        print(f"{name:40} {' '.join(columns)}")


def _columns(width: int, texts: Iterator[str]) -> str:
    return "".join(f"{text:>{width}}" for text in texts)


@contextmanager
def counting(store: Store) -> Iterator[Counting]:
    """Counts until the end."""
    before = store.database.prepared
    result = Counting(store.database)
    store.database.prepared = result
    yield result
    store.database.prepared = before
