"""What provisioning did: runs, their steps, and which object stands for which path.

A step is recorded before its call, gets its object's id as soon as that is known, and is closed
after its last call. So after a crash at most one step of a run is open, and it is known which.
A path is the JSON text of its parts, such as `[["space","ML"],["list","Inference"]]`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Index,
    LargeBinary,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.engine import Row
from sqlalchemy.sql.dml import ReturningInsert

from clickup_mlops.store.audit.log import Audit
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import NOBODY
from clickup_mlops.store.database.schema import BigId, metadata
from clickup_mlops.store.tables import audited_table
from clickup_mlops.store.task_creators import TaskCreator

DONE: Final = "done"
FAILED: Final = "failed"
OPEN: Final = ""
"""Outcomes. Open: not known yet."""

provision_run = Table(
    "provision_run",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("workspace", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("plan", LargeBinary, nullable=False),
    Column("begun_ms", BigInteger, nullable=False),
    Column("finished_ms", BigInteger),
    Column("outcome", Text, nullable=False),
    Index(None, "workspace", "id"),
    sqlite_autoincrement=True,
    info=NOBODY,
)

provision_step = Table(
    "provision_step",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("run_id", BigInteger, nullable=False),
    Column("path", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("object_id", Text, nullable=False),
    Column("begun_ms", BigInteger, nullable=False),
    Column("finished_ms", BigInteger),
    Column("outcome", Text, nullable=False),
    Index(None, "run_id", "id"),
    Index(None, "object_id"),
    sqlite_autoincrement=True,
    info=NOBODY,
)

provision_object = Table(
    "provision_object",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("object_id", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("desired", Text, nullable=False),
    Column("run_id", BigInteger, nullable=False),
    info=NOBODY,
)


@dataclass(frozen=True, slots=True)
class Run:
    """One apply, adopt or undo. `plan` is what it is to do, as JSON values."""

    workspace: str
    template: str
    kind: str
    plan: Any
    id: int = 0
    begun_ms: int = 0
    finished_ms: int | None = None
    outcome: str = OPEN


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of a run. `before` and `after` are attributes as JSON values, or None."""

    run_id: int
    path: str
    action: str
    before: Any
    after: Any
    object_id: str = ""
    id: int = 0
    begun_ms: int = 0
    finished_ms: int | None = None
    outcome: str = OPEN


@dataclass(frozen=True, slots=True)
class Remembered:
    """The object that a path stands for since the last apply, and its desired attributes."""

    workspace: str
    path: str
    object_id: str
    template: str
    desired: Any
    run_id: int


