"""Overrides: priorities that routing leaves alone, until when, and who set them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Final, Literal

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    SmallInteger,
    Table,
    Text,
    bindparam,
    delete,
    func,
    select,
    update,
)

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import readers_of_task
from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.journal_rows import UNDO
from clickup_mlops.store.tables import Expiry, store_table

Origin = Literal["change", "creation", "existing", "import"]
CHANGE: Final = "change"
CREATION: Final = "creation"
EXISTING: Final = "existing"
IMPORT: Final = "import"

override = Table(
    "override",
    metadata,
    Column("task_id", Text, primary_key=True),
    Column("priority", SmallInteger),
    Column("user_id", BigInteger),
    Column("since_ms", BigInteger, nullable=False),
    Column("until_ms", BigInteger, nullable=False),
    Column("origin", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("user_name", Text, nullable=False),
    Column("because", Text, nullable=False),
    # Tasks that one user created at about the same time.
    Index(None, "user_id", "created_ms"),
    Index(None, "until_ms"),
    info=readers_of_task(),
)


@dataclass(frozen=True, slots=True)
class Override:
    """A priority (None: cleared) that routing leaves alone until `until_ms`, and who set it.

    `origin`: see `routing.facts.Origin`. If it is not `CHANGE`, the task had the priority when it
    was first seen; then `user_id` is who created the task, and `created_ms` is when.
    """

    task_id: str
    priority: int | None
    user_id: int | None
    since_ms: int
    until_ms: int
    origin: Origin = CHANGE
    created_ms: int = 0
    set_by: str = ""
    """What set it, as the journal names it: by hand (empty), a slash command such as
    `/priority`, `undo`, or the automation that holds it."""
    user_name: str = ""
    """The person who set it; empty if not known, or if no person did."""
    because: str = ""
    """The reason that was given."""

    @property
    def automation(self) -> str:
        """The automation that holds it; empty: it is a person's choice."""
        return "" if self.set_by == UNDO or self.set_by.startswith("/") else self.set_by

    @property
    def is_held(self) -> bool:
        """Whether an automation holds a priority by it."""
        return bool(self.automation) and self.priority is not None

    @property
    def is_ended(self) -> bool:
        """Whether it only says that an automation held a priority, and `because` of what it does
        not any more.
        """
        return bool(self.automation) and self.priority is None


