"""The journal: every write to ClickUp, recorded before its call and closed when its end is known.

It answers two questions: which writes have an unknown outcome (after a crash), and is this event
only the echo of such a write?
"""

import functools
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Index,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    case,
    false,
    func,
    insert,
    literal_column,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.sql.dml import ReturningInsert

from clickup_mlops.store.audit.log import HEAD_COLUMNS, LOCK_HEAD, Audit
from clickup_mlops.store.database.engine import Database, Last
from clickup_mlops.store.database.prepared import Result, Statement
from clickup_mlops.store.database.readers import readers_of_task
from clickup_mlops.store.database.schema import BigId, metadata, partial
from clickup_mlops.store.journal_rows import (
    ANY,
    DONE,
    FAILED,
    NAMES,
    JournalRow,
    Write,
    begun_row,
    facts_of,
    json_text,
    read_row,
)
from clickup_mlops.store.tables import Expiry, audited_table
from clickup_mlops.store.tables.leases import (
    IS_HELD,
    Holder,
    LeaseLost,
    all_while_held,
    holder_values,
    holding,
)
from clickup_mlops.store.tables.write_counts import (
    COUNTED,
    NOTICES,
    WriteCounts,
    counted_as,
    hour_before,
)

UNDO: Final = "undo:"
"""The cause of a write that undoes others begins like this."""
HOUR_MS: Final = 3_600_000

ECHO_EARLY_MS: Final = 60_000
"""How far ClickUp's clock may be behind the bot's."""
ECHO_LATE_MS: Final = 600_000
"""How long after a write began, or was answered, an event may still be its echo."""
WRITE_SLACK_MS: Final = 5_000
"""How far ClickUp's date of a change may differ from the time of the write that made it."""