class Provisions(TaskCreator):
    """Runs and steps, oldest first; remembered objects by workspace and path."""

    CREATED = "provisioning created it"

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database, self._audit = database, audit
        statement = database.insert(provision_object)
        names = ("object_id", "template", "desired", "run_id")
        self._upsert = statement.on_conflict_do_update(
            index_elements=["workspace", "path"],
            set_={name: statement.excluded[name] for name in names},
        )

    # -- runs

    def begin(self, run: Run, now_ms: int) -> int:
        """Records a run that is about to start; its number."""
        row = {
            "workspace": run.workspace,
            "template": run.template,
            "kind": run.kind,
            "plan": orjson.dumps(run.plan),
            "begun_ms": now_ms,
            "outcome": OPEN,
        }
        return self._number(insert(provision_run).returning(provision_run.c.id), row)

    def finish(self, run_id: int, outcome: str, now_ms: int) -> None:
        """Closes a run: `DONE`, or why it ended."""
        values = {"i": run_id, "finished_ms": now_ms, "outcome": outcome}
        self._database.write(lambda connection: connection.execute(_FINISH_RUN, values))

    def run(self, run_id: int) -> Run | None:
        """One run by its number."""
        runs = self._runs(_RUNS.where(provision_run.c.id == run_id))
        return runs[0] if runs else None

    def runs(self, workspace: str, *, limit: int = 20) -> list[Run]:
        """The workspace's newest runs, newest first."""
        statement = _RUNS.where(provision_run.c.workspace == workspace)
        return self._runs(statement.order_by(provision_run.c.id.desc()).limit(limit))

    def interrupted(self, workspace: str) -> list[Run]:
        """Runs that began and never ended, oldest first."""
        statement = _RUNS.where(
            provision_run.c.workspace == workspace, provision_run.c.outcome == OPEN
        )
        return self._runs(statement.order_by(provision_run.c.id))

    # -- steps

    def begin_step(self, step: StepRow, now_ms: int) -> int:
        """Records a step before its first call; its number."""
        row = {
            "run_id": step.run_id,
            "path": step.path,
            "action": step.action,
            "before": _text(step.before),
            "after": _text(step.after),
            "object_id": step.object_id,
            "begun_ms": now_ms,
            "outcome": OPEN,
        }
        return self._number(insert(provision_step).returning(provision_step.c.id), row)

    def made(self, step_id: int, object_id: str) -> None:
        """Records that the step's object exists, though it may not be complete."""
        values = {"i": step_id, "object_id": object_id}
        self._database.write(lambda connection: connection.execute(_MADE, values))

    def finish_step(
        self, step_id: int, outcome: str, now_ms: int, remember: Iterable[Remembered] = ()
    ) -> None:
        """Closes a step, remembers its objects and appends to the audit, in one transaction."""
        values = {"i": step_id, "finished_ms": now_ms, "outcome": outcome}
        rows = [_object_row(row) for row in remember]

        def close(connection: Connection) -> None:
            closed = connection.execute(_FINISH_STEP, values).all()
            if rows:
                connection.execute(self._upsert, rows)
            for row in closed:
                self._audit.append(connection, _facts(_step(row)))

        self._database.write(close)

    def steps(self, run_id: int) -> list[StepRow]:
        """A run's steps in the order in which they began."""
        statement = select(provision_step).where(provision_step.c.run_id == run_id)
        with self._database.reading() as connection:
            return [
                _step(row) for row in connection.execute(statement.order_by(provision_step.c.id))
            ]

    def made_ids(self, workspace: str) -> frozenset[str]:
        """The ids of all objects that steps of the workspace's runs created."""
        rows = self._database.rows(_MADE_IDS, workspace=workspace)
        return frozenset(object_id for (object_id,) in rows)

    def has_made(self, object_id: str) -> bool:
        """Whether a step created this object."""
        return bool(self._database.rows(_HAS_MADE, object_id=object_id))

    def manages(self, object_id: str) -> bool:
        """Whether a path stands for this object, created or adopted. Reads all that there are."""
        return bool(self._database.rows(_MANAGES, object_id=object_id))

    def has_created(self, task_id: str) -> bool:
        """Whether provisioning created the task, or manages it."""
        return self.has_made(task_id) or self.manages(task_id)

    def list_created_ms(self, list_id: str) -> int | None:
        """When the step began that created this List (Unix ms); None: no step did."""
        rows = self._database.rows(_CREATION, object_id=list_id)
        return next((at_ms for (at_ms,) in rows), None)

    def chose_priority(self, task_id: str, is_by_bot: bool) -> bool:
        """Whether a step created it, or may be creating it now."""
        return self.has_made(task_id) or (is_by_bot and self.is_making())

    def is_making(self) -> bool:
        """Whether a step is in progress whose object may exist without its id being known."""
        return bool(self._database.rows(_MAKING))

    def names_in_creation(self) -> list[str]:
        """The names of objects of steps in progress; their ids are not known."""
        return [_name_of(path) for (path,) in self._database.rows(_CREATING_NOW)]

    # -- objects

    def remember(self, objects: Iterable[Remembered]) -> None:
        """Records which objects stand for which paths from now on."""
        rows = [_object_row(remembered) for remembered in objects]
        if rows:
            self._database.write(lambda connection: connection.execute(self._upsert, rows))

    def forget(self, workspace: str, paths: Iterable[str]) -> None:
        """Removes these paths: no object stands for them any more."""
        rows = [{"w": workspace, "p": path} for path in paths]
        if rows:
            self._database.write(lambda connection: connection.execute(_FORGET, rows))

    def remembered(self, workspace: str) -> Mapping[str, Remembered]:
        """Everything remembered of a workspace, by path."""
        statement = select(provision_object).where(provision_object.c.workspace == workspace)
        with self._database.reading() as connection:
            rows = [_object(stored) for stored in connection.execute(statement)]
        return {row.path: row for row in rows}

    def _number(self, statement: ReturningInsert[int], row: Mapping[str, object]) -> int:
        number: int = self._database.write(
            lambda connection: connection.execute(statement, row).scalar_one()
        )
        return number

    def _runs(self, statement: Select[Any]) -> list[Run]:
        with self._database.reading() as connection:
            return [_run(row) for row in connection.execute(statement)]


