"""Proposals: the priorities that the bot would set, each with a number for people."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import count
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Integer,
    SmallInteger,
    Table,
    Text,
    bindparam,
    func,
    select,
    update,
)

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import readers_of_task
from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.tables import Expiry, store_table

shadow_proposal = Table(
    "shadow_proposal",
    metadata,
    Column("task_id", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("list_id", Text, nullable=False),
    Column("list_name", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("before", SmallInteger),
    Column("after", SmallInteger, nullable=False),
    Column("person", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("is_open", Boolean, nullable=False),
    info=readers_of_task(),
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the bot would do about a task: priority `before` in ClickUp (None: none), `after`.

    `person` chose `before` against the policy; empty: nobody did. `at_ms`: since when it is
    proposed (Unix ms). `is_open`: it still holds.
    """

    task_id: str
    number: int
    list_id: str
    list_name: str
    name: str
    url: str
    before: int | None
    after: int
    person: str
    reason: str
    at_ms: int
    is_open: bool = True

    @property
    def is_raise(self) -> bool:
        """Whether the task would become more urgent; a task without a priority is the lowest."""
        return self.before is None or self.after < self.before


_NAMES: Final = tuple(field.name for field in fields(Proposal))


class Proposals:
    """One for each task, which keeps its number."""

    def __init__(self, database: Database) -> None:
        self._database = database
        statement = database.insert(shadow_proposal)
        changing = [name for name in _NAMES if name not in ("task_id", "number")]
        self._upsert = statement.on_conflict_do_update(
            index_elements=["task_id"], set_={name: statement.excluded[name] for name in changing}
        )

    def replace(self, list_ids: Sequence[str], proposals: Iterable[Proposal]) -> None:
        """These are the open ones of these Lists from now on; those with the number 0 get one."""
        rows = [asdict(proposal) for proposal in proposals]

        def store(connection: Connection) -> None:
            connection.execute(_CLOSE, {"list_ids": [*list_ids]})
            numbers = count((connection.execute(_HIGHEST).scalar() or 0) + 1)
            for row in rows:
                number = row["number"] or next(numbers)
                connection.execute(self._upsert, row | {"number": number})

        self._database.write(store)

    def of_lists(self, list_ids: Sequence[str]) -> list[Proposal]:
        """The open ones of these Lists, by number."""
        with self._database.reading() as connection:
            rows = connection.execute(_OPEN, {"list_ids": [*list_ids]}).all()
        return [Proposal(*row) for row in rows]

    def all_open(self) -> list[Proposal]:
        """The open ones, by number."""
        return [Proposal(*row) for row in self._database.rows(_ALL_OPEN)]

    def get(self, task_id: str) -> Proposal | None:
        """The newest one about this task."""
        rows = self._database.rows(_ONE, task_id=task_id)
        return next((Proposal(*row) for row in rows), None)


_COLUMNS: Final = select(*(shadow_proposal.c[name] for name in _NAMES))
_ALL_OPEN: Final = _COLUMNS.where(shadow_proposal.c.is_open).order_by(shadow_proposal.c.number)
_in_lists = shadow_proposal.c.list_id.in_(bindparam("list_ids", expanding=True))
_OPEN: Final = _ALL_OPEN.where(_in_lists)
_ONE: Final = _COLUMNS.where(shadow_proposal.c.task_id == bindparam("task_id"))
_HIGHEST: Final = select(func.max(shadow_proposal.c.number))
_CLOSE: Final = update(shadow_proposal).where(_in_lists).values(is_open=False)

TABLE = store_table(
    Proposals,
    Expiry(
        "decisions",
        shadow_proposal,
        lambda before_ms: (shadow_proposal.c.at_ms < before_ms) & ~shadow_proposal.c.is_open,
    ),
)
