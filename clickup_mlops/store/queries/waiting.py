"""What waits in the inbox, seen across lanes, and what a lane had before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import orjson
from sqlalchemy import (
    JSON,
    BindParameter,
    ColumnElement,
    Select,
    Text,
    bindparam,
    cast,
    func,
    select,
)

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.inbox_rows import InboxRow, read_row
from clickup_mlops.store.queries.ready_lanes import earliest_due
from clickup_mlops.store.tables.inbox import READY, ROW, in_state, inbox
from clickup_mlops.store.tables.mirror import mirror

_LOOK: Final = 400
"""Waiting events that are counted at most."""
_WINDOW: Final = 2_000
"""The oldest events of a list that are looked at, those included that the mirror shows already."""


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
        self._newest = _newest_of(is_sqlite=database.is_sqlite)
        self._newest_until = _newest_of(inbox.c.id <= _UNTIL, is_sqlite=database.is_sqlite)

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
        return next((due_ms for (due_ms,) in self._database.rows(_NEXT_DUE)), None)

    def latest(self, lane: str, limit: int) -> list[InboxRow]:
        """The lane's newest events by the time of their change, handled or not, newest first."""
        return [*map(read_row, self._database.rows(_LATEST, lane=lane, limit=limit))]

    def waits_until(self, lane: str) -> int | None:
        """When the lane's next row is due (Unix ms); None: none is ready, now or later."""
        return next((due_ms for (due_ms,) in self._database.rows(_WAITING, lane=lane)), None)

    def kinds(self, keys: Sequence[str]) -> dict[str, str]:
        """The kinds of these events, by key, as far as they are still kept."""
        statement = select(inbox.c.key, inbox.c.kind).where(inbox.c.key.in_([*keys]))
        with self._database.reading() as connection:
            return {row.key: row.kind for row in connection.execute(statement)}

    def newest_ms(self, lanes: Sequence[str], *, until: int | None = None) -> dict[str, int]:
        """The newest time of a change that the inbox holds or held, for each lane it knows.

        `until`: the number of the last event that counts; None: all do.
        """
        values = {"lanes": orjson.dumps(lanes).decode()}
        if until is None:
            rows = self._database.rows(self._newest, **values)
        else:
            rows = self._database.rows(self._newest_until, until=until, **values)
        return {lane: int(event_ms) for lane, event_ms in rows if event_ms is not None}


_oldest = (
    select(inbox.c.lane, inbox.c.event_ms)
    .where(in_state(READY), inbox.c.list_id == bindparam("list"))
    .order_by(inbox.c.id)
    .limit(_WINDOW)
    .subquery()
)
_IN_LIST = (
    select(_oldest.c.lane, _oldest.c.event_ms)
    .outerjoin(mirror, mirror.c.task_id == _oldest.c.lane)
    .where(mirror.c.updated_ms.is_(None) | (mirror.c.updated_ms < _oldest.c.event_ms))
    .limit(_LOOK)
)
_WAITING = (
    select(inbox.c.due_ms)
    .where(inbox.c.lane == bindparam("lane"), in_state(READY))
    .order_by(inbox.c.id)
    .limit(1)
)
_LATEST = (
    select(*ROW)
    .where(inbox.c.lane == bindparam("lane"), inbox.c.event_ms.is_not(None))
    .order_by(inbox.c.event_ms.desc(), inbox.c.id.desc())
    .limit(bindparam("limit"))
)
_UNTIL: BindParameter[int] = bindparam("until")
_NEWEST_NUMBER = select(func.max(inbox.c.id))
_NEXT_DUE = earliest_due()


def _newest_of(*only: ColumnElement[bool], is_sqlite: bool) -> Select[tuple[str, int | None]]:
    """Looks once into the index for each of the `lanes`, a JSON list; reads no events."""
    names = bindparam("lanes", type_=Text)
    if is_sqlite:
        lanes = func.json_each(names).table_valued("value")
    else:
        lanes = func.json_array_elements_text(cast(names, JSON)).table_valued("value")
    newest = select(func.max(inbox.c.event_ms)).where(inbox.c.lane == lanes.c.value, *only)
    return select(lanes.c.value, newest.scalar_subquery())
