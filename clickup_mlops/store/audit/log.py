"""The audit: every write to ClickUp that has ended, in a hash chain that only grows.

An entry is appended in the transaction that closes the write's row in the journal, so neither
exists without the other. The journal is for operation (which writes are open, what is an echo); the
audit is for proof, and for `undo`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    delete,
    insert,
    literal_column,
    select,
    union,
    update,
)

from clickup_mlops.errors import ConfigError
from clickup_mlops.store.audit.chain import (
    CUT,
    NEW_KEY,
    SIGNED,
    START,
    Anchor,
    Entry,
    Keyring,
    Start,
    Succession,
    Verdict,
    check,
    check_part,
)
from clickup_mlops.store.audit.rows import SELECT, as_row, audit, audit_head, audit_link, entry_of
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.prepared import Statement

BATCH: Final = 1_000
"""Entries read at once when the whole chain is followed."""
HEAD: Final = 1


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries; what is not given is any. Times in ms, `since_ms` inclusive."""

    task_id: str | None = None
    automation: str | None = None
    run: str | None = None
    kind: str | None = None
    outcome: str | None = None
    since_ms: int | None = None
    until_ms: int | None = None


Entries = list[Entry]
Rows = Sequence[Sequence[Any]]


class Audit:
    """Entries by number, from 1 without gaps. `keys` sign them."""

    def __init__(self, database: Database, keys: Keyring) -> None:
        self._database, self._keys, self._run = database, keys, database.prepared.on

    # -- growing

    def append(self, connection: Connection, facts: Mapping[str, Any]) -> None:
        """Adds an entry in this transaction: `facts` are its values but `seq` and the hashes.

        If it is the first one that is signed, or the first one with another key, an entry before it
        records that. Must be the last lock of the transaction: writers queue here, whatever they
        hold.

        Raises:
            ConfigError: the key in force is not known here, or the head was removed.
        """
        head = self._run(connection, *LOCK_HEAD).rows
        self._run_all(connection, self.plan(connection, facts, head))

    def plan(self, connection: Connection, facts: Mapping[str, Any], head: Rows) -> list[Statement]:
        """The statements that add it. `head`: what `LOCK_HEAD`, or `HEAD_COLUMNS` in a transaction
        that nobody else can be in, gave. Raises as `append`.
        """
        return self._plan_at(self._end(connection, head), facts)

    def _plan_at(self, end: "_End", facts: Mapping[str, Any]) -> list[Statement]:
        statements: list[Statement] = []
        if end.note is not None:
            statements, end = self._plan_entry(end, end.note | _times(facts["at_ms"]))
        return statements + self._plan_entry(end, facts)[0]

    def _plan_entry(self, end: "_End", facts: Mapping[str, Any]) -> tuple[list[Statement], "_End"]:
        head, key = end.head, end.key
        blank = Entry(**facts, seq=head.seq + 1, key=key, prev=head.hash)
        entry = replace(blank, hash=self._keys.digest(blank.body(), key) or "")
        # A head that was not signed as it must be stays so: that is the evidence.
        signed = self._keys.sign(entry.anchor, "head", key)
        new = signed if end.intact else replace(entry.anchor, signature=head.signature)
        causes = {cause for cause, _automation in entry.chain}
        moved = {"new_id": HEAD, "new_seq": new.seq, "new_hash": new.hash}
        statements: list[Statement] = [
            (_APPEND, as_row(entry)),
            *((_LINK, {"cause": cause, "seq": entry.seq}) for cause in causes),
            (_MOVE_HEAD, moved | {"new_signature": new.signature}),
        ]
        return statements, _End(new, end.next_key, end.next_key, end.intact)

    def _run_all(self, connection: Connection, statements: Sequence[Statement]) -> None:
        self._database.prepared.all_on(connection, statements)

    def _end(self, connection: Connection, locked: Rows) -> "_End":
        """What the next entry follows, and with which key. Raises ConfigError."""
        head, current_key = _head_of(locked), self._keys.name
        if not current_key and not head.signature:
            return _End(head, "", "", intact=True)  # whatever is in force: nothing is signed here
        current, intact = self._in_force(connection, head)
        if not current_key or current == current_key or head == START:
            return _End(head, current_key, current_key, intact)
        if not current:
            return _End(head, current_key, current_key, intact, _note(SIGNED, head))
        self._must_know(current)
        if current_key in self._earlier_keys(connection):
            return _End(head, current, current, intact)  # another process was given a newer key
        return _End(head, current, current_key, intact, _note(NEW_KEY, head, key=current_key))

    def _in_force(self, connection: Connection, head: Anchor) -> tuple[str, bool]:
        """The key in force at the head, empty: none; and whether it signed the head."""
        confirmed = self._is_confirmed(head)
        if confirmed and head.key == self._keys.name:
            return head.key, True
        current: str = connection.execute(_KEY_OF, {"seq": head.seq}).scalar() or ""
        return current, not current or (confirmed and head.key == current)

    def _earlier_keys(self, connection: Connection) -> frozenset[str]:
        names: set[str] = set()
        for kind in (CUT, NEW_KEY):
            for row in connection.execute(SELECT.where(audit.c.kind == kind)):
                entry = entry_of(tuple(row))
                names |= {entry.key} | _keys_cut_off(entry).names
        return frozenset(names)

    def _must_know(self, name: str) -> None:
        if not self._keys.knows(name):
            raise ConfigError(
                f"the audit is signed with key {name}, which this process does not have",
                hint="If `audit.key` was changed here, add the one before to `audit.old_keys`; if "
                "another process has a newer one, set that.",
            )

    def must_be_signable(self) -> None:
        """Nothing, if an entry added now continues the chain.

        Raises:
            ConfigError: the chain is signed, and the key to continue it is missing.
        """
        with self._database.reading() as connection:
            name, _intact = self._in_force(connection, self._head())
        if name and not self._keys.name:
            raise ConfigError(
                f"audit.key is not set, but the audit is signed with key {name}",
                hint="Set CLICKUP_MLOPS_AUDIT__KEY for every process of the bot.",
            )
        if name:
            self._must_know(name)

    def cut(self, before_ms: int, now_ms: int) -> int:
        """Removes the oldest entries, those that ended before that time; how many.

        An entry of the chain itself records where it was cut and with which hash, so that the
        rest can still be verified. What does not verify is evidence and stays.

        Raises:
            ConfigError: it does not verify.
        """
        _must_verify(self._unsigned_head())
        last = self._last_before(before_ms)
        if last is None:
            return 0
        removed = takewhile(lambda entry: entry.seq <= last.seq, self.select(Filter()))
        verdict = check_part(removed, self._keys, cut=self._cut(), anchors=[last])
        _must_verify(verdict.problem)

        def run(connection: Connection) -> int:
            locked = self._run(connection, *LOCK_HEAD).rows  # alone from here on
            end = self._end(connection, locked)
            connection.execute(delete(audit_link).where(audit_link.c.seq <= last.seq))
            deleted = connection.execute(delete(audit).where(audit.c.seq <= last.seq)).rowcount
            if deleted:  # else another process was first
                note = _note(CUT, last, keys=verdict.keys.as_json())
                self._run_all(connection, self._plan_at(end, note | _times(now_ms)))
            return int(deleted)

        return self._database.write(run)

    def _last_before(self, before_ms: int) -> Anchor | None:
        """The end of the unbroken run of old entries."""
        newer = select(audit.c.seq).where(audit.c.at_ms >= before_ms).order_by(audit.c.seq).limit(1)
        old = select(audit.c.seq, audit.c.hash).where(audit.c.at_ms < before_ms)
        newest_old = old.order_by(audit.c.seq.desc()).limit(1)
        with self._database.reading() as connection:
            first_kept = connection.execute(newer).scalar()
            if first_kept is not None:
                newest_old = newest_old.where(audit.c.seq < first_kept)
            row = connection.execute(newest_old).first()
        return Anchor(*row) if row else None

    # -- reading

    def get(self, seq: int) -> Entry | None:
        """One entry by its number."""
        return next(iter(self._page(SELECT.where(audit.c.seq == seq))), None)

    def list(self, condition: Filter, limit: int) -> Entries:
        """The newest of the wanted entries, newest first."""
        return self._page(_where(condition).order_by(audit.c.seq.desc()).limit(limit))

    def select(self, condition: Filter) -> Iterator[Entry]:
        """All wanted entries, oldest first. Holds a thousand at a time."""
        last = -1
        while True:
            page = self._page(
                _where(condition).where(audit.c.seq > last).order_by(audit.c.seq).limit(BATCH)
            )
            yield from page
            if len(page) < BATCH:
                return
            last = page[-1].seq

    def newest(self, task_id: str, kind: str) -> Entry | None:
        """The last change of this kind on the task that happened."""
        rows = self._database.rows(_NEWEST, task_id=task_id, kind=kind)
        return next(map(entry_of, rows), None)

    def caused_by(self, key: str) -> Entries:
        """What an event caused, directly or over further links of its chain; oldest first.

        The key of a scheduled run, `schedule:<automation>:<time>`, stands for the events of all its
        tasks.
        """
        # `;` follows `:`, so this is every cause that begins with the key and a colon.
        values = {"same": key, "after": f"{key}:", "until": f"{key};"}
        candidates = map(entry_of, self._database.rows(_CAUSED, **values))
        return [
            entry for entry in candidates if any(_is_of(key, cause) for cause in _causes(entry))
        ]

    def directly_caused_by(self, causes: Sequence[str]) -> Entries:
        """The entries whose own cause is one of these, such as the undos of changes."""
        return self._page(SELECT.where(audit.c.cause.in_([*causes])).order_by(audit.c.seq))

    def head(self) -> Anchor:
        """The newest entry's anchor, signed as such: what to keep elsewhere.

        Not signed, if the stored head is not. Raises ConfigError: its row was removed.
        """
        head = self._head()
        return self._keys.sign(head, "anchor", head.key if self._is_confirmed(head) else "")

    def _head(self) -> Anchor:
        return _head_of(self._database.rows(_READ_HEAD, id=HEAD))

    def _is_confirmed(self, head: Anchor) -> bool:
        return self._keys.confirms(head, "head")

    def _unsigned_head(self) -> str:
        head = self._head()
        with self._database.reading() as connection:
            current, intact = self._in_force(connection, head)
        return "" if intact or not self._keys else _not_signed(head, current)

    def verify(self, anchors: Sequence[Anchor] = ()) -> Verdict:
        """Follows the whole chain; see `chain.check`. The stored head must be in it, signed."""
        try:
            before = self._head()
            expected = [replace(before, signature=""), *anchors]
            verdict = check(self.select(Filter()), self._keys, cut=self._cut(), anchors=expected)
            # Read again: meanwhile entries may have been added, and the head moves with them.
            head = self._head()
        except ConfigError as problem:
            return Verdict(0, START, str(problem))
        if verdict.problem:
            return verdict
        if head.seq < verdict.head.seq:
            longer = f"the head is entry {head.seq}, but the chain goes on to {verdict.head.seq}"
            return replace(verdict, problem=longer, seq=head.seq)
        key = verdict.keys.at(before.seq)
        if key and not (before.key == key and self._is_confirmed(before)):
            return replace(verdict, problem=_not_signed(before, key), seq=before.seq)
        return verdict

    def _cut(self) -> Entry | None:
        return next(iter(self._page(_CUTS)), None)

    def _page(self, statement: Select[Any]) -> Entries:
        with self._database.reading() as connection:
            return [entry_of(tuple(row)) for row in connection.execute(statement)]


