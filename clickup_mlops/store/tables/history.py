"""History: what was measured, as series of points, and their means over longer steps.

A series is one measure of one thing: of a task's field, or of the labels that a source gave it. Raw
points are what was read; the job `rollup` adds their means over 5 minutes and over an hour, each
kept for longer than the one before. What it does again comes out the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    Table,
    Text,
    and_,
    bindparam,
    case,
    func,
    literal,
    select,
    union_all,
)

from clickup_mlops.pace import paced
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import of_task, readers
from clickup_mlops.store.database.schema import BigId, metadata
from clickup_mlops.store.tables import Expiry, store_table

RAW: Final = 0
FIVE_MINUTES: Final = 300_000
HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR
STEPS: Final = (RAW, FIVE_MINUTES, HOUR)
"""Lengths of a point's step, in ms."""

series = Table(
    "series",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("workspace", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("measure", Text, nullable=False),
    Column("labels", Text, nullable=False),
    Column("task_id", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("last_ms", BigInteger, nullable=False),
    Column("last", Float),
    Index(None, "workspace", "source", "measure", "labels", "task_id", "field", unique=True),
    Index(None, "task_id", "last_ms"),
    sqlite_autoincrement=True,
    info=readers(f"r.task_id = '' or {of_task()}"),
)

_OF_SERIES: Final = (
    "r.series_id in (select s.id from {schema}.series s where s.task_id = ''"  # noqa: S608
    f" or {of_task('task_id', row='s')})"
)

point = Table(
    "point",
    metadata,
    Column("series_id", BigInteger, primary_key=True, autoincrement=False),
    Column("step_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
    Column("mean", Float, nullable=False),
    Column("low", Float, nullable=False),
    Column("high", Float, nullable=False),
    Index(None, "step_ms", "at_ms"),
    sqlite_with_rowid=False,
    info=readers(_OF_SERIES),
)


@dataclass(frozen=True, slots=True)
class Series:
    """One measure of one thing. `labels` as `name=value, name=value`, sorted.

    `task_id` and `field` name the custom field that shows it; empty: no task does. `last_ms` is the
    time of its newest point (Unix ms), `last` the value of that.
    """

    workspace: str
    source: str
    measure: str
    labels: str
    task_id: str
    field: str
    unit: str
    last_ms: int = 0
    id: int = 0
    last: float | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """What it is known by."""
        return tuple(getattr(self, name) for name in _KEY)


@dataclass(frozen=True, slots=True)
class Point:
    """The mean, lowest and highest of `count` readings from `at_ms` on (Unix ms), in the series'
    unit. A raw point is one reading.
    """

    at_ms: int
    mean: float
    low: float
    high: float
    count: int = 1


class Part(NamedTuple):
    """The points of one step in a range of time (Unix ms)."""

    step_ms: int
    start_ms: int
    end_ms: int


class WindowPoint(NamedTuple):
    """A raw point with what it is of; its time is in Unix ms."""

    source: str
    measure: str
    labels: str
    at_ms: int
    value: float


class History:
    """Series and their points. A range begins with `start_ms` and ends before `end_ms`, Unix ms."""

    def __init__(self, database: Database) -> None:
        self._database = database
        statement = database.insert(series)
        self._known = statement.on_conflict_do_update(
            index_elements=[*_KEY],
            set_={"unit": statement.excluded.unit}
            | {name: _newer(statement, name) for name in ("last_ms", "last")},
        )
        self._point = database.insert(point).on_conflict_do_nothing(
            index_elements=["series_id", "step_ms", "at_ms"]
        )
        self._rollup = self._rollup_statement()

    def put(self, readings: Iterable[tuple[Series, int, float]]) -> None:
        """Raw points: a series, the time of its reading (Unix ms) and the value. What is there
        already stays.
        """
        raw_points = [*readings]
        for start in paced(range(0, len(raw_points), _ROWS)):
            part = raw_points[start : start + _ROWS]
            self._database.put(
                [(self._known, _series_row(*reading)) for reading in part], wait=True
            )
        since_ms = min((at for _series, at, _value in raw_points), default=0)
        of = {series_.workspace for series_, _at, _value in raw_points}
        ids = {series_.key: series_.id for series_ in self.all(of, since_ms)}
        rows = [(self._point, _point_row(ids[series_.key], at, v)) for series_, at, v in raw_points]
        for start in paced(range(0, len(rows), _ROWS)):
            self._database.put(rows[start : start + _ROWS], wait=True)

    def all(self, workspaces: Iterable[str], since_ms: int = 0) -> list[Series]:
        """The series of these Workspaces with a point since then, by source, measure and labels."""
        return [
            Series(*row)
            for workspace in sorted(workspaces)
            for row in self._database.rows(_OF_WORKSPACE, w=workspace, since=since_ms)
        ]

    def shared(self, workspace: str, since_ms: int, limit: int) -> list[Series]:
        """Those of no task with a point since then, the newest first."""
        values = {"w": workspace, "since": since_ms, "limit": limit}
        return [Series(*row) for row in self._database.rows(_SHARED, **values)]

    def of_task(self, task_id: str) -> list[Series]:
        """Those that a task's fields show."""
        return [Series(*row) for row in self._database.rows(_OF_TASK, task=task_id)]

    def tasks(self, workspace: str) -> list[str]:
        """The ids of the tasks whose fields show a series."""
        return [task_id for (task_id,) in self._database.rows(_TASKS, w=workspace)]

    def first_ms(self, step_ms: int, since_ms: int) -> int | None:
        """The time of the oldest point of this step since then (Unix ms)."""
        ((oldest_ms,),) = self._database.rows(_FIRST, step=step_ms, since=since_ms)
        return None if oldest_ms is None else int(oldest_ms)

    def means(self, series_id: int, parts: Iterable[Part], width_ms: int) -> list[Point]:
        """Of one point for each `width_ms`, from all parts (three at most), oldest first. A point's
        time is that of the oldest in it.
        """
        values: dict[str, object] = {"s": series_id, "width": width_ms}
        for number, part in enumerate((*parts, _NOTHING, _NOTHING, _NOTHING)[:_PARTS]):
            values |= {f"{name}_{number}": value for name, value in part._asdict().items()}
        return [Point(*row) for row in self._database.rows(_MEANS, **values)]

    def points(self, series_id: int, step_ms: int, start_ms: int, end_ms: int) -> list[Point]:
        """The points of a series with this step, oldest first."""
        values = {"s": series_id, "step": step_ms, "start": start_ms, "end": end_ms}
        return [Point(*row) for row in self._database.rows(_POINTS, **values)]

    def window(self, workspace: str, since_ms: int) -> list[WindowPoint]:
        """All raw points of the Workspace's series of no task since then, in any order."""
        values = {"w": workspace, "since": since_ms}
        return [WindowPoint(*row) for row in self._database.rows(_WINDOW, **values)]

    def same_hours(
        self, workspace: str, measure: str, start_ms: int, end_ms: int
    ) -> list[WindowPoint]:
        """Means of a measure over the hour that begins at `start_ms` and that of each day after it,
        of the Workspace's series of no task, oldest first.
        """
        # Each hour by its time: an index finds it. A range with a remainder reads all hours.
        hours = [*range(start_ms, end_ms, DAY)]
        values = {"w": workspace, "measure": measure, "hours": hours}
        with self._database.reading() as connection:
            return [WindowPoint(*row) for row in connection.execute(_SAME_HOURS, values)]

    def rollup(self, step_ms: int, start_ms: int, end_ms: int) -> None:
        """Makes the points of a step from those of the step before it, again if they are there.

        Both times must be multiples of the step, and all that is in between must be over.
        """
        finer = STEPS[STEPS.index(step_ms) - 1]
        values = {"step": step_ms, "finer": finer, "start": start_ms, "end": end_ms}
        self._database.write(lambda connection: connection.execute(self._rollup, values))

    def _rollup_statement(self) -> Any:
        step = bindparam("step", type_=BigInteger)
        begins = point.c.at_ms - point.c.at_ms % step
        count = func.sum(point.c.count)
        means = (
            select(
                point.c.series_id,
                step.label("step_ms"),
                begins.label("at_ms"),
                count,
                func.sum(point.c.mean * point.c.count) / count,
                func.min(point.c.low),
                func.max(point.c.high),
            )
            .where(
                and_(
                    literal(1) == 1,  # SQLite would take ON CONFLICT for a join's condition
                    point.c.step_ms == bindparam("finer"),
                    point.c.at_ms >= bindparam("start"),
                    point.c.at_ms < bindparam("end"),
                )
            )
            .group_by(point.c.series_id, begins)
        )
        names = ["series_id", "step_ms", "at_ms", "count", "mean", "low", "high"]
        statement = self._database.insert(point).from_select(names, means)
        return statement.on_conflict_do_update(
            index_elements=names[:3],
            set_={name: statement.excluded[name] for name in names[3:]},
        )


_ROWS: Final = 50
"""In one transaction: no event waits for longer."""
_KEY: Final = ("workspace", "source", "measure", "labels", "task_id", "field")


_PARTS: Final = 3
_NOTHING: Final = Part(RAW, 0, 0)


def _newer(statement: Any, name: str) -> Any:
    """The column's value from the newer of both readings: a late one is not the last one."""
    is_newer = statement.excluded.last_ms >= series.c.last_ms
    return case((is_newer, statement.excluded[name]), else_=series.c[name])


def _series_row(series_: Series, at_ms: int, value: float) -> dict[str, Any]:
    row = {name: getattr(series_, name) for name in (*_KEY, "unit")}
    return row | {"last_ms": at_ms, "last": value}


def _point_row(series_id: int, at_ms: int, value: float) -> dict[str, Any]:
    row = {"series_id": series_id, "step_ms": RAW, "at_ms": at_ms, "count": 1}
    return row | dict.fromkeys(("mean", "low", "high"), value)


_SERIES: Final = select(*(series.c[attribute.name] for attribute in fields(Series))).order_by(
    series.c.source, series.c.measure, series.c.labels, series.c.id
)
_OF_WORKSPACE: Final = _SERIES.where(
    series.c.workspace == bindparam("w"), series.c.last_ms >= bindparam("since")
)
_SHARED: Final = (
    select(*(series.c[attribute.name] for attribute in fields(Series)))
    .where(
        series.c.task_id == "",
        series.c.last_ms >= bindparam("since"),
        series.c.workspace == bindparam("w"),
    )
    .order_by(series.c.last_ms.desc(), series.c.id)
    .limit(bindparam("limit"))
)
_WINDOW: Final = (
    select(series.c.source, series.c.measure, series.c.labels, point.c.at_ms, point.c.mean)
    .join(point, point.c.series_id == series.c.id)
    .where(
        series.c.workspace == bindparam("w"),
        series.c.task_id == "",
        series.c.last_ms >= bindparam("since"),
        point.c.step_ms == RAW,
        point.c.at_ms >= bindparam("since"),
    )
)
_SAME_HOURS: Final = (
    select(series.c.source, series.c.measure, series.c.labels, point.c.at_ms, point.c.mean)
    .join(point, point.c.series_id == series.c.id)
    .where(
        series.c.workspace == bindparam("w"),
        series.c.task_id == "",
        series.c.measure == bindparam("measure"),
        point.c.step_ms == HOUR,
        point.c.at_ms.in_(bindparam("hours", expanding=True)),
    )
    .order_by(point.c.at_ms)
)
_OF_TASK: Final = _SERIES.where(series.c.task_id == bindparam("task"))
_POINTS: Final[Any] = (
    select(*(point.c[attribute.name] for attribute in fields(Point)))
    .where(
        point.c.series_id == bindparam("s"),
        point.c.step_ms == bindparam("step"),
        point.c.at_ms >= bindparam("start"),
        point.c.at_ms < bindparam("end"),
    )
    .order_by(point.c.at_ms)
)
_TASKS: Final = (
    select(series.c.task_id)
    .where(series.c.workspace == bindparam("w"), series.c.task_id != "")
    .distinct()
    .order_by(series.c.task_id)
)
_FIRST: Final = select(func.min(point.c.at_ms)).where(
    point.c.step_ms == bindparam("step"), point.c.at_ms >= bindparam("since")
)


def _part(number: int) -> Any:
    return select(*(point.c[column.name] for column in fields(Point))).where(
        point.c.series_id == bindparam("s"),
        point.c.step_ms == bindparam(f"step_ms_{number}"),
        point.c.at_ms >= bindparam(f"start_ms_{number}"),
        point.c.at_ms < bindparam(f"end_ms_{number}"),
    )


_points: Final[Any] = union_all(*map(_part, range(_PARTS))).subquery().c
_MEANS: Final = (
    select(
        func.min(_points.at_ms),
        func.sum(_points.mean * _points.count) / func.sum(_points.count),
        func.min(_points.low),
        func.max(_points.high),
        func.sum(_points.count),
    )
    .group_by(_points.at_ms - _points.at_ms % bindparam("width", type_=BigInteger))
    .order_by(func.min(_points.at_ms))
)


def _of_step(step_ms: int, kind: str) -> Expiry:
    return Expiry(
        kind, point, lambda before: (point.c.step_ms == step_ms) & (point.c.at_ms < before)
    )


TABLE = store_table(
    History,
    _of_step(RAW, "history_raw"),
    _of_step(FIVE_MINUTES, "history_5min"),
    _of_step(HOUR, "history_hour"),
    Expiry("history_hour", series, lambda before: series.c.last_ms < before),
)
