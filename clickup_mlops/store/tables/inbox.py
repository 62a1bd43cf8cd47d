"""The inbox, the source of truth: which events came in, in which order, and their state.

A *lane* (one per task) keeps order: its rows are taken oldest first by one owner at a time, who
holds a lease. States: `ready` (to do), `done`, `parked` (failed permanently; waits for a person).

Only incoming events have to survive a power cut: a row that is ready again is handled again, which
is harmless because writes to ClickUp are in the journal.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import chain, groupby, takewhile
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    CompoundSelect,
    Connection,
    FromClause,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    union_all,
    update,
)

from clickup_mlops.store import ranks
from clickup_mlops.store.database.bulk_insert import ManyRows
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.prepared import Result, Statement
from clickup_mlops.store.database.readers import OF_LIST, of_task, readers
from clickup_mlops.store.database.schema import BigId, metadata, partial
from clickup_mlops.store.inbox_rows import (
    Depth,
    Earlier,
    InboxRow,
    Incoming,
    read_row,
    read_taken,
)
from clickup_mlops.store.tables import Expiry, store_table
from clickup_mlops.store.tables.journal import journal
from clickup_mlops.store.tables.leases import RELEASE, lease, lease_lost, take_statement
from clickup_mlops.store.tables.mirror import mirror
from clickup_mlops.store.tables.notes import PLAN, note

READY: Final = "ready"
DONE: Final = "done"
PARKED: Final = "parked"
STATES: Final = (READY, DONE, PARKED)
ERROR_LENGTH: Final = 2_000
"""Characters of an error that are kept with a row."""

_CHUNK: Final = 256
_NEW: Final = {"state": READY, "attempts": 0, "error": "", "done_ms": None}

inbox = Table(
    "inbox",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),
    Column("source", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("list_id", Text),
    Column("body", LargeBinary, nullable=False),
    Column("event_ms", BigInteger),
    Column("received_ms", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_ms", BigInteger, nullable=False),
    Column("error", Text, nullable=False),
    Column("done_ms", BigInteger),
    Column("rank", SmallInteger, nullable=False),
    partial("ix_inbox_ready_lane_id", "lane", "id", "rank", where="state = 'ready'"),
    partial("ix_inbox_ready_rank", "rank", "due_ms", "id", where="state = 'ready'"),
    partial("ix_inbox_ready_list_id", "list_id", "id", where="state = 'ready'"),
    # Each by itself: PostgreSQL would look up a lane by its state if it believed states to be rare.
    partial("ix_inbox_ready_id", "id", where="state = 'ready'"),
    partial("ix_inbox_parked_id", "id", where="state = 'parked'"),
    partial("ix_inbox_done_ms", "done_ms", where="state = 'done'"),
    Index(None, "lane", "event_ms"),
    # AUTOINCREMENT: a pruned id must never come back, or an old worker could finish a new row.
    sqlite_autoincrement=True,
    info=readers(f"{OF_LIST} or {of_task('lane')}"),
)


Rows = list[InboxRow]
_New = tuple[Incoming, Callable[[Connection], bool] | None]  # how, if not with others
_Groups = Sequence[Sequence[_New]]


class Inbox:
    """Events on disk, with lanes and leases. Every method is safe from any thread or process."""

    def __init__(self, database: Database) -> None:
        self._database, self._run = database, database.prepared.on
        insert = database.insert(inbox).on_conflict_do_nothing(index_elements=["key"])
        self._insert = insert.returning(inbox.c.key)
        self._many = ManyRows(database, inbox, _COLUMNS, unique="key")
        self._upsert_lease = take_statement(database)

    # -- storing

    def put(self, incoming: Incoming, *, unless: Earlier | None = None) -> bool:
        """Stores one event. True: new, and on disk; False: its key is known, or `unless`.

        Raises:
            StoreBusy: the queue is full or the store too slow; deliver it again later.
        """
        return self._store([self._new(incoming, unless)])[0]

    def put_handled(self, incoming: Incoming) -> bool:
        """Stores one event that needs no handling, with what this thread has deferred; whether it
        is new. A power cut may take it back. Raises like `put`.
        """
        row = _as_row(incoming) | {"state": DONE, "done_ms": incoming.received_ms}
        (inserted,) = self._database.batch([(self._insert, row)], durable=False, linger=True)
        return bool(inserted.rows)

    def put_later(self, incoming: Incoming, due_ms: int) -> None:
        """Stores one event that waits until then (Unix ms) with this thread's next write."""
        self._database.defer((self._insert, _as_row(incoming) | {"due_ms": due_ms}))

    def put_many(
        self, incoming: Sequence[Incoming], *, unless: Mapping[str, Earlier] | None = None
    ) -> int:
        """Stores all; how many were new. `unless`: as in `put`, by key. Raises StoreBusy."""
        earlier_by_key, chunks = unless or {}, range(0, len(incoming), _CHUNK)
        new = [self._new(event, earlier_by_key.get(event.key)) for event in incoming]
        return sum(sum(self._store(new[at : at + _CHUNK])) for at in chunks)

    def _new(self, incoming: Incoming, unless: Earlier | None) -> _New:
        if unless is None:
            return incoming, None
        return incoming, lambda connection: self._insert_unless(connection, incoming, unless)

    def _store(self, new: Sequence[_New]) -> list[bool]:
        again = self._insert_again if all(insert is None for _event, insert in new) else None
        submit = self._database.submit
        return submit(self._insert_all, new, linger=True, again=again)

    def _insert_all(self, connection: Connection, groups: _Groups) -> list[list[bool]]:
        # In one order in all processes, against deadlocks; what came in one piece keeps its own.
        in_order = sorted(groups, key=_place)
        new = [*chain.from_iterable(in_order)]
        is_new = dict(zip(map(id, new), self._insert_each(connection, new), strict=True))
        return [[is_new[id(event)] for event in group] for group in groups]

    def _insert_again(self, connection: Connection, groups: _Groups) -> list[list[bool]]:
        # Which of them the first try has stored is unknown. A lane that runs in vain does no harm.
        return [[True] * len(group) for group in self._insert_all(connection, groups)]

    def _insert_each(self, connection: Connection, new: Sequence[_New]) -> Iterator[bool]:
        for is_plain, batch in groupby(new, lambda entry: entry[1] is None):
            if is_plain:
                yield from self._many.insert(connection, [_as_row(entry) for entry, _none in batch])
            else:
                yield from (insert(connection) for _, insert in batch if insert is not None)

    def _insert_unless(self, connection: Connection, incoming: Incoming, unless: Earlier) -> bool:
        values = {"k": unless.key, "since": unless.since_ms}
        if self._run(connection, _CAME, values).rows:
            return False
        return bool(self._insert_row(connection, _as_row(incoming)))

    def _insert_row(self, connection: Connection, row: dict[str, object]) -> list[tuple[Any, ...]]:
        return self._run(connection, self._insert, row).rows

    # -- lanes

    def claim(self, lane: str, owner: str, now_ms: int, until_ms: int, *, limit: int) -> Rows:
        """Leases the lane until `until_ms` and takes its next events, oldest first.

        Stops before an event that is not due yet: later ones must wait for it. Empty: another owner
        holds the lane, or nothing in it is due; then it is not leased.
        """
        lease_it = self._lease(lane, owner, now_ms, until_ms)
        next_rows: Statement = (_NEXT, {"lane": lane, "limit": limit})
        leased, events = self._database.batch([lease_it, next_rows], durable=False)
        rows = _due(events, now_ms) if leased.rows else []
        if leased.rows and not rows:
            self._database.batch([(RELEASE, {"k": lane, "me": owner})], durable=False)
        return rows

    def finish(
        self,
        lane: str,
        owner: str,
        row_ids: Sequence[int],
        now_ms: int,
        until_ms: int,
        *,
        limit: int,
    ) -> Rows:
        """Marks the rows done and takes the lane's next events; releases it if none is due.

        Raises:
            LeaseLost: nothing is changed, and what this thread has deferred is dropped: the lane's
                new owner decides about its events.
        """
        statements: list[Statement] = [
            *_finished(lane, row_ids, now_ms),
            (_GIVE_BACK, {"k": lane, "me": owner}),
        ]
        lease_it = self._lease(lane, owner, now_ms, until_ms)

        def go_on(connection: Connection, results: list[Result]) -> Rows:
            released = results[-1].rows
            if not released:
                raise lease_lost(lane)
            if not released[0][0]:  # usually nothing is left
                return []
            next_rows: Statement = (_NEXT, {"lane": lane, "limit": limit})
            following = _due(self._run(connection, *next_rows), now_ms)
            if following:
                self._run(connection, *lease_it)
            return following

        # The echoes of what the lane has written come at the same time.
        return self._database.commit(statements, go_on, durable=False, linger=True)

    def _lease(self, lane: str, owner: str, now_ms: int, until_ms: int) -> Statement:
        values = {"name": lane, "owner": owner, "until_ms": until_ms, "now": now_ms}
        return self._upsert_lease, values

    def release(self, lane: str, owner: str) -> None:
        """Releases the lane, if this owner still holds it."""
        self._database.write(lambda on: self._run(on, RELEASE, {"k": lane, "me": owner}))

    def postpone(self, lane: str, owner: str, due_ms: int) -> None:
        """Releases the lane until then. Not a failure: no attempt is counted."""

        def wait(connection: Connection) -> None:
            if self._run(connection, RELEASE, {"k": lane, "me": owner}).changed:
                self._run(connection, _POSTPONE, {"k": lane, "due_ms": due_ms})

        self._database.write(wait, durable=False)

    def renew(self, owners: Collection[str], until_ms: int) -> None:
        """Extends every lease that these owners hold."""
        values = {"owners": [*owners], "until_ms": until_ms}
        self._database.write(lambda connection: connection.execute(_RENEW, values))

    # -- failures

    def retry(self, row_id: int, error: str, due_ms: int, *, counts: bool = True) -> None:
        """Records a failure; the row, and its lane behind it, waits until `due_ms`.

        `counts`: as an attempt. Failures that the event did not cause do not count.
        """
        attempts = int(counts)
        values = {"i": row_id, "error": error[:ERROR_LENGTH], "due_ms": due_ms, "tried": attempts}
        self._database.write(lambda connection: connection.execute(_RETRY, values))

    def park(self, row_id: int, error: str, *, wait: bool = True) -> None:
        """Parks a poison event with its error; its lane continues without it. `wait` False: with
        this thread's next write, which may end the event.
        """
        self._database.put([(_PARK, {"i": row_id, "error": error[:ERROR_LENGTH]})], wait=wait)

    def replay(self, row_id: int, now_ms: int) -> bool:
        """Makes a parked or done event ready again, due now. False: there is no such event."""
        values = {"i": row_id, "due_ms": now_ms}
        return self._database.write(lambda on: on.execute(_REPLAY, values).rowcount == 1)

    def discard(self, row_ids: Collection[int], reason: str, now_ms: int) -> tuple[int, ...]:
        """Ends parked events without handling them; returns which. The reason stays with them."""

        def end(connection: Connection) -> tuple[int, ...]:
            values, run = {"reason": f"{reason}\n", "now_ms": now_ms}, connection.execute
            return tuple(i for i in row_ids if run(_DISCARD, values | {"i": i}).rowcount)

        return self._database.write(end)

    # -- reading

    def get(self, row_id: int) -> InboxRow | None:
        """One event by its number."""
        return self._select_row(inbox.c.id == row_id)

    def by_key(self, key: str) -> InboxRow | None:
        """One event by its key."""
        return self._select_row(inbox.c.key == key)

    def list(self, state: str | None, limit: int) -> Rows:
        """The newest events, of one state or of all (None), newest first."""
        statement = _SELECT.order_by(inbox.c.id.desc()).limit(limit)
        if state is not None:
            statement = statement.where(in_state(state))
        with self._database.reading() as connection:
            return [read_row(row) for row in connection.execute(statement)]

    def reported(self, lanes: Collection[str], since_ms: int) -> Rows:
        """ClickUp's events in these lanes that happened since then, in any order."""
        statement = _SELECT.where(
            inbox.c.lane.in_([*lanes]),
            inbox.c.source.startswith("hook:"),
            inbox.c.event_ms >= since_ms,
        )
        with self._database.reading() as connection:
            return [read_row(row) for row in connection.execute(statement)]

    def following(self, lane: str, row_id: int, limit: int) -> Rows:
        """The rows that came into the lane after this one, oldest first."""
        statement = _SELECT.where(inbox.c.lane == lane, inbox.c.id > row_id)
        with self._database.reading() as connection:
            rows = connection.execute(statement.order_by(inbox.c.id).limit(limit))
            return [read_row(row) for row in rows]

    def depth(self, now_ms: int) -> Depth:
        """How many are ready, parked and done, and when the oldest ready one came in."""
        with self._database.reading() as connection:
            counts: dict[str, int] = dict(connection.execute(_COUNTS).all())
            oldest = connection.execute(OLDEST).scalar()
        return Depth(counts.get(READY, 0), counts.get(PARKED, 0), counts.get(DONE, 0), oldest)

    def _select_row(self, condition: ColumnElement[bool]) -> InboxRow | None:
        with self._database.reading() as connection:
            row = connection.execute(_SELECT.where(condition)).first()
        return None if row is None else read_row(row)


