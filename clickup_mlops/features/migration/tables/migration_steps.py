"""The journal of migrations: which step of which migration is begun, done, failed or undone.

A step is recorded before its call. So after a crash those that are begun are the only ones whose
effect is not known: ClickUp is asked before they are done again.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    LargeBinary,
    Table,
    Text,
    and_,
    bindparam,
    func,
    select,
)

from clickup_mlops.store.database.deleting import delete_all
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import NOBODY
from clickup_mlops.store.database.schema import BigId, metadata
from clickup_mlops.store.tables import store_table
from clickup_mlops.store.task_creators import TaskCreator

BEGUN: Final = "begun"
DONE: Final = "done"
FAILED: Final = "failed"
UNDONE: Final = "undone"
"""States."""
PAGE = 500

migration_step = Table(
    "migration_step",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("migration", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("source_hash", Text, nullable=False),
    Column("written", LargeBinary, nullable=False),
    Column("error", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("uq_migration_step_migration_key", "migration", "key", unique=True),
    Index(None, "migration", "kind", "state", "id"),
    Index(None, "target"),
    sqlite_autoincrement=True,
    info=NOBODY,
)


@dataclass(frozen=True, slots=True)
class JournaledStep:
    """A step's state. `target`: id of what it made, empty while that is not known.

    `kind` is the key's part before the colon: `task`, `comment`, `file`, `dependency`, `link`,
    `relation`, `time`, `watchers`, `archive`, `place`. `source_hash` is the hash of the source's
    record that it was made from, `written` what was written as JSON (for a task its values as
    ClickUp gave them back).
    `at_ms` is when the state was last set (Unix ms).
    """

    key: str
    kind: str
    state: str
    target: str = ""
    source_hash: str = ""
    written: bytes = b"null"
    error: str = ""
    at_ms: int = 0


class MigrationSteps(TaskCreator):
    """Steps by migration and key, in the order in which they were first begun."""

    CREATED = "a migration imported it"

    def __init__(self, database: Database) -> None:
        self._database = database
        statement = database.insert(migration_step)
        names = [name for name in JournaledStep.__slots__ if name not in ("key", "kind")]
        self._upsert = statement.on_conflict_do_update(
            index_elements=["migration", "key"],
            set_={name: statement.excluded[name] for name in names},
        )

    def put(self, migration: str, steps: Iterable[JournaledStep]) -> None:
        """Stores them, in place of what was known of these keys; on disk when it returns."""
        rows = [
            {"migration": migration}
            | {name: getattr(step, name) for name in JournaledStep.__slots__}
            for step in steps
        ]
        if rows:
            self._database.write(lambda connection: connection.execute(self._upsert, rows))

    def get(self, migration: str, key: str) -> JournaledStep | None:
        """The step with that key, if it is stored."""
        rows = self._database.rows(_GET, migration=migration, key=key)
        return JournaledStep(*rows[0]) if rows else None

    def states(self, migration: str, keys: Sequence[str]) -> dict[str, str]:
        """The state of those of the steps that there are, by key. At most a page of keys."""
        with self._database.reading() as connection:
            rows = connection.execute(_STATES, {"migration": migration, "keys": list(keys)})
            return {row.key: row.state for row in rows}

    def newest_ms(self, migration: str) -> int | None:
        """When a step's state was last set (Unix ms); None: there is no step."""
        ((at_ms,),) = self._database.rows(_NEWEST, migration=migration)
        return None if at_ms is None else int(at_ms)

    def of_target(self, migration: str, target: str) -> JournaledStep | None:
        """The step that made or changed the object with this id, the first if there are several."""
        rows = self._database.rows(_OF_TARGET, migration=migration, target=target)
        return JournaledStep(*rows[0]) if rows else None

    def has_created(self, task_id: str) -> bool:
        """Whether a migration created this task."""
        return bool(self._database.rows(_HAS_CREATED, target=task_id))

    def names_in_creation(self) -> list[str]:
        """The names of tasks that may exist without their ids being known."""
        rows = self._database.rows(_CREATING)
        return [str(orjson.loads(body).get("name") or "") for (body,) in rows]

    def created(self, migration: str) -> list[str]:
        """Ids of the tasks that a migration created."""
        return [task_id for (task_id,) in self._database.rows(_CREATED, migration=migration)]

    def of(self, migration: str, kind: str, state: str) -> Iterator[JournaledStep]:
        """All steps of a kind in a state, oldest first; read in pages."""
        after = 0
        while rows := self._database.rows(
            _PAGE, migration=migration, kind=kind, state=state, after=after
        ):
            yield from (JournaledStep(*row[1:]) for row in rows)
            after = rows[-1][0]

    def counts(self, migration: str) -> dict[tuple[str, str], int]:
        """How many steps there are, by kind and state."""
        rows = self._database.rows(_COUNTS, migration=migration)
        return {(kind, state): number for kind, state, number in rows}

    def forget(self, migration: str) -> int:
        """Deletes what was done of a migration; how many rows it had."""
        return delete_all(
            self._database, migration_step, migration_step.c.migration == migration, durable=True
        )


_COLUMNS = [migration_step.c[name] for name in JournaledStep.__slots__]
_HERE = migration_step.c.migration == bindparam("migration")
_GET = select(*_COLUMNS).where(_HERE, migration_step.c.key == bindparam("key"))
_OF_TARGET = (
    select(*_COLUMNS)
    .where(_HERE, migration_step.c.target == bindparam("target"))
    .order_by(migration_step.c.id)
    .limit(1)
)
_PAGE = (
    select(migration_step.c.id, *_COLUMNS)
    .where(
        _HERE,
        migration_step.c.kind == bindparam("kind"),
        migration_step.c.state == bindparam("state"),
        migration_step.c.id > bindparam("after"),
    )
    .order_by(migration_step.c.id)
    .limit(PAGE)
)
_STATES = select(migration_step.c.key, migration_step.c.state).where(
    _HERE, migration_step.c.key.in_(bindparam("keys", expanding=True))
)
_IS_TASK = migration_step.c.kind == "task"
_HAS_CREATED = (
    select(migration_step.c.id)
    .where(_IS_TASK, migration_step.c.target == bindparam("target"))
    .limit(1)
)
_CREATING = select(migration_step.c.written).where(_IS_TASK, migration_step.c.state == BEGUN)
_CREATED = select(migration_step.c.target).where(_HERE, _IS_TASK, migration_step.c.target != "")
_NEWEST = select(func.max(migration_step.c.at_ms)).where(_HERE)
_COUNTS = (
    select(migration_step.c.kind, migration_step.c.state, func.count())
    .where(_HERE)
    .group_by(migration_step.c.kind, migration_step.c.state)
)


def _created_task(task_id: ColumnElement[str]) -> ColumnElement[bool]:
    is_task = and_(migration_step.c.target == task_id, migration_step.c.kind == "task")
    return select(migration_step.c.id).where(is_task).exists()


TABLE = replace(store_table(MigrationSteps), created_task=_created_task)
