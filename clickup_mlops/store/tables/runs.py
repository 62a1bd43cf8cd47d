"""The run log: how each automation that an event triggered ended, for people to look at.

A run that wrote something, or was refused, has one row for its event, however often it is retried.
One that wrote nothing shares a row with all events of the same hour and result: a storm of events
about one task does not fill the disk.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    Select,
    Table,
    Text,
    bindparam,
    case,
    func,
    select,
)

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import readers_of_task
from clickup_mlops.store.database.schema import BigId, metadata
from clickup_mlops.store.tables import Expiry, store_table

Result = Literal[
    "done", "partly failed", "failed", "refused", "capped", "held", "overtaken", "shadow"
]
FAILED: Final[tuple[Result, ...]] = ("partly failed", "failed", "refused")
"""Results that a person should look at."""
CAPPED: Final[tuple[Result, ...]] = ("capped",)
"""The result of runs that a cap has stopped."""
MOST_ROWS: Final = 100_000
"""At most so many runs are kept, the newest ones, whatever `[retention]` says."""
_HOUR_MS: Final = 3_600_000
_OF_EVENT: Final[tuple[Result, ...]] = ("done", "partly failed", "refused")

automation_run = Table(
    "automation_run",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),
    Column("automation", Text, nullable=False),
    Column("task_id", Text, nullable=False),
    Column("event_key", Text, nullable=False),
    Column("event_kind", Text, nullable=False),
    Column("first_ms", BigInteger, nullable=False),
    Column("last_ms", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
    Column("result", Text, nullable=False),
    Column("actions", Text, nullable=False),
    Index(None, "last_ms"),
    Index(None, "task_id", "last_ms"),
    Index(None, "automation", "last_ms"),
    sqlite_autoincrement=True,
    info=readers_of_task(),
)


@dataclass(frozen=True, slots=True)
class RunAction:
    """One action of a run, and how it ended."""

    action: str
    """Name of its action; empty: the automation as a whole."""
    task_id: str
    text: str
    """What it writes; the reason, if it could not be planned."""
    state: str
    """`done`, `shadow`, `capped`, `held`, `refused` (by ClickUp), `problem` (not planned), or
    `overtaken` (people chose another value while the bot or ClickUp was away)."""
    why: str = ""
    """What ClickUp said, if it refused."""
    hint: str = ""
    """What to do about it."""


@dataclass(frozen=True, slots=True)
class AutomationRun:
    """An automation that an event triggered; `at_ms` in Unix milliseconds."""

    automation: str
    task_id: str
    """Empty: it was evaluated for the whole workspace."""
    event_key: str
    event_kind: str
    at_ms: int
    result: Result
    actions: tuple[RunAction, ...]

    @property
    def failure(self) -> RunAction | None:
        """The first action that failed, if one did."""
        return next(
            (action for action in self.actions if action.state in ("problem", "refused")), None
        )

    @property
    def why(self) -> str:
        """Why it failed, in one line; empty if it did not."""
        failure = self.failure
        return (
            ""
            if failure is None
            else f"{failure.action}: {failure.why}"
            if failure.why
            else failure.text
        )


@dataclass(frozen=True, slots=True)
class AutomationRunRow(AutomationRun):
    """A run as it is stored. `at_ms` and the event are those of the last repetition."""

    id: int
    first_ms: int
    count: int
    """For how many events it ended like this."""


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs; empty: all."""

    automation: str = ""
    task_id: str = ""
    results: Sequence[Result] = ()
    since_ms: int = 0


@dataclass(frozen=True, slots=True)
class Failing:
    """An automation with its failed runs: how many, and the newest."""

    automation: str
    count: int
    newest: AutomationRunRow


@dataclass(frozen=True, slots=True)
class RunCount:
    """How often runs of an automation ended like this, and when one did last (Unix ms)."""

    automation: str
    result: Result
    count: int
    last_ms: int


