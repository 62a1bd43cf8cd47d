"""Metric values: what the bot wrote last into each custom field that it keeps, and whence.

One row per field of a task. A field whose newest reading is old has been cleared; such rows go with
the copies of closed tasks.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from typing import Final

from sqlalchemy import BigInteger, Column, Float, Index, Table, Text, bindparam, delete, select

from clickup_mlops.pace import paced
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import readers_of_task
from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.tables import Expiry, store_table

metric_value = Table(
    "metric_value",
    metadata,
    Column("task_id", Text, primary_key=True),
    Column("field_id", Text, primary_key=True),
    Column("workspace", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("value", Float, nullable=True),
    Column("source", Text, nullable=False),
    Column("measure", Text, nullable=False),
    Column("labels", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("sample_ms", BigInteger, nullable=False),
    Column("written_ms", BigInteger, nullable=False),
    Column("held_until_ms", BigInteger, nullable=False),
    Column("aggregate", Text, nullable=False),
    Column("window_ms", BigInteger, nullable=False),
    Index(None, "workspace"),
    info=readers_of_task(),
)


@dataclass(frozen=True, slots=True)
class MetricValue:
    """The field of a task that the bot keeps. Times in Unix ms.

    `value` is what it wrote last; None: it cleared the field, whose source was silent. `sample_ms`
    is the time of the newest reading, `held_until_ms` until when a person has the field.
    """

    task_id: str
    field_id: str
    workspace: str
    field: str
    value: float | None
    source: str
    measure: str
    labels: str
    origin: str
    sample_ms: int
    written_ms: int
    held_until_ms: int = 0
    aggregate: str = ""
    """What was made of several series, such as `max of 3 series`; empty: there is one."""
    window_ms: int = 0
    """How long the time is that rates and percentiles are over, at most; 0: not known."""

    @property
    def key(self) -> tuple[str, str]:
        """Task and field, by id."""
        return self.task_id, self.field_id

    def at(self, sample_ms: int) -> "MetricValue":
        """The same with a newer reading."""
        return replace(self, sample_ms=max(self.sample_ms, sample_ms))


_ROWS: Final = 50
"""In one transaction: no event waits for longer."""
_NAMES = tuple(column.name for column in fields(MetricValue))
_KEY = ("task_id", "field_id")


class MetricValues:
    """By task and field."""

    def __init__(self, database: Database) -> None:
        self._database = database
        statement = database.insert(metric_value)
        value_columns = [name for name in _NAMES if name not in _KEY]
        self._upsert = statement.on_conflict_do_update(
            index_elements=[*_KEY], set_={name: statement.excluded[name] for name in value_columns}
        )

    def put_many(self, values: Iterable[MetricValue], *, wait: bool = True) -> None:
        """Keeps them, in place of what was known of the same fields. `wait` False: with this
        thread's next write.
        """
        statements = [(self._upsert, asdict(value)) for value in values]
        for start in paced(range(0, len(statements), _ROWS)):
            self._database.put(statements[start : start + _ROWS], wait=wait)

    def remove(self, key: tuple[str, str]) -> None:
        """The bot does not keep this field any more. With this thread's next write."""
        self._database.put([(_REMOVE, {"t": key[0], "f": key[1]})], wait=False)

    def of_task(self, task_id: str) -> list[MetricValue]:
        """Those of one task, by field."""
        return [MetricValue(*row) for row in self._database.rows(_OF_TASK, t=task_id)]

    def of_workspace(self, workspace: str) -> list[MetricValue]:
        """All of a Workspace."""
        return [MetricValue(*row) for row in self._database.rows(_OF_WORKSPACE, w=workspace)]


_ALL = select(*(metric_value.c[name] for name in _NAMES)).order_by(
    metric_value.c.task_id, metric_value.c.field
)
_OF_TASK = _ALL.where(metric_value.c.task_id == bindparam("t"))
_OF_WORKSPACE = _ALL.where(metric_value.c.workspace == bindparam("w"))
_REMOVE = delete(metric_value).where(
    metric_value.c.task_id == bindparam("t"), metric_value.c.field_id == bindparam("f")
)

TABLE = store_table(
    MetricValues,
    Expiry("closed_tasks", metric_value, lambda before: metric_value.c.sample_ms < before),
)
