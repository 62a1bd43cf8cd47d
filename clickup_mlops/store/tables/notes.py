"""Notes: small JSON values by scope and name, such as an automation's latch."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Table,
    Text,
    bindparam,
    delete,
    func,
    select,
)

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.prepared import Statement
from clickup_mlops.store.database.readers import of_task_called, readers
from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.tables import Expiry, store_table
from clickup_mlops.store.tables.mirror import mirror

ALERTS: Final = "alert:"
"""Scopes of the notes about the alerts of a task, before its id: by the alert's key, with its
`state`, and when it `starts`."""
CHANGED: Final = "changed"
"""Scope of the notes about when a task was last changed by others."""
INCIDENT: Final = "incident"
"""Scope of the notes about tasks whose last decision says that there is a live incident."""
LATCH: Final = "latch"
"""Scope of the notes about automations that have acted on a task and wait for their `until`."""
ORIGIN: Final = "origin"
"""Scope of the notes about tasks whose words are not people's: `by`, in words; with `lines`
(hashes) only these lines of the text are not."""
REFUSED: Final = "refused"
"""Scope of the notes about commands of a task that did nothing: the ids of their comments."""
RUN_ENDS: Final = "run_ends"
"""Scope of the notes about when running training runs are expected to end (Unix ms), by task."""
RUNS: Final = "progress:"
"""Scopes of the notes about training runs, before their Workspace; each is named by the source and
the id of the run, a colon and the id of its task."""
PLAN: Final = "plan:"
"""Scopes of the notes about a lane's unfinished evaluations, before its name."""
SAID: Final[Mapping[str, str]] = {"workload": "said:workload", "incident": "said:incident"}
"""Scopes of the notes about what a person last said in a command, at the time of its comment:
`user`, `what` and `because`."""
SHARED: Final = "metrics_shared"
"""Scope of the notes about tasks whose series fit other open tasks, too: texts by case-folded
field, by the task's id."""
STATE: Final = "state"
"""Scope of the notes about what automations can see of a task, as its events have reported it."""
COMMAND_TIMES: Final = "command_times"
"""Scope of the notes about when the newest command about each subject of a task was written."""
WAITS: Final = "waits"
"""Scope of the notes about tasks that wait for others: for which, and as what they count."""

_ID: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_BEFORE: Final = f"rtrim(r.name, '{_ID}')"
_OF_TASK: Final = (
    f"(substr({_BEFORE}, length({_BEFORE})) in ('', ':')"
    f" and {of_task_called(f'substr(r.name, length({_BEFORE}) + 1)')})"
)
_OF_NO_TASK: Final = (
    f"(substr(r.scope, 1, {len(RUNS)}) = '{RUNS}' and substr(r.name, length(r.name)) = ':')"
)
_OF_ALERT: Final = of_task_called(f"substr(r.scope, {len(ALERTS) + 1})")
_VISIBLE: Final = (
    f"r.scope in ('heard', 'silent', 'network_finding', 'since') or {_OF_TASK} or {_OF_NO_TASK}"
    f" or (substr(r.scope, 1, {len(ALERTS)}) = '{ALERTS}' and {_OF_ALERT})"
)
"""By a name that is the id of a task, or ends with one after a colon; of a task's alerts; of runs
of no task; about sources and networks; and since when the timeline is kept. All others are hidden.
"""

note = Table(
    "note",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    info=readers(_VISIBLE),
)


_COLUMNS: Final = ("scope", "name", "value", "at_ms")


@dataclass(frozen=True, slots=True)
class Note:
    """A value and when it was put there (Unix ms)."""

    value: Any
    at_ms: int