@dataclass(frozen=True, slots=True)
class _End:
    """What the next entry follows."""

    head: Anchor
    key: str
    """The key that signs the next entry, and the one after it; empty: none."""
    next_key: str
    intact: bool
    """Whether the key in force signed the head; else nothing signs it any more."""
    note: dict[str, object] | None = None
    """What the next entry must be: it records that signing began, or a new key."""


def newest_cut(entries: Iterable[Entry]) -> Entry | None:
    """Behind it the chain begins; None: it was never cut."""
    return max(
        (entry for entry in entries if entry.kind == CUT), key=lambda entry: entry.seq, default=None
    )


def _causes(entry: Entry) -> Sequence[str]:
    return entry.cause, *(cause for cause, _automation in entry.chain)


def _is_of(key: str, cause: str) -> bool:
    return cause == key or (":" in key and cause.startswith(f"{key}:"))


def _head_of(rows: Rows) -> Anchor:
    if not rows or rows[0][0] is None:
        raise ConfigError("the audit has no head: its row was removed")
    return Anchor(*rows[0])


def _must_verify(problem: str) -> None:
    if problem:
        raise ConfigError(
            f"the audit is not cut, because it is broken: {problem}",
            hint="`clickup-mlops audit verify`; keys that signed earlier are audit.old_keys.",
        )