def _due(result: Result, now_ms: int) -> Rows:
    """Up to the first that is not due yet: later ones must wait for it."""
    rows = [read_taken(values) for values in result.rows]
    return [*takewhile(lambda row: row.due_ms <= now_ms, rows)]


def _place(group: Sequence[_New]) -> tuple[int, str]:
    first, _insert = group[0]
    return first.event_ms or first.received_ms, first.key


def _as_row(event: Incoming) -> dict[str, object]:
    return {
        "key": event.key,
        "source": event.source,
        "workspace": event.workspace,
        "kind": event.kind,
        "lane": event.lane,
        "list_id": event.list_id,
        "body": event.body,
        "event_ms": event.event_ms,
        "received_ms": event.received_ms,
        "due_ms": event.received_ms,
        "rank": event.rank,
        **_NEW,
    }


_COLUMNS: Final = [*_as_row(Incoming("", "", "", "", "", None, b"", None, 0))]


def in_state(state: str, rows: FromClause = inbox) -> ColumnElement[bool]:
    """Rows in this one of `STATES`, in words that let both databases use the partial indexes."""
    return rows.c.state == literal_column(f"'{state}'")


_positional = (attribute.name for attribute in fields(InboxRow) if not attribute.kw_only)
ROW: Final = tuple(inbox.c[name] for name in (*_positional, "rank"))
"""What `read_row` takes."""
_SELECT = select(*ROW)
_CAME = select(inbox.c.id).where(
    inbox.c.key == bindparam("k"), inbox.c.received_ms > bindparam("since")
)
_cut_off = or_(
    select(journal.c.id).where(journal.c.outcome == "", journal.c.lane == inbox.c.lane).exists(),
    select(note.c.name).where(note.c.scope == literal_column(f"'{PLAN}'") + inbox.c.lane).exists(),
)
_waiting = inbox.alias()
_NEIGHBOURS: Final = 20
"""So many waiting events of a List are looked at to see whether all are of one lane."""
_neighbours = (
    select(_waiting.c.lane)
    .where(in_state(READY, _waiting), _waiting.c.list_id == inbox.c.list_id)
    .order_by(_waiting.c.id)
    .limit(literal_column(str(_NEIGHBOURS)))
    .correlate(inbox)
    .subquery()
)
_is_alone = select(
    (func.count() < _NEIGHBOURS)
    & (func.coalesce(func.sum(case((_neighbours.c.lane != bindparam("lane"), 1), else_=0)), 0) == 0)
).select_from(_neighbours)
_NEXT = (
    _SELECT.add_columns(_cut_off, mirror.c.updated_ms, mirror.c.seen, _is_alone.scalar_subquery())
    .select_from(inbox.outerjoin(mirror, mirror.c.task_id == inbox.c.lane))
    .where(inbox.c.lane == bindparam("lane"), in_state(READY))
    .order_by(inbox.c.id)
    .limit(bindparam("limit"))
)
_RENEW = (
    update(lease)
    .where(lease.c.owner.in_(bindparam("owners", expanding=True)))
    .values(until_ms=bindparam("until_ms"))
)
_POSTPONE = (
    update(inbox)
    .where(inbox.c.lane == bindparam("k"), in_state(READY), inbox.c.due_ms < bindparam("due_ms"))
    .values(due_ms=bindparam("due_ms"))
)
# Only a ready row changes: a late worker cannot reopen what another one finished.
_open_row = (inbox.c.id == bindparam("i")) & in_state(READY)
_GIVE_BACK = RELEASE.returning(
    select(inbox.c.id)
    .where(inbox.c.lane == bindparam("k"), in_state(READY))
    .exists()
    .select()
    .scalar_subquery()
)
"""Gives up the lease, if the owner holds it: then it returns whether more of the lane is ready."""


