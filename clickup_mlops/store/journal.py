"""The journal: every write to ClickUp, noted before it is tried and again when it is settled.

It answers two questions: which writes have an unknown outcome (after a crash), and is this event
only the echo of a write of ours?
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import orjson
from sqlalchemy import Connection, bindparam, insert, select, update

from clickup_mlops.store.audit import Audit
from clickup_mlops.store.database import Database
from clickup_mlops.store.schema import journal

DONE: Final = "done"
FAILED: Final = "failed"
"""The outcomes that the journal itself knows: a failed write has no echo."""

ANY: Final = object()
"""As `after` of `match_echo`: the event does not tell the value; kind and time decide."""

ECHO_EARLY_MS: Final = 60_000
"""How far ClickUp's clock may be behind ours."""
ECHO_LATE_MS: Final = 600_000
"""How long after a write began an event may still be its echo."""


@dataclass(frozen=True, slots=True)
class Write:
    """One change of a task. `before` and `after` are JSON values; `cause` is an inbox key."""

    task_id: str
    kind: str
    before: Any
    after: Any
    cause: str
    rule: str
    run: str = ""
    actor: str = ""
    """The person on whose word it is done; empty: a rule's own doing."""


@dataclass(frozen=True, slots=True)
class JournalRow(Write):
    """A noted write. `outcome` is empty as long as nobody knows whether it happened."""

    id: int = 0
    begun_ms: int = 0
    finished_ms: int | None = None
    outcome: str = ""
    receipt: Any = None
    """What ClickUp gave for it, such as the id of a comment; a JSON value."""


Rows = list[JournalRow]


