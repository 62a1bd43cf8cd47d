"""The inbox, the source of truth: which events came in, in which order, and their state.

A *lane* (one per task) keeps order: its rows are taken oldest first by one owner at a time, who
holds a lease. States: `ready` (to do), `done`, `parked` (failed permanently; waits for a person).

Only incoming events have to survive a power cut: a row that is ready again is handled again, which
is harmless because writes to ClickUp are in the journal.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
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
    select,
    union_all,
    update,
)

from clickup_mlops.store import ranks
from clickup_mlops.store.database.bulk_insert import ManyRows
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.prepared import Result, Statement
from clickup_mlops.store.database.schema import BigId, metadata, partial
from clickup_mlops.store.tables import Expiry, store_table
from clickup_mlops.store.tables.leases import RELEASE, lease, lease_lost, take_statement

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
)


@dataclass(frozen=True, slots=True)
class Incoming:
    """Something that happened, before it is stored.

    `key` makes it unique; `source` is `hook:<webhook id>`, `cron` or `backfill`; `lane` is what it
    must keep its order with (a task id, else for example `list:<id>`); `body` is JSON; `rank`: how
    soon its lane is taken (`store.ranks`).
    """

    key: str
    source: str
    workspace: str
    kind: str
    lane: str
    list_id: str | None
    body: bytes
    event_ms: int | None
    received_ms: int
    rank: int = field(default=ranks.DEFAULT, kw_only=True)


@dataclass(frozen=True, slots=True)
class InboxRow(Incoming):
    """A stored event. `due_ms` is when it may be tried (again); `error` is the last failure."""

    id: int
    state: str
    attempts: int
    due_ms: int
    error: str


@dataclass(frozen=True, slots=True)
class Depth:
    """How full the inbox is. `oldest_ms` is when the oldest ready event came in, if any."""

    ready: int
    parked: int
    handled: int
    oldest_ms: int | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """An event with this key that came in since then (Unix ms): the same change is a duplicate."""

    key: str
    since_ms: int


def once_within(key: str, window_ms: int, now_ms: int) -> tuple[str, Earlier]:
    """For what may happen again and looks the same then: the key to store it under now, and the
    event of the window before that it may repeat.
    """
    stretch = now_ms // window_ms
    return f"{key}:{stretch}", Earlier(f"{key}:{stretch - 1}", now_ms - window_ms)


def read_row(values: Sequence[Any]) -> InboxRow:
    """The row with the values of the columns `ROW`."""
    *others, rank = values
    return InboxRow(*others, rank=rank)


Rows = list[InboxRow]
_New = tuple[Incoming, Callable[[Connection], bool] | None]  # how, if not with others


class Inbox:
    """Events on disk, with lanes and leases. Every method is safe from any thread or process."""

    def __init__(self, database: Database) -> None:
        self._database, self._run = database, database.prepared.on
        self._all = database.prepared.all_on
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
        insert = self._database.with_deferred(lambda on: bool(self._insert_row(on, row)))
        return self._store([(incoming, insert)], durable=not self._database.is_sqlite)[0]

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

    def _store(self, new: Sequence[_New], *, durable: bool = True) -> list[bool]:
        return self._database.submit(self._insert_all, new, durable=durable, linger=True)

    def _insert_all(
        self, connection: Connection, groups: Sequence[Sequence[_New]]
    ) -> list[list[bool]]:
        # In one order in all processes, against deadlocks; what came in one piece keeps its own.
        in_order = sorted(groups, key=_place)
        new = [*chain.from_iterable(in_order)]
        is_new = dict(zip(map(id, new), self._insert_each(connection, new), strict=True))
        return [[is_new[id(event)] for event in group] for group in groups]

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

        def take(connection: Connection) -> Rows:
            leased, events = self._all(connection, [lease_it, next_rows])
            rows = _due(events, now_ms) if leased.rows else []
            if leased.rows and not rows:
                self._run(connection, RELEASE, {"k": lane, "me": owner})
            return rows

        return self._database.write(take, durable=False)

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
            (RELEASE, {"k": lane, "me": owner}),  # first: usually nothing is left
            *((_FINISH, {"k": lane, "i": row_id, "done_ms": now_ms}) for row_id in row_ids),
            (_NEXT, {"lane": lane, "limit": limit}),
        ]
        lease_it = self._lease(lane, owner, now_ms, until_ms)

        def go_on(connection: Connection) -> Rows:
            released, *_finished, events = self._all(connection, statements)
            if released.changed == 0:
                raise lease_lost(lane)
            following = _due(events, now_ms)
            if following:
                self._run(connection, *lease_it)
            return following

        # The echoes of what the lane has written come at the same time.
        return self._database.write(go_on, durable=False, linger=True)

    def _lease(self, lane: str, owner: str, now_ms: int, until_ms: int) -> Statement:
        values = {"name": lane, "owner": owner, "until_ms": until_ms, "now": now_ms}
        return self._upsert_lease, values

    def release(self, lane: str, owner: str) -> None:
        """Releases the lane, if this owner still holds it."""
        values = {"k": lane, "me": owner}
        self._database.write(lambda connection: self._run(connection, RELEASE, values))

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
    rows = map(read_row, result.rows)
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
_NEXT = (
    _SELECT.where(inbox.c.lane == bindparam("lane"), in_state(READY))
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
    .where(inbox.c.lane == bindparam("k"), in_state(READY))
    .values(due_ms=bindparam("due_ms"))
)
# Only a ready row changes: a late worker cannot reopen what another one finished.
_open_row = (inbox.c.id == bindparam("i")) & in_state(READY)
_FINISH = (
    update(inbox)
    .where(_open_row, inbox.c.lane == bindparam("k"))
    .values(state=DONE, done_ms=bindparam("done_ms"), error="")
)
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
LATER: Final = ("held:", "after:", "incident:")
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