_FEW: Final = 4
"""So many rows are marked by one statement; a list of any length would cost more than they do."""
_FINISH = (
    update(inbox)
    .where(
        inbox.c.id.in_([bindparam(f"i_{place}", type_=BigInteger) for place in range(_FEW)]),
        in_state(READY),
        inbox.c.lane == bindparam("k"),
    )
    .values(state=DONE, done_ms=bindparam("done_ms"), error="")
)


def _finished(lane: str, row_ids: Sequence[int], now_ms: int) -> Iterator[Statement]:
    for start in range(0, len(row_ids), _FEW):
        ids = [*row_ids[start : start + _FEW], *[row_ids[-1]] * _FEW][:_FEW]
        values = {f"i_{place}": row_id for place, row_id in enumerate(ids)}
        yield _FINISH, {"k": lane, "done_ms": now_ms, **values}


_RETRY = (
    update(inbox)
    .where(_open_row)
    .values(
        attempts=inbox.c.attempts + bindparam("tried"),
        error=bindparam("error"),
        due_ms=bindparam("due_ms"),
        # What is tried again is a repetition; commands and incidents stay what they are.
        rank=case({rank: ranks.grow_late(rank) for rank in ranks.RANKS}, value=inbox.c.rank),
    )
)
_PARK = (
    update(inbox)
    .where(_open_row)
    .values(state=PARKED, attempts=inbox.c.attempts + 1, error=bindparam("error"))
)
_REPLAY = (
    update(inbox)
    .where(inbox.c.id == bindparam("i"))
    .values(state=READY, attempts=0, due_ms=bindparam("due_ms"), done_ms=None)
)
_DISCARD = (
    update(inbox)
    .where(inbox.c.id == bindparam("i"), inbox.c.state == PARKED)
    .values(
        state=DONE,
        done_ms=bindparam("now_ms"),
        error=bindparam("reason", type_=Text) + inbox.c.error,
    )
)
_COUNTS: Final[CompoundSelect[Any]] = union_all(
    *(
        select(literal_column(f"'{key}'"), func.count()).select_from(inbox).where(in_state(key))
        for key in STATES
    )
)
LATER: Final = ("held:", "after:", "incident:", "incident-asked:")
"""Lanes that begin like this wait on purpose: their rows are not late."""
OLDEST: Final = (
    select(inbox.c.received_ms)
    .where(in_state(READY), *(inbox.c.lane.not_like(f"{prefix}%") for prefix in LATER))
    .order_by(inbox.c.id)
    .limit(1)
)
"""When the oldest event came in that is not handled yet, and does not wait on purpose."""


def _old(before_ms: int) -> ColumnElement[bool]:
    """What is ready or parked always stays."""
    return in_state(DONE) & (inbox.c.done_ms < before_ms)


TABLE = store_table(Inbox, Expiry("events", inbox, _old))
