"""What waits in the inbox, seen across lanes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, func, literal_column, select

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.tables.inbox import inbox
from clickup_mlops.store.tables.mirror import mirror

_LOOK: Final = 400
_READY: Any = literal_column("'ready'")


@dataclass(frozen=True, slots=True)
class ListBacklog:
    """Lanes of one list that wait for their task to be read (counted up to a few hundred).

    `oldest_ms`: the earliest time of a change among them, if any event reported one.
    """

    lanes: int
    oldest_ms: int | None


class Waiting:
    """Looks at the inbox across lanes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def in_list(self, list_id: str) -> ListBacklog:
        """How many lanes of a list wait for a change that the mirror does not show yet."""
        rows = self._database.rows(_IN_LIST, list=list_id)
        times = [event_ms for _, event_ms in rows if event_ms]
        return ListBacklog(len({name for name, _ in rows}), min(times, default=None))

    def newest(self) -> int:
        """The number of the newest event. What is read from now on includes its change."""
        return int(self._database.rows(_NEWEST_NUMBER)[0][0] or 0)

    def next_due_ms(self) -> int | None:
        """When the next lane may continue (Unix ms); None: nothing waits."""
        ((due_ms,),) = self._database.rows(_NEXT_DUE)
        return None if due_ms is None else int(due_ms)

    def newest_ms(self, lanes: Sequence[str]) -> dict[str, int]:
        """The newest time of a change that the inbox holds or held, for each lane it knows."""
        with self._database.reading() as connection:
            return dict(connection.execute(_NEWEST, {"lanes": [*lanes]}).all())


_IN_LIST = (
    select(inbox.c.lane, inbox.c.event_ms)
    .outerjoin(mirror, mirror.c.task_id == inbox.c.lane)
    .where(
        inbox.c.state == _READY,
        inbox.c.list_id == bindparam("list"),
        mirror.c.updated_ms.is_(None) | (mirror.c.updated_ms < inbox.c.event_ms),
    )
    .limit(_LOOK)
)
_NEWEST_NUMBER = select(func.max(inbox.c.id))
_older = inbox.alias()
_NEXT_DUE = select(func.min(inbox.c.due_ms)).where(
    inbox.c.state == _READY,
    ~select(_older.c.id)
    .where(_older.c.lane == inbox.c.lane, _older.c.state == _READY, _older.c.id < inbox.c.id)
    .exists(),
)
_NEWEST = (
    select(inbox.c.lane, func.max(inbox.c.event_ms))
    .where(inbox.c.lane.in_(bindparam("lanes", expanding=True)), inbox.c.event_ms.is_not(None))
    .group_by(inbox.c.lane)
)