journal = Table(
    "journal",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("task_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("automation", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("begun_ms", BigInteger, nullable=False),
    Column("finished_ms", BigInteger),
    Column("outcome", Text, nullable=False),
    Column("echo_ms", BigInteger),
    Column("receipt", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("chain", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Index(None, "task_id", "kind", "id"),
    Index(None, "outcome", "id"),
    Index(None, "automation", "begun_ms"),
    partial(
        "ix_journal_failed", "automation", "begun_ms", where="outcome <> '' and outcome <> 'done'"
    ),
    partial("ix_journal_receipt", "receipt", where="receipt <> 'null'"),
    sqlite_autoincrement=True,
    info=readers_of_task(),
)


Rows = list[JournalRow]


class Journal:
    """Writes, oldest first. A row is added before its call and closed after it."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database, self._run, self._audit = database, database.prepared.on, audit
        self._counts = counts = WriteCounts(database)
        # PostgreSQL counts it with the same statement, so that nobody waits for another answer.
        self._counts_too = not database.is_sqlite
        self._begin_statements = {
            key: _counting(statement, counts) if self._counts_too else statement
            for key, statement in _BEGIN.items()
        }

    def begin(self, write: Write, now_ms: int, *, holder: Holder | None = None) -> int:
        """Records a write that is about to be made; its number.

        Raises:
            LeaseLost: `holder` does not hold its lane any more; nothing is recorded.
        """
        return self.begin_under(write, None, now_ms, holder=holder) or 0

    def begin_under(
        self, write: Write, cap: int | None, now_ms: int, *, holder: Holder | None = None
    ) -> int | None:
        """Like `begin`, unless the automation has made `cap` writes in the last 60 minutes: then
        None. Comments and messages are counted apart from other writes: an automation that has
        said too much still does its work.

        Failed writes do not count. Counting and recording are one step, for all processes.
        """
        row = begun_row(write, now_ms)
        counts = {} if cap is None else hour_before(write.automation, write.kind, now_ms)
        statements: list[Statement] = []
        if not self._database.is_sqlite:  # SQLite has one writer at a time
            statements += [holding(holder)] if holder else []
            # Last: whoever waits for the cap holds all other locks already, so no deadlock.
            statements += [(_ONE_AT_A_TIME, {"name": f"cap:{write.automation}"})] if counts else []
        limits = counts | ({"cap": cap} if counts else {}) | holder_values(holder)
        count = self._counts.values(counted_as(write.automation, write.kind), now_ms)
        begin = self._begin_statements[holder is not None, cap is not None]
        values = row | limits | (count if self._counts_too else {})
        statements.append((begin, values))

        def begun(connection: Connection, results: list[Result]) -> int | None:
            if not results[-1].rows:
                all_while_held(self._database, connection, holder, ())
                return None
            if not self._counts_too:
                self._run(connection, self._counts.add, count)
            return int(results[-1].rows[0][0])

        try:
            return self._database.commit(
                statements, begun, early=True, asks_no_more=self._counts_too
            )
        except LeaseLost:
            self._database.forget_deferred()
            raise

    def finish(
        self,
        row_id: int,
        outcome: str,
        now_ms: int,
        *,
        receipt: object = None,
        calls: Sequence[str] = (),
        wait: bool = True,
    ) -> None:
        """Closes it: `DONE`, `FAILED` or `NOT_SEEN`. A closed write does not change.

        The audit gets its entry in the same transaction. `calls` are its requests.
        `wait` False: with this thread's next write.
        """
        values = {
            "i": row_id,
            "outcome": outcome,
            "finished_ms": now_ms,
            "receipt": json_text(receipt),
        }
        follow = functools.partial(self._audited, tuple(calls))
        # SQLite has one writer at a time: nothing has to be locked.
        alone = self._database.is_sqlite
        statements = [(_FINISH_ALONE, values)] if alone else [(_FINISH, values), LOCK_HEAD]
        last = Last(statements, follow)
        if wait:
            self._database.write(lambda connection: last.run(self._database.prepared, connection))
        else:
            self._database.defer_last(last)

    def _audited(
        self, calls: tuple[str, ...], connection: Connection, results: Sequence[Result]
    ) -> Sequence[Statement]:
        """The audit's entry for what was closed, if it was open."""
        closed, *locked = results
        if not closed.rows:
            return ()
        row = closed.rows[0]
        head = locked[0].rows if locked else [row[len(NAMES) :]]
        return self._audit.plan(connection, facts_of(read_row(row[: len(NAMES)]), calls), head)

    def unfinished(self, lane: str | None = None) -> Rows:
        """Writes that began and whose outcome is unknown, of one lane or of all (None).

        Read the task before doing more.
        """
        if lane is None:
            return [read_row(row) for row in self._database.rows(_UNFINISHED)]
        return [read_row(row) for row in self._database.rows(_UNFINISHED_OF, lane=lane)]

    def latest(self, task_id: str, kind: str) -> JournalRow | None:
        """The newest write of this kind that did not fail."""
        rows = self._database.rows(_LATEST, task_id=task_id, kind=kind)
        return next(map(read_row, rows), None)

    def latest_done(self, task_id: str, kind: str) -> JournalRow | None:
        """The newest write of this kind that is known to have happened."""
        rows = self._database.rows(_LATEST_DONE, task_id=task_id, kind=kind)
        return next(map(read_row, rows), None)

    def has_done(
        self, task_id: str, kind: str, after: object, *, automation: str, since_ms: int
    ) -> bool:
        """Whether the automation is known to have written this since then, whoever wrote later."""
        values = {"task_id": task_id, "kind": kind, "after": json_text(after)}
        return bool(self._database.rows(_HAS_DONE, automation=automation, since=since_ms, **values))

    def done_by(self, automation: str, task_id: str, kind: str) -> Rows:
        """The latest 50 writes of this kind that the automation is known to have made, newest
        first.
        """
        values = {"task_id": task_id, "kind": kind, "automation": automation}
        return [read_row(row) for row in self._database.rows(_DONE_BY, **values)]

    def list(
        self, *, task_id: str | None = None, cause: str | None = None, limit: int = 100
    ) -> Rows:
        """The newest writes, of one task or one cause or all, newest first."""
        statement = _SELECT.order_by(journal.c.id.desc()).limit(limit)
        if task_id is not None:
            statement = statement.where(journal.c.task_id == task_id)
        if cause is not None:
            statement = statement.where(journal.c.cause == cause)
        with self._database.reading() as connection:
            return [read_row(tuple(row)) for row in connection.execute(statement)]

    def match_echo(
        self, task_id: str, kind: str, after: object, event_ms: int, *, wait: bool = True
    ) -> JournalRow | None:
        """The bot's write that this event reports, or None. No other event can match it again.

        Asked again with the same `event_ms` the answer is the same: ClickUp reports one change in
        two events, and an event is handled again after a crash. `wait` False: that it was matched
        is noted with this thread's next write.
        """
        text = _ANYTHING if after is ANY else json_text(after)
        values = {"task_id": task_id, "kind": kind, "after": text, "event_ms": event_ms}
        return self._consumed(self._database.rows(_ECHO, **values), event_ms, wait)

    def match_receipt(
        self, effect: str, receipt: object, event_ms: int, *, wait: bool = True
    ) -> JournalRow | None:
        """The write of this effect that created what an event reports, by its receipt. `wait`: as
        for `match_echo`.
        """
        values = {"effect": effect, "of": f"{effect}:", "receipt": json_text(receipt)}
        rows = self._database.rows(_MADE_IT, event_ms=event_ms, **values)
        return self._consumed(rows, event_ms, wait)

    def has_receipt(self, receipt: object) -> bool:
        """Whether a write of the bot created the thing with this receipt."""
        return self.by_receipt(receipt) is not None

    def filter_receipts(self, receipts: Iterable[str]) -> set[str]:
        """Those of these receipts for which `has_receipt` holds."""
        texts = {json_text(receipt): receipt for receipt in receipts}
        with self._database.reading() as connection:
            rows = connection.execute(_RECEIPTS, {"receipts": [*texts]})
            return {texts[text] for (text,) in rows}

    def by_receipt(self, receipt: object) -> JournalRow | None:
        """The write of the bot that created the thing with this receipt."""
        return next(
            map(read_row, self._database.rows(_BY_RECEIPT, receipt=json_text(receipt))), None
        )

    def wrote_at(self, task_id: str, at_ms: int) -> bool:
        """Whether a write of the bot may have changed the task at this time (ClickUp's clock)."""
        return bool(self._database.rows(_WROTE_AT, task_id=task_id, at=at_ms))

    def wrote_near(self, write: JournalRow, after: object) -> bool:
        """Whether another write of this kind gave the task that value at about the same time."""
        values = {"task_id": write.task_id, "kind": write.kind, "after": json_text(after)}
        near = {"i": write.id, "early": write.begun_ms - ECHO_LATE_MS}
        return bool(self._database.rows(_WROTE_NEAR, **values, **near))

    def is_taken(self, effect: str, receipt: object) -> bool:
        """Whether a write of this effect is known to have created the thing with this receipt."""
        values = {"effect": effect, "of": f"{effect}:", "receipt": json_text(receipt)}
        return bool(self._database.rows(_TAKEN, **values))

    def _consumed(
        self, rows: Sequence[tuple[Any, ...]], event_ms: int, wait: bool
    ) -> JournalRow | None:
        if not rows:
            return None
        *values, echo_ms = rows[0]
        row = read_row(tuple(values))
        if echo_ms is None:
            self._consume((_CONSUME, {"i": row.id, "echo_ms": event_ms}), wait)
        return row

    def _consume(self, statement: Statement, wait: bool) -> None:
        self._database.defer(statement)
        if wait:
            self._database.write(lambda _connection: None, durable=False)


_ANYTHING = "*"  # no JSON text
_FINISH = (
    update(journal)
    .where(journal.c.id == bindparam("i"), journal.c.outcome == "")
    .values(
        outcome=bindparam("outcome"),
        finished_ms=bindparam("finished_ms"),
        receipt=bindparam("receipt"),
    )
    .returning(*(journal.c[name] for name in NAMES))
)
_FINISH_ALONE = _FINISH.returning(*HEAD_COLUMNS)
_CONSUME = (
    update(journal).where(journal.c.id == bindparam("i")).values(echo_ms=bindparam("echo_ms"))
)
_SELECT = select(*(journal.c[name] for name in NAMES))
_UNFINISHED = _SELECT.where(journal.c.outcome == "").order_by(journal.c.id)
_UNFINISHED_OF = _UNFINISHED.where(journal.c.lane == bindparam("lane"))
_is_notice = or_(*(journal.c.kind.like(literal_column(f"'{kind}:%'")) for kind in NOTICES))
_of_hour = and_(
    journal.c.automation == bindparam("r"),
    journal.c.begun_ms > bindparam("since"),
    case((_is_notice, true()), else_=false()) == bindparam("is_notice"),
)
_first_minute = select(func.count()).where(_of_hour, journal.c.begun_ms < bindparam("end"))
_failed = select(func.count()).where(
    _of_hour, literal_column("outcome <> ''"), literal_column("outcome <> 'done'")
)
# The hour's first minute is not whole: its writes are counted in the journal.
# Written out: of a parameter SQLite would compile it anew for each value, because a partial index
# might be usable.
NOT_FAILED: Final = journal.c.outcome != literal_column(f"'{FAILED}'")
"""The write happened, or may have."""
_IS_DONE: Final = journal.c.outcome == literal_column(f"'{DONE}'")
_ROW: Final = tuple(begun_row(Write("", "", None, None, "", ""), 0))


def _begin_statement(*conditions: ColumnElement[bool]) -> ReturningInsert[Any]:
    values = select(*(bindparam(name, type_=journal.c[name].type) for name in _ROW))
    rows = values.where(*conditions) if conditions else values
    new = insert(journal).from_select(_ROW, rows, include_defaults=False)
    return new.returning(journal.c.id)


def _counting(begin: ReturningInsert[Any], counts: WriteCounts) -> Select[Any]:
    begun = begin.cte("begun")
    return select(begun.c.id).add_cte(counts.add_if(begun).cte("counted"))


_below_cap = COUNTED + _first_minute.scalar_subquery() - _failed.scalar_subquery() < bindparam(
    "cap", type_=BigInteger
)
_BEGIN: Final = {
    (False, False): _begin_statement(),
    (True, False): _begin_statement(IS_HELD),
    (False, True): _begin_statement(_below_cap),
    (True, True): _begin_statement(IS_HELD, _below_cap),
}
"""The row of a write that begins, if its lane is held and the automation's cap is not reached, as
far as it has them.
"""
_ONE_AT_A_TIME = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name"), 0)))
_LATEST = (
    _SELECT.where(
        journal.c.task_id == bindparam("task_id"),
        journal.c.kind == bindparam("kind"),
        NOT_FAILED,
    )
    .order_by(journal.c.id.desc())
    .limit(1)
)
_LATEST_DONE = _LATEST.where(_IS_DONE)
_DONE_BY = _LATEST_DONE.where(journal.c.automation == bindparam("automation")).limit(50)
_HAS_DONE = _LATEST_DONE.where(
    journal.c.after == bindparam("after"),
    journal.c.automation == bindparam("automation"),
    journal.c.begun_ms >= bindparam("since"),
)
_at: Any = bindparam("at")
_event_ms: Any = bindparam("event_ms")


def _is_near(time: ColumnElement[Any]) -> ColumnElement[bool]:
    return time.between(_event_ms - ECHO_LATE_MS, _event_ms + ECHO_EARLY_MS)


_REPORTED = (
    select(*(journal.c[name] for name in NAMES), journal.c.echo_ms)
    # A machine that was halted learns the time with the write's answer: its end is right then.
    .where(NOT_FAILED, _is_near(journal.c.begun_ms) | (_IS_DONE & _is_near(journal.c.finished_ms)))
    # The nearest: an echo that never came would shift all that follow by one.
    .order_by(journal.c.echo_ms.is_(None), func.abs(journal.c.begun_ms - _event_ms), journal.c.id)
    .limit(1)
)
_ECHO = _REPORTED.where(
    journal.c.echo_ms.is_(None) | (journal.c.echo_ms == _event_ms),
    journal.c.task_id == bindparam("task_id"),
    journal.c.kind == bindparam("kind"),
    (journal.c.after == bindparam("after")) | (bindparam("after") == _ANYTHING),
)
# What was made has one receipt, so every event about its making is an echo, whatever its time.
# Not LIKE: SQLite would compile it for each value, in case an index can be used.
_begins = func.substr(journal.c.kind, 1, func.length(bindparam("of", type_=Text)))
_of_receipt = (
    ((journal.c.kind == bindparam("effect")) | (_begins == bindparam("of")))
    & (journal.c.receipt == bindparam("receipt"))
    & literal_column("receipt <> 'null'")  # as in the index
)
_MADE_IT = _REPORTED.where(_of_receipt)
_TAKEN = select(journal.c.id).where(_of_receipt, _IS_DONE).limit(1)
_BY_RECEIPT = _SELECT.where(
    journal.c.receipt == bindparam("receipt"), literal_column("receipt <> 'null'")
).limit(1)
_RECEIPTS = select(journal.c.receipt).where(
    journal.c.receipt.in_(bindparam("receipts", expanding=True)),
    literal_column("receipt <> 'null'"),
)
_WROTE_AT = (
    select(journal.c.id)
    .where(
        journal.c.task_id == bindparam("task_id"),
        NOT_FAILED,
        journal.c.begun_ms <= _at + WRITE_SLACK_MS,
        func.coalesce(journal.c.finished_ms, journal.c.begun_ms) >= _at - WRITE_SLACK_MS,
    )
    .limit(1)
)
_WROTE_NEAR = (
    select(journal.c.id)
    .where(
        journal.c.task_id == bindparam("task_id"),
        journal.c.kind == bindparam("kind"),
        journal.c.after == bindparam("after"),
        journal.c.id != bindparam("i"),
        NOT_FAILED,
        journal.c.begun_ms >= bindparam("early"),
    )
    .limit(1)
)

_newer = journal.alias()


def _superseded(before_ms: int) -> ColumnElement[bool]:
    """Writes whose end is unknown stay, as does a task's newest one of each kind.

    So do those that made something: that they did is what keeps an automation from making it again.
    """
    newer = select(_newer.c.id).where(
        _newer.c.task_id == journal.c.task_id,
        _newer.c.kind == journal.c.kind,
        _newer.c.id > journal.c.id,
    )
    ended = (journal.c.outcome != "") & (journal.c.finished_ms < before_ms)
    return ended & (journal.c.receipt == "null") & newer.exists()


TABLE = audited_table(Journal, Expiry("writes", journal, _superseded))