class Journal:
    """Writes, oldest first. A row is added before its call and closed after it."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database, self._run, self._audit = database, database.prepared.on, audit

    def begin(self, write: Write, now_ms: int) -> int:
        """Notes a write that is about to be tried; its number."""
        row = {
            "task_id": write.task_id,
            "kind": write.kind,
            "before": _text(write.before),
            "after": _text(write.after),
            "cause": write.cause,
            "rule": write.rule,
            "run": write.run,
            "actor": write.actor,
            "begun_ms": now_ms,
            "outcome": "",
            "receipt": _text(None),
        }
        begun = self._database.write(lambda connection: self._run(connection, _BEGIN, row))
        return int(begun.rows[0][0])

    def finish(
        self,
        row_id: int,
        outcome: str,
        now_ms: int,
        *,
        receipt: Any = None,
        calls: Sequence[str] = (),
        wait: bool = True,
    ) -> None:
        """Closes it: `DONE`, `FAILED`, or words that say more. What is closed stays as it is.

        The audit gets its entry in the same transaction. `calls` are the requests that it took.
        `wait` False: with this thread's next write.
        """
        values = {
            "i": row_id,
            "outcome": outcome,
            "finished_ms": now_ms,
            "receipt": _text(receipt),
        }
        put = self._database.write if wait else self._database.last
        put(lambda connection: self._close(connection, values, tuple(calls)))

    def _close(
        self, connection: Connection, values: dict[str, Any], calls: tuple[str, ...]
    ) -> None:
        for found in self._run(connection, _FINISH, values).rows:
            self._audit.append(connection, _facts(_row(found), calls))

    def unfinished(self, task_id: str | None = None) -> Rows:
        """Writes that began and whose outcome is unknown, of one task or of all (None).

        Read the task before doing more.
        """
        if task_id is None:
            return [_row(one) for one in self._database.rows(_UNFINISHED)]
        return [_row(one) for one in self._database.rows(_UNFINISHED_OF, task_id=task_id)]

    def latest(self, task_id: str, kind: str) -> JournalRow | None:
        """The newest write of this kind that did not fail."""
        found = self._database.rows(_LATEST, task_id=task_id, kind=kind)
        return next(map(_row, found), None)

    def latest_done(self, task_id: str, kind: str) -> JournalRow | None:
        """The newest write of this kind that is known to have happened."""
        found = self._database.rows(_LATEST_DONE, task_id=task_id, kind=kind)
        return next(map(_row, found), None)

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
            return [_row(tuple(one)) for one in connection.execute(statement)]

    def match_echo(
        self, task_id: str, kind: str, after: Any, event_ms: int, now_ms: int
    ) -> int | None:
        """The write of ours that this event reports, or None. It is used up by that event.

        Asked again with the same `event_ms` the answer is the same: ClickUp reports one change in
        two events, and an event is handled again after a crash.
        """
        text = _ANYTHING if after is ANY else _text(after)
        values = {"task_id": task_id, "kind": kind, "after": text, "event_ms": event_ms}
        found = self._database.rows(_ECHO, **values)
        if not found:
            return None
        row_id, echo_ms = found[0]
        if echo_ms is None:
            self._consume(row_id, event_ms)
        return int(row_id)

    def _consume(self, row_id: int, event_ms: int) -> None:
        values = {"i": row_id, "echo_ms": event_ms}
        self._database.write(
            lambda connection: self._run(connection, _CONSUME, values), durable=False
        )


def _text(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _facts(row: JournalRow, calls: tuple[str, ...]) -> dict[str, Any]:
    return {
        "at_ms": row.finished_ms,
        "begun_ms": row.begun_ms,
        "task_id": row.task_id,
        "kind": row.kind,
        "before": row.before,
        "after": row.after,
        "receipt": row.receipt,
        "cause": row.cause,
        "rule": row.rule,
        "actor": row.actor,
        "run": row.run,
        "outcome": row.outcome,
        "calls": calls,
        "journal_id": row.id,
    }


def _row(found: tuple[Any, ...]) -> JournalRow:
    task_id, kind, before, after, *rest, receipt = found
    read = orjson.loads
    values: tuple[Any, ...] = (task_id, kind, read(before), read(after), *rest, read(receipt))
    return JournalRow(*values)


_ANYTHING = "*"  # no JSON text
_BEGIN = insert(journal).returning(journal.c.id)
_COLUMNS = [journal.c[field.name] for field in fields(JournalRow)]
_FINISH = (
    update(journal)
    .where(journal.c.id == bindparam("i"), journal.c.outcome == "")
    .values(
        outcome=bindparam("outcome"),
        finished_ms=bindparam("finished_ms"),
        receipt=bindparam("receipt"),
    )
    .returning(*_COLUMNS)
)
_CONSUME = (
    update(journal).where(journal.c.id == bindparam("i")).values(echo_ms=bindparam("echo_ms"))
)
_SELECT = select(*_COLUMNS)
_UNFINISHED = _SELECT.where(journal.c.outcome == "").order_by(journal.c.id)
_UNFINISHED_OF = _UNFINISHED.where(journal.c.task_id == bindparam("task_id"))
_LATEST = (
    _SELECT.where(
        journal.c.task_id == bindparam("task_id"),
        journal.c.kind == bindparam("kind"),
        journal.c.outcome != FAILED,
    )
    .order_by(journal.c.id.desc())
    .limit(1)
)
_LATEST_DONE = _LATEST.where(journal.c.outcome == DONE)
_event_ms: Any = bindparam("event_ms")
_ECHO = (
    select(journal.c.id, journal.c.echo_ms)
    .where(
        journal.c.task_id == bindparam("task_id"),
        journal.c.kind == bindparam("kind"),
        (journal.c.after == bindparam("after")) | (bindparam("after") == _ANYTHING),
        journal.c.outcome != FAILED,
        journal.c.begun_ms <= _event_ms + ECHO_EARLY_MS,
        journal.c.begun_ms >= _event_ms - ECHO_LATE_MS,
        journal.c.echo_ms.is_(None) | (journal.c.echo_ms == _event_ms),
    )
    .order_by(journal.c.echo_ms.is_(None), journal.c.id)
    .limit(1)
)
