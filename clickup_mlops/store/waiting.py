"""What waits in the inbox, seen across lanes: questions and bulk changes that the bot needs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, func, literal_column, select, update

from clickup_mlops.store.database import Database
from clickup_mlops.store.schema import inbox, lane, mirror

_LOOK: Final = 400
_READY: Any = literal_column("'ready'")


@dataclass(frozen=True, slots=True)
class Backlog:
    """Lanes of one list that wait for their task to be read (counted up to a few hundred).

    `oldest_ms`: the earliest time of a change among them, if any event told one.
    """

    lanes: int
    oldest_ms: int | None


class Waiting:
    """Looks at the inbox across lanes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def in_list(self, list_id: str) -> Backlog:
        """How many lanes of a list wait for a change that the mirror does not show yet."""
        with self._database.reading() as connection:
            rows = connection.execute(_IN_LIST, {"list": list_id}).all()
        times = [event_ms for _, event_ms in rows if event_ms]
        return Backlog(len({name for name, _ in rows}), min(times, default=None))

    def newest_ms(self, lanes: Sequence[str]) -> dict[str, int]:
        """The newest time of a change that the inbox holds or held, for each lane it knows."""
        statement = (
            select(inbox.c.lane, func.max(inbox.c.event_ms))
            .where(inbox.c.lane.in_(lanes), inbox.c.event_ms.is_not(None))
            .group_by(inbox.c.lane)
        )
        with self._database.reading() as connection:
            return dict(connection.execute(statement).all())

    def postpone(self, lane_name: str, due_ms: int) -> None:
        """Has the lane wait until then. Not a failure: no attempt is counted."""
        values = {"lane_name": lane_name, "due": due_ms}
        self._database.write(lambda connection: connection.execute(_POSTPONE, values))

    def renew(self, owners: Collection[str], until_ms: int) -> None:
        """Extends every lease that these owners hold."""
        statement = update(lane).where(lane.c.owner.in_(owners)).values(lease_until_ms=until_ms)
        self._database.write(lambda connection: connection.execute(statement))


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
_POSTPONE = (
    update(inbox)
    .where(inbox.c.lane == bindparam("lane_name"), inbox.c.state == _READY)
    .values(due_ms=bindparam("due"))
)