class Notes:
    """At most one value for each scope and name. `wait` False: with this thread's next write."""

    def __init__(self, database: Database) -> None:
        self._database, self._run = database, database.prepared.on
        statement = database.insert(note)
        new = statement.excluded
        self._insert = statement.on_conflict_do_nothing(index_elements=["scope", "name"])
        newer = {"value": new.value, "at_ms": new.at_ms}
        keys = ["scope", "name"]
        self._upsert = statement.on_conflict_do_update(index_elements=keys, set_=newer)
        two = statement.values([{k: bindparam(f"{k}{of}") for k in _COLUMNS} for of in ("", "_2")])
        excluded = {column: two.excluded[column] for column in newer}
        self._upsert_two = two.on_conflict_do_update(
            index_elements=keys, set_=excluded, where=two.excluded.at_ms >= note.c.at_ms
        )
        self._upsert_newer = statement.on_conflict_do_update(
            index_elements=keys, set_=newer, where=new.at_ms >= note.c.at_ms
        )

    def put(self, scope: str, name: str, value: object, now_ms: int, *, wait: bool = True) -> None:
        """Stores the value, in place of an earlier one."""
        row = _row(scope, name, value, now_ms)
        if wait:
            self._database.put([(self._upsert, row)], wait=True)
        else:
            self._database.defer_newest(self._upsert, row, "scope", "name")

    def put_ahead(self, scope: str, name: str, value: object, now_ms: int) -> None:
        """The same with this thread's next transaction, be it the entry of a write that begins."""
        self._database.defer_newest(self._upsert, _row(scope, name, value, now_ms), "scope", "name")
        self._database.hasten()

    def put_two(self, name: str, values: Mapping[str, Note]) -> None:
        """Stores the values of two scopes under this name, each unless a newer one is there, with
        this thread's next write.
        """
        first, second = (
            _row(scope, name, note_.value, note_.at_ms) for scope, note_ in values.items()
        )
        self._database.defer(
            (self._upsert_two, first | {f"{key}_2": value for key, value in second.items()})
        )

    def first(self, scope: str, name: str, value: object, now_ms: int) -> bool:
        """Stores the value if there is none yet; whether there was none."""
        row = _row(scope, name, value, now_ms)
        return self._database.write(
            lambda connection: self._run(connection, self._insert, row).changed == 1
        )

    def put_newer(self, scope: str, notes: Mapping[str, Note], *, wait: bool = True) -> None:
        """Stores the values by name, each unless a newer one is there."""
        rows = [_row(scope, name, note_.value, note_.at_ms) for name, note_ in notes.items()]
        if rows:
            self._database.put([(self._upsert_newer, row) for row in rows], wait=wait)

    def put_first(self, scope: str, name: str, value: object, now_ms: int) -> None:
        """Stores the value if there is none yet, with this thread's next write."""
        self._database.defer((self._insert, _row(scope, name, value, now_ms)))

    def get_many(self, scope: str, names: Collection[str]) -> dict[str, Note]:
        """The notes of a scope with these names, by name."""
        statement = _ALL.where(note.c.name.in_([*names]))
        with self._database.reading() as connection:
            rows = connection.execute(statement, {"scope": scope}).all()
        return {name: Note(orjson.loads(value), at_ms) for name, value, at_ms in rows}

    def put_many(self, scope: str, names: Iterable[str], value: object, now_ms: int) -> None:
        """Stores the same value under each of the names; on disk when this returns."""
        rows = [_row(scope, name, value, now_ms) for name in names]
        if rows:
            self._database.put([(self._upsert, row) for row in rows], wait=True)

    def get_each(self, scope: str, names: Iterable[str]) -> dict[str, Note]:
        """The same for few names, by a prepared statement: cheaper than a list."""
        remaining, statements = iter(names), list[Statement]()
        while chunk := [*islice(remaining, _FEW)]:
            chunk += [""] * (_FEW - len(chunk))
            values = {f"name_{place}": name for place, name in enumerate(chunk)}
            statements.append((_SOME, {"scope": scope, **values}))
        answers = self._database.read(statements) if statements else ()
        return {
            name: Note(orjson.loads(value), at_ms)
            for rows in answers
            for name, value, at_ms in rows
        }

    def get(self, scope: str, name: str) -> Note | None:
        """The note, if there is one."""
        rows = self._database.rows(_ONE, scope=scope, name=name)
        return next((Note(orjson.loads(value), at_ms) for value, at_ms in rows), None)

    def all(self, scope: str) -> dict[str, Note]:
        """All notes of a scope, by name."""
        rows = self._database.rows(_ALL, scope=scope)
        return {name: Note(orjson.loads(value), at_ms) for name, value, at_ms in rows}

    def with_scope_prefix(self, prefix: str) -> list[tuple[str, Note]]:
        """The notes of all scopes that begin with this text, each with its name; by scope."""
        after = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        rows = self._database.rows(_WITH_SCOPE_PREFIX, first=prefix, after=after)
        return [(name, Note(orjson.loads(value), at_ms)) for name, value, at_ms in rows]

    def remove(self, scope: str, name: str, *, wait: bool = True) -> None:
        """Removes the note, if there is one."""
        self._database.put([(_REMOVE, {"s": scope, "n": name})], wait=wait)


def _row(scope: str, name: str, value: object, now_ms: int) -> dict[str, object]:
    text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    return {"scope": scope, "name": name, "value": text, "at_ms": now_ms}


_ALL = (
    select(note.c.name, note.c.value, note.c.at_ms)
    .where(note.c.scope == bindparam("scope"))
    .order_by(note.c.name)
)
_FEW: Final = 12
_SOME = select(note.c.name, note.c.value, note.c.at_ms).where(
    note.c.scope == bindparam("scope"),
    note.c.name.in_([bindparam(f"name_{place}") for place in range(_FEW)]),
)
_ONE = select(note.c.value, note.c.at_ms).where(
    note.c.scope == bindparam("scope"), note.c.name == bindparam("name")
)
_WITH_SCOPE_PREFIX = (
    select(note.c.name, note.c.value, note.c.at_ms)
    .where(note.c.scope >= bindparam("first"), note.c.scope < bindparam("after"))
    .order_by(note.c.scope, note.c.name)
)
_REMOVE = delete(note).where(note.c.scope == bindparam("s"), note.c.name == bindparam("n"))


def _over(before_ms: int) -> ColumnElement[bool]:
    """Of alerts that are resolved: whoever works on the task needs them as long as it is open."""
    task_id = func.substr(note.c.scope, len(ALERTS) + 1)
    is_open = select(mirror.c.task_id).where(mirror.c.task_id == task_id, mirror.c.is_open)
    is_over = note.c.value.contains('"state":"resolved"')
    about_alert = note.c.scope.startswith(ALERTS)
    return about_alert & is_over & (note.c.at_ms < before_ms) & ~is_open.exists()


TABLE = store_table(Notes, Expiry("closed_tasks", note, _over))
