"""Counts of a period, for reports: each is one select. A period ends before `end_ms` (Unix ms)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import orjson
from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    select,
    union_all,
)

from clickup_mlops.store.audit.rows import audit
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.tables.decisions import decision
from clickup_mlops.store.tables.history import HOUR, point, series
from clickup_mlops.store.tables.runs import automation_run

_DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Writes:
    """Writes to ClickUp that ended alike: how many, and how many calls they took."""

    automation: str
    kind: str
    outcome: str
    by_person: bool
    count: int
    calls: int


@dataclass(frozen=True, slots=True)
class Runs:
    """For how many events an automation ended with this result."""

    automation: str
    result: str
    count: int


@dataclass(frozen=True, slots=True)
class Day:
    """The mean, lowest and highest of a series over 24 hours, counted from the period's start."""

    series_id: int
    number: int
    mean: float
    low: float
    high: float


class Periods:
    """Reads across tables, by time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writes = _writes_select(is_sqlite=database.is_sqlite)

    def decided(self, start_ms: int, end_ms: int) -> frozenset[str]:
        """The tasks that something was decided about."""
        rows = self._database.rows(_DECIDED, start=start_ms, end=end_ms)
        return frozenset(task_id for (task_id,) in rows)

    def tiers(self, workload: str, start_ms: int, end_ms: int) -> set[tuple[str, str]]:
        """The tasks that were decided to be of a workload, each with the tiers that it had; also
        those that something more urgent stood before, such as an incident.
        """
        values = {"workload": workload, "start": start_ms, "end": end_ms}
        rows = self._database.rows(_TIERS, **values)
        bodies = ((task_id, orjson.loads(body)) for task_id, body in rows)
        return {
            (task_id, tier)
            for task_id, body in bodies
            if body.get("workload") == workload
            for tier in _tiers(body)
        }

    def writes(self, start_ms: int, end_ms: int) -> list[Writes]:
        """The writes that ended, by automation, kind and outcome."""
        return [Writes(*row) for row in self._database.rows(self._writes, s=start_ms, e=end_ms)]

    def measured(self, workspace: str, start_ms: int, end_ms: int, *, of_tasks: bool) -> list[Day]:
        """What was measured, by series and day, from means over an hour; `low` and `high` are of
        the readings behind them. Of the series that fields of tasks show, or of all others.
        """
        by_day = self._database.is_sqlite and end_ms - start_ms <= _MOST_DAYS * _DAY_MS
        read = _measured_by_day if by_day else _measured_select
        days = self._database.rows(read(of_tasks), w=workspace, start=start_ms, end=end_ms)
        return [Day(*row) for row in days]

    def runs(self, start_ms: int, end_ms: int) -> list[Runs]:
        """The runs that began, by automation and result."""
        return [Runs(*row) for row in self._database.rows(_RUNS, start=start_ms, end=end_ms)]


def _tiers(body: Mapping[str, Any]) -> Iterator[str]:
    yield str(body.get("tier"))
    for reason in body.get("reasons", ()):
        if reason.startswith(_TIER):
            yield reason.removeprefix(_TIER).partition(":")[0]


_TIER: Final = "tier "
"""How the reason for a tier begins: `tier breach: ...`."""


_in_period: Final = and_(
    decision.c.decided_ms >= bindparam("start"), decision.c.decided_ms < bindparam("end")
)
_DECIDED: Final = select(decision.c.task_id).where(_in_period).distinct()
# The column is newer than some decisions: those are read.
_TIERS: Final = select(decision.c.task_id, decision.c.body).where(
    _in_period, func.coalesce(decision.c.workload, bindparam("workload")) == bindparam("workload")
)
_run = automation_run.c
_RUNS: Final = (
    select(_run.automation, _run.result, func.sum(_run["count"]))
    # A row holds an hour at most: what ended before the period began in none of its hours.
    .where(
        _run.last_ms >= bindparam("start"),
        _run.first_ms >= bindparam("start"),
        _run.first_ms < bindparam("end"),
    )
    .group_by(_run.automation, _run.result)
    .order_by(_run.automation, _run.result)
)


_MOST_DAYS: Final = 32
_start: Final = bindparam("start", type_=BigInteger)
_end: Final = bindparam("end", type_=BigInteger)
_means: Final = (func.avg(point.c.mean), func.min(point.c.low), func.max(point.c.high))


def _hours(of_tasks: bool) -> ColumnElement[bool]:
    """By series, along the primary key: over all series SQLite would go by time, row after row."""
    chosen = series.c.task_id != "" if of_tasks else series.c.task_id == ""
    of = select(series.c.id).where(series.c.workspace == bindparam("w"), chosen)
    return and_(point.c.series_id.in_(of), point.c.step_ms == HOUR)


@cache
def _measured_select(of_tasks: bool) -> Select[Any]:
    day = (point.c.at_ms - _start) // literal(_DAY_MS, BigInteger)
    return (
        select(point.c.series_id, day, *_means)
        .where(_hours(of_tasks), point.c.at_ms >= _start, point.c.at_ms < _end)
        .group_by(point.c.series_id, day)
        .order_by(point.c.series_id, day)
    )


@cache
def _measured_by_day(of_tasks: bool) -> CompoundSelect[Any]:
    """The same, day after day: so SQLite reads in the order of the key, and sorts nothing."""

    def of_day(number: int) -> Select[Any]:
        begins = _start + literal_column(f"{number * _DAY_MS}", BigInteger)
        in_day = and_(
            point.c.at_ms >= begins, point.c.at_ms < begins + literal_column(f"{_DAY_MS}")
        )
        return (
            select(point.c.series_id, literal_column(f"{number}"), *_means)
            .where(begins < _end, _hours(of_tasks), in_day, point.c.at_ms < _end)
            .group_by(point.c.series_id)
        )

    return union_all(*map(of_day, range(_MOST_DAYS)))


def _writes_select(*, is_sqlite: bool) -> Select[Any]:
    calls: Any = audit.c.calls
    # What was tampered with may be no JSON; `audit verify` says so.
    read = func.iif(func.json_valid(calls), calls, "[]") if is_sqlite else cast(calls, JSON)
    length = func.json_array_length(read)
    by_person: ColumnElement[bool] = audit.c.actor != ""
    names = (audit.c.automation, audit.c.kind, audit.c.outcome, by_person)
    return (
        select(*names, func.count(), func.sum(length))
        .where(audit.c.at_ms >= bindparam("s"), audit.c.at_ms < bindparam("e"))
        .where(audit.c.journal_id != 0)  # others are about the audit itself
        .group_by(*names)
        .order_by(*names)
    )