class AutomationRuns:
    """The run log. Rows are written with this thread's next write, without waiting."""

    def __init__(self, database: Database) -> None:
        self._database = database
        statement = database.insert(automation_run)
        old, new = automation_run.c, statement.excluded
        repeated = case((old.event_key == new.event_key, old.count), else_=old.count + 1)
        names = ("event_key", "event_kind", "last_ms", "result", "actions")
        self._upsert = statement.on_conflict_do_update(
            index_elements=["key"],
            set_={"count": repeated} | {name: new[name] for name in names},
        )

    def put(self, run: AutomationRun) -> None:
        """Stores the run, in place of an earlier attempt, or as a repetition; see the module."""
        row = {
            "key": _key(run),
            "automation": run.automation,
            "task_id": run.task_id,
            "event_key": run.event_key,
            "event_kind": run.event_kind,
            "first_ms": run.at_ms,
            "last_ms": run.at_ms,
            "count": 1,
            "result": run.result,
            "actions": orjson.dumps([asdict(action) for action in run.actions]).decode(),
        }
        self._database.defer((self._upsert, row))

    def get(self, number: int) -> AutomationRunRow | None:
        """The run with this number."""
        return next(map(_row, self._database.rows(_BY_ID, number=number)), None)

    def of_event(self, automation: str, task_id: str, event_key: str) -> AutomationRunRow | None:
        """An automation's run for an event, if it wrote something or was refused."""
        key = _event_key(automation, task_id, event_key)
        return next(map(_row, self._database.rows(_BY_KEY, run_key=key)), None)

    def failing(self, since_ms: int, results: Sequence[Result] = FAILED) -> list[Failing]:
        """The automations with runs that ended like this since then, the most first."""
        c = automation_run.c
        total = func.sum(c.count)
        statement = (
            select(c.automation, total)
            .where(c.last_ms >= since_ms, c.result.in_(results))
            .group_by(c.automation)
            .order_by(total.desc(), c.automation)
        )
        with self._database.reading() as connection:
            rows = connection.execute(statement).all()
        return [
            Failing(name, int(count), self._newest(name, results, since_ms)) for name, count in rows
        ]

    def counts(self, since_ms: int) -> list[RunCount]:
        """How runs ended since then, by automation and result."""
        return [RunCount(*row) for row in self._database.rows(_COUNTS, since=since_ms)]

    def _newest(
        self, automation: str, results: Sequence[Result], since_ms: int
    ) -> AutomationRunRow:
        (newest,) = self.list(RunFilter(automation, results=results, since_ms=since_ms), 1)
        return newest

    def list(self, condition: RunFilter, limit: int) -> list[AutomationRunRow]:
        """The runs that fit, newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(_filtered(condition).limit(limit)).all()
        return [_row(tuple(row)) for row in rows]


def _key(run: AutomationRun) -> str:
    if run.result in _OF_EVENT:
        return _event_key(run.automation, run.task_id, run.event_key)
    hour = str(run.at_ms // _HOUR_MS)
    words = (
        word
        for action in run.actions
        for word in (action.task_id, action.state, action.text, action.why)
    )
    return _digest("same", run.automation, run.task_id, hour, run.result, *words)


def _event_key(automation: str, task_id: str, event_key: str) -> str:
    return _digest("event", automation, task_id, event_key)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _filtered(condition: RunFilter) -> Select[Any]:
    c = automation_run.c
    statement = _ALL.where(c.last_ms >= condition.since_ms)
    if condition.automation:
        statement = statement.where(c.automation == condition.automation)
    if condition.task_id:
        statement = statement.where(c.task_id == condition.task_id)
    if condition.results:
        statement = statement.where(c.result.in_(condition.results))
    return statement.order_by(c.last_ms.desc(), c.id.desc())


def _row(columns: tuple[Any, ...]) -> AutomationRunRow:
    row = dict(zip(_NAMES, columns, strict=True))
    row["at_ms"] = row.pop("last_ms")
    actions = tuple(RunAction(**action) for action in orjson.loads(row.pop("actions")))
    return AutomationRunRow(actions=actions, **row)


_NAMES = tuple(column.name for column in automation_run.c if column.name != "key")
_ALL = select(*(automation_run.c[name] for name in _NAMES))
_BY_ID = _ALL.where(automation_run.c.id == bindparam("number"))
_recent = (
    select(*(automation_run.c[name] for name in ("automation", "result", "count", "last_ms")))
    .where(automation_run.c.last_ms >= bindparam("since"))
    .order_by(automation_run.c.last_ms.desc())
    .limit(MOST_ROWS)  # else SQLite would follow an index by automation through all runs
    .subquery()
)
_COUNTS = (
    select(
        _recent.c.automation,
        _recent.c.result,
        func.sum(_recent.c["count"]),
        func.max(_recent.c.last_ms),
    )
    .group_by(_recent.c.automation, _recent.c.result)
    .order_by(_recent.c.automation, _recent.c.result)
)
_BY_KEY = _ALL.where(automation_run.c.key == bindparam("run_key"))


def _old(before_ms: int) -> ColumnElement[bool]:
    """And the oldest beyond `MOST_ROWS`, whatever their age."""
    c = automation_run.c
    beyond = select(c.id).order_by(c.last_ms.desc(), c.id.desc()).offset(MOST_ROWS)
    return (c.last_ms < before_ms) | c.id.in_(beyond)


TABLE = store_table(AutomationRuns, Expiry("runs", automation_run, _old))