def _not_signed(head: Anchor, key: str) -> str:
    return (
        f"the head, entry {head.seq}, is not signed with key {key}: "
        "entries at the end were removed, or added by somebody else"
    )


def _keys_cut_off(entry: Entry) -> Succession:
    return Start.behind(entry).keys if entry.kind == CUT else Succession()


def _times(now_ms: int) -> dict[str, object]:
    return {"at_ms": now_ms, "begun_ms": now_ms}


def _note(kind: str, about: Anchor, **more: object) -> dict[str, object]:
    """The facts of an entry about the audit itself, but for its time."""
    return {
        "task_id": "",
        "kind": kind,
        "before": None,
        "after": {"seq": about.seq, "hash": about.hash, **more},
        "receipt": None,
        "cause": "",
        "chain": (),
        "automation": "retention" if kind == CUT else "audit.key",
        "actor": "",
        "run": "",
        "outcome": "done",
        "calls": (),
        "journal_id": 0,
    }


def _where(condition: Filter) -> Select[Any]:
    statement = SELECT
    for name in ("task_id", "automation", "run", "kind", "outcome"):
        value = getattr(condition, name)
        if value is not None:
            statement = statement.where(audit.c[name] == value)
    if condition.outcome not in (None, "done"):
        statement = statement.where(audit.c.outcome != literal_column("'done'"))  # as in the index
    if condition.since_ms is not None:
        statement = statement.where(audit.c.at_ms >= condition.since_ms)
    if condition.until_ms is not None:
        statement = statement.where(audit.c.at_ms < condition.until_ms)
    return statement


