"""Lanes with something to do that nobody handles, in the order in which they should be handled.

Their cost does not grow with what waits: an index has the rows of each rank in order.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    bindparam,
    literal_column,
    select,
    union_all,
)

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.ranks import FRESH_MS, RANKS, Urgency, grow_late, urgency_of
from clickup_mlops.store.tables.inbox import READY, in_state, inbox
from clickup_mlops.store.tables.leases import lease


class ReadyLane(NamedTuple):
    """A lane and the rank of its most urgent row."""

    name: str
    rank: int


class ReadyLanes:
    """Looks at the inbox across lanes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, now_ms: int, limit: int) -> list[ReadyLane]:
        """Lanes whose oldest row is due and that are not leased: of each rank the first `limit`, by
        the time since when they are due. The most urgent ones are first.
        """
        values = {"now": now_ms, "fresh": now_ms - FRESH_MS, "limit": limit}
        rows = self._database.rows(READY_LANES, **values)
        return [*_once(ReadyLane(name, rank) for rank, name in sorted(rows, key=_rank))]

    def names(self, now_ms: int, limit: int) -> list[str]:
        """The first `limit` of them."""
        return [lane.name for lane in self.find(now_ms, limit)[:limit]]


def _rank(row: tuple[int, str]) -> int:
    return row[0]


def _once(lanes: Iterable[ReadyLane]) -> Iterator[ReadyLane]:
    """A lane with rows of several ranks counts as its most urgent one."""
    names = set[str]()
    for lane in lanes:
        if lane.name not in names:
            names.add(lane.name)
            yield lane


def _is_first_of_lane() -> ColumnElement[bool]:
    """Ready rows before which nothing in their lane is ready."""
    older = inbox.alias()
    before = select(older.c.id).where(
        older.c.lane == inbox.c.lane, in_state(READY, older), older.c.id < inbox.c.id
    )
    return in_state(READY) & ~before.exists()


def earliest_due(*conditions: ColumnElement[bool]) -> Select[tuple[int]]:
    """When the first lane is or was due: one look into the index for each rank."""
    first = (
        select(inbox.c.due_ms)
        .where(_is_first_of_lane(), inbox.c.rank == literal_column(str(rank)), *conditions)
        .order_by(inbox.c.due_ms, inbox.c.id)
        .limit(1)
        .subquery()
        for rank in RANKS
    )
    times = union_all(*(select(rows.c.due_ms) for rows in first)).subquery()
    return select(times.c.due_ms).order_by(times.c.due_ms).limit(1)


_NOW: ColumnElement[int] = bindparam("now")
_FRESH: ColumnElement[int] = bindparam("fresh")
_older = inbox.alias("older")
_has_older = (
    select(_older.c.id)
    .where(_older.c.lane == inbox.c.lane, in_state(READY, _older))
    # Plus nothing: without statistics PostgreSQL would look a lane up among all rows of its rank.
    .where(_older.c.id < inbox.c.id, _older.c.rank + literal_column("0") == inbox.c.rank)
    .exists()
)
_first_due_ms = (
    select(_older.c.due_ms)
    # No "=": only the index of lanes has this order then, and it does not matter what PostgreSQL
    # believes about the others.
    .where(_older.c.lane >= inbox.c.lane, _older.c.lane <= inbox.c.lane, in_state(READY, _older))
    .order_by(_older.c.lane, _older.c.id)
    .limit(literal_column("1"))
    .scalar_subquery()
)
_is_leased = (
    select(lease.c.name).where(lease.c.name == inbox.c.lane, lease.c.until_ms >= _NOW).exists()
)


def _lanes(rank: int, shown_rank: int, *window: ColumnElement[bool]) -> Select[tuple[int, str]]:
    """Lanes with a row of this rank, each once, in the order of the index."""
    rows = (
        select(literal_column(str(shown_rank)).label("shown"), inbox.c.lane)
        .where(in_state(READY), inbox.c.rank == literal_column(str(rank)), *window)
        .where(~_has_older, _first_due_ms <= _NOW, ~_is_leased)
        .order_by(inbox.c.due_ms, inbox.c.id)
        .limit(bindparam("limit"))
        .subquery()
    )
    return select(rows.c.shown, rows.c.lane)


def _windows() -> Iterator[Select[tuple[int, str]]]:
    due = inbox.c.due_ms <= _NOW
    for rank in RANKS:
        if urgency_of(rank) is Urgency.FRESH:
            yield _lanes(rank, rank, inbox.c.due_ms > _FRESH, due)
            yield _lanes(rank, grow_late(rank), inbox.c.due_ms <= _FRESH)
        else:
            yield _lanes(rank, rank, due)


READY_LANES: Final[CompoundSelect[tuple[int, str]]] = union_all(*_windows())
"""Rank and name, for `now`, `fresh` (what is due since then is fresh) and `limit`."""