def _name_of(path: str) -> str:
    return str(orjson.loads(path)[-1][-1])


def _text(value: object) -> str:
    # In the order given: a task's checklists are made in the order of the template.
    return orjson.dumps(value).decode()


def _run(row: Row[*tuple[Any, ...]]) -> Run:
    values = row._asdict()
    return Run(plan=orjson.loads(values.pop("plan")), **values)


def _step(row: Row[*tuple[Any, ...]]) -> StepRow:
    values = row._asdict()
    before, after = orjson.loads(values.pop("before")), orjson.loads(values.pop("after"))
    return StepRow(before=before, after=after, **values)


def _facts(step: StepRow) -> dict[str, object]:
    return {
        "at_ms": step.finished_ms,
        "begun_ms": step.begun_ms,
        "task_id": step.object_id or step.path,
        "kind": f"provision:{step.action}",
        "before": step.before,
        "after": step.after,
        "receipt": step.path,
        "cause": f"provision:{step.run_id}",
        "chain": (),
        "automation": "provision",
        "actor": "",
        "run": f"provision:{step.run_id}",
        "outcome": step.outcome,
        "calls": (),
        "journal_id": step.id,
    }


def _object(row: Row[*tuple[Any, ...]]) -> Remembered:
    values = row._asdict()
    return Remembered(desired=orjson.loads(values.pop("desired")), **values)


def _object_row(remembered: Remembered) -> dict[str, object]:
    return {
        "workspace": remembered.workspace,
        "path": remembered.path,
        "object_id": remembered.object_id,
        "template": remembered.template,
        "desired": _text(remembered.desired),
        "run_id": remembered.run_id,
    }


_RUNS = select(provision_run)
_FINISH_RUN = (
    update(provision_run)
    .where(provision_run.c.id == bindparam("i"))
    .values(finished_ms=bindparam("finished_ms"), outcome=bindparam("outcome"))
)
_MADE = (
    update(provision_step)
    .where(provision_step.c.id == bindparam("i"))
    .values(object_id=bindparam("object_id"))
)
_FINISH_STEP = (
    update(provision_step)
    .where(provision_step.c.id == bindparam("i"))
    .values(finished_ms=bindparam("finished_ms"), outcome=bindparam("outcome"))
    .returning(provision_step)
)
_CREATING = select(provision_step.c.id).where(provision_step.c.action == "create").limit(1)
_HAS_MADE = _CREATING.where(provision_step.c.object_id == bindparam("object_id"))
_MANAGES = (
    select(provision_object.c.path)
    .where(provision_object.c.object_id == bindparam("object_id"))
    .limit(1)
)
_CREATION = (
    select(provision_step.c.begun_ms)
    .where(
        provision_step.c.action == "create", provision_step.c.object_id == bindparam("object_id")
    )
    .limit(1)
)
_CREATING_NOW = select(provision_step.c.path).where(
    provision_step.c.action == "create",
    provision_step.c.object_id == "",
    provision_step.c.outcome == OPEN,
)
_MADE_IDS = (
    select(provision_step.c.object_id)
    .join(provision_run, provision_run.c.id == provision_step.c.run_id)
    .where(provision_run.c.workspace == bindparam("workspace"))
    .where(provision_step.c.action == "create", provision_step.c.object_id != "")
)
_MAKING = _CREATING.where(provision_step.c.object_id == "", provision_step.c.outcome == OPEN)
_FORGET = delete(provision_object).where(
    provision_object.c.workspace == bindparam("w"), provision_object.c.path == bindparam("p")
)


def _created_task(task_id: ColumnElement[str]) -> ColumnElement[bool]:
    is_creation = and_(provision_step.c.object_id == task_id, provision_step.c.action == "create")
    return select(provision_step.c.id).where(is_creation).exists()


TABLE = replace(audited_table(Provisions), created_task=_created_task)
