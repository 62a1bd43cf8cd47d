"""Answers: who agrees with a proposal, and who does not."""

from dataclasses import asdict, dataclass, fields
from typing import Final, Literal

from sqlalchemy import BigInteger, Boolean, Column, SmallInteger, Table, Text, bindparam, select

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import readers_of_task
from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.tables import Expiry, store_table

Via = Literal["chat", "dashboard", "command", "task", "live"]
"""Where somebody answered; `task`: by the priority that they gave the task itself; `live`: the same
after the bot had written its own."""

shadow_answer = Table(
    "shadow_answer",
    metadata,
    Column("task_id", Text, primary_key=True),
    Column("proposed", SmallInteger, primary_key=True, autoincrement=False),
    Column("user_name", Text, primary_key=True),
    Column("list_id", Text, nullable=False),
    Column("agrees", Boolean, nullable=False),
    Column("chosen", SmallInteger),
    Column("via", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    info=readers_of_task(),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One person's word about one proposal. `chosen`: the priority that they want instead."""

    task_id: str
    proposed: int
    user_name: str
    list_id: str
    agrees: bool
    via: Via
    at_ms: int
    chosen: int | None = None


_NAMES: Final = tuple(field.name for field in fields(Answer))


class Answers:
    """At most one for each person and proposal: the last word."""

    def __init__(self, database: Database) -> None:
        self._database = database
        statement = database.insert(shadow_answer)
        new = statement.excluded
        self._upsert = statement.on_conflict_do_update(
            index_elements=["task_id", "proposed", "user_name"],
            set_={name: new[name] for name in ("agrees", "chosen", "via", "at_ms")},
            where=new.at_ms > shadow_answer.c.at_ms,
        )

    def put(self, answer: Answer) -> bool:
        """Stores it, unless it, or a newer one, is known: False."""
        row = asdict(answer)
        return self._database.write(
            lambda connection: connection.execute(self._upsert, row).rowcount == 1
        )

    def since(self, since_ms: int) -> list[Answer]:
        """Those from then on (Unix ms), oldest first."""
        return [Answer(*row) for row in self._database.rows(_SINCE, since=since_ms)]


_SINCE: Final = (
    select(*(shadow_answer.c[name] for name in _NAMES))
    .where(shadow_answer.c.at_ms >= bindparam("since"))
    .order_by(shadow_answer.c.at_ms, shadow_answer.c.task_id)
)

TABLE = store_table(
    Answers,
    Expiry("decisions", shadow_answer, lambda before_ms: shadow_answer.c.at_ms < before_ms),
)