class Overrides:
    """Priorities that routing leaves alone: at most one for each task, the newest."""

    def __init__(self, database: Database) -> None:
        self._database = database
        statement = database.insert(override)
        new, names = statement.excluded, [column.name for column in fields(Override)][1:]
        # The event that names the person may come after the change was seen on the task.
        nameless = (override.c.user_name == "") & (override.c.set_by == "")
        adds_person = nameless & (override.c.priority == new.priority) & (new.user_name != "")
        newer = (new.since_ms >= override.c.since_ms) | (override.c.origin != CHANGE)
        self._upsert = statement.on_conflict_do_update(
            index_elements=["task_id"],
            set_={name: new[name] for name in names},
            where=newer | adds_person,
        )
        self._insert = statement.on_conflict_do_nothing(index_elements=["task_id"])

    def put(
        self,
        task_id: str,
        priority: int | None,
        user_id: int | None,
        since_ms: int,
        until_ms: int,
        *,
        set_by: str = "",
        user_name: str = "",
        because: str = "",
        origin: Origin = CHANGE,
        created_ms: int = 0,
        instead: bool = False,
    ) -> None:
        """Stores a choice, unless a newer one is known, or `instead` of that; other optional
        arguments are as in `Override`.
        """
        choice = Override(
            task_id,
            priority,
            user_id,
            since_ms,
            until_ms,
            origin,
            created_ms,
            set_by=set_by,
            user_name=user_name,
            because=because,
        )
        row = asdict(choice)

        def store(connection: Connection) -> None:
            if instead:
                connection.execute(_RELEASE, {"i": task_id})
            connection.execute(self._upsert, row)

        self._database.write(store)

    def put_first(self, initial: Override, batch: int) -> Override:
        """Stores the priority that a task had when it was first seen, unless there is an override.

        With `batch` (0: any number) such tasks that one user created within a minute with the same
        priority, they all become an `IMPORT`. Returns the override that is stored now.
        """
        row = asdict(initial)
        around = {
            "user": initial.user_id,
            "number": initial.priority,
            "early": initial.created_ms - _TOGETHER_MS,
            "late": initial.created_ms + _TOGETHER_MS,
        }

        def store(connection: Connection) -> Override:
            connection.execute(self._insert, row)
            ((alike,),) = connection.execute(_ALIKE, around)
            if batch and alike >= batch:
                connection.execute(_IMPORTED, around)
            choice = connection.execute(_KEPT, {"task_id": initial.task_id}).one()
            return Override(*choice)

        return self._database.write(store, durable=False)

    def restart(self, since_ms: int, until_ms: int) -> int:
        """Restarts the period of every priority that a task had when first seen; how many."""
        values = {"since": since_ms, "until": until_ms}
        return self._database.write(
            lambda connection: connection.execute(_RESTART, values).rowcount
        )

    def get(self, task_id: str, now_ms: int) -> Override | None:
        """The override that is in force now, or None."""
        rows = self._database.rows(_OVERRIDE, task_id=task_id, now=now_ms)
        return next((Override(*row) for row in rows), None)

    def get_many(self, task_ids: Sequence[str], now_ms: int) -> dict[str, Override]:
        """Those of these tasks that are in force now, by task."""
        values = {"task_ids": [*task_ids], "now": now_ms}
        with self._database.reading() as connection:
            rows = connection.execute(_SEVERAL, values).all()
        return {active.task_id: active for active in (Override(*row) for row in rows)}

    def ending(self, now_ms: int, limit: int) -> list[Override]:
        """Those in force that hold a priority, without imports; those that end first."""
        rows = self._database.rows(_ENDING, now=now_ms, limit=limit)
        return [Override(*row) for row in rows]

    def release(self, task_id: str) -> bool:
        """Ends the override: the policy decides again. False: there was none."""
        values = {"i": task_id}
        return self._database.write(
            lambda connection: connection.execute(_RELEASE, values).rowcount == 1
        )

    def list(self, now_ms: int) -> list[Override]:
        """Every override in force, oldest first."""
        return [Override(*row) for row in self._database.rows(_LIVE, now=now_ms)]


_TOGETHER_MS: Final = 60_000
"""Tasks that were created within this time of each other were created together."""
_KEPT_COLUMNS = select(*(override.c[field.name] for field in fields(Override)))
_KEPT = _KEPT_COLUMNS.where(override.c.task_id == bindparam("task_id"))
_alike = (
    (override.c.user_id == bindparam("user"))
    & override.c.created_ms.between(bindparam("early"), bindparam("late"))
    & (override.c.priority == bindparam("number"))
    & (override.c.origin != CHANGE)
)
_ALIKE = select(func.count()).select_from(override).where(_alike)
_IMPORTED = update(override).where(_alike).values(origin=IMPORT)
_RESTART = (
    update(override)
    .where(override.c.origin != CHANGE)
    .values(since_ms=bindparam("since"), until_ms=bindparam("until"))
)
_LIVE = _KEPT_COLUMNS.where(override.c.until_ms > bindparam("now")).order_by(override.c.since_ms)
_OVERRIDE = _LIVE.where(override.c.task_id == bindparam("task_id"))
_SEVERAL = _LIVE.where(override.c.task_id.in_(bindparam("task_ids", expanding=True)))
_ENDING = (
    _KEPT_COLUMNS.where(override.c.until_ms > bindparam("now"), override.c.origin != IMPORT)
    .where(override.c.priority.is_not(None))
    .order_by(override.c.until_ms)
    .limit(bindparam("limit"))
)
_RELEASE = delete(override).where(override.c.task_id == bindparam("i"))

TABLE = store_table(
    Overrides, Expiry("overrides", override, lambda before: override.c.until_ms < before)
)