_CUTS = SELECT.where(audit.c.kind == CUT).order_by(audit.c.seq.desc()).limit(1)
_NEWEST = (
    SELECT.where(
        audit.c.task_id == bindparam("task_id"),
        audit.c.kind == bindparam("kind"),
        audit.c.outcome == "done",
    )
    .order_by(audit.c.seq.desc())
    .limit(1)
)
_KEY_OF = select(audit.c.key).where(audit.c.seq == bindparam("seq"))


def _of(cause: Column[str]) -> ColumnElement[bool]:
    within = (cause >= bindparam("after")) & (cause < bindparam("until"))
    return (cause == bindparam("same")) | within


_CAUSED = SELECT.where(
    audit.c.seq.in_(
        union(
            select(audit.c.seq).where(_of(audit.c.cause)),
            select(audit_link.c.seq).where(_of(audit_link.c.cause)),
        )
    )
).order_by(audit.c.seq)
_APPEND = insert(audit)
_LINK = insert(audit_link)
_READ_HEAD = select(audit_head.c.seq, audit_head.c.hash, audit_head.c.signature).where(
    audit_head.c.id == bindparam("id")
)
HEAD_COLUMNS: Final = tuple(
    select(column).where(audit_head.c.id == literal_column(str(HEAD))).scalar_subquery()
    for column in _READ_HEAD.selected_columns
)
"""The same as columns of another statement."""
LOCK_HEAD: Final[Statement] = (_READ_HEAD.with_for_update(), {"id": HEAD})
"""Locks the head; gives what the next entry follows."""
_MOVE_HEAD = (
    update(audit_head)
    .where(audit_head.c.id == bindparam("new_id"))
    .values(
        seq=bindparam("new_seq"),
        hash=bindparam("new_hash"),
        signature=bindparam("new_signature"),
    )
)
