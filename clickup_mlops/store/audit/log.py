"""The audit: every write to ClickUp that has ended, in a hash chain that only grows.

An entry is appended in the transaction that closes the write's row in the journal, so neither
exists without the other. The journal is for operation (which writes are open, what is an echo); the
audit is for proof, and for `undo`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import takewhile
from typing import Any, Final

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    Select,
    Table,
    Text,
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
    SIGNED,
    START,
    Anchor,
    Entry,
    Keyring,
    Verdict,
    check,
    check_part,
)
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.prepared import Statement
from clickup_mlops.store.database.schema import BigId, Key, metadata, partial

BATCH: Final = 1_000
"""Entries read at once when the whole chain is followed."""
HEAD: Final = 1

audit = Table(
    "audit",
    metadata,
    Column("seq", BigId, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("begun_ms", BigInteger, nullable=False),
    Column("task_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("receipt", Text, nullable=False),
    Column("cause", Key, nullable=False),
    Column("chain", Text, nullable=False),
    Column("automation", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("calls", Text, nullable=False),
    Column("journal_id", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("prev", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index(None, "task_id", "seq"),
    Index(None, "automation", "seq"),
    Index(None, "run", "seq"),
    Index(None, "kind", "seq"),
    Index(None, "cause", "seq"),
    partial("ix_audit_not_done", "outcome", "seq", where="outcome <> 'done'"),
)

audit_link = Table(
    "audit_link",
    metadata,
    Column("cause", Key, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
)
"""The entries whose chain names a cause. Only finds them: what proves it is the entry itself."""

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
)


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


class Audit:
    """Entries by number, from 1 without gaps. `keys` sign them."""

    def __init__(self, database: Database, keys: Keyring) -> None:
        self._database, self._keys, self._run = database, keys, database.prepared.on
        self._signing = False

    # -- growing

    def append(self, connection: Connection, facts: Mapping[str, Any]) -> Anchor:
        """Adds an entry in this transaction: `facts` are its values but `seq` and the hashes.

        If it is the first one that is signed, an entry before it records that. Must be the last
        lock of the transaction: writers queue here, whatever they hold.
        """
        ((seq, digest),) = self._run(connection, _HEAD, {"id": HEAD}).rows
        head = Anchor(seq, digest)
        if self._signing_begins(connection, head):
            head = self._add(connection, head, _note(SIGNED, head, facts["at_ms"]))
        return self._add(connection, head, facts)

    def _add(self, connection: Connection, head: Anchor, facts: Mapping[str, Any]) -> Anchor:
        blank = Entry(**facts, seq=head.seq + 1, key=self._keys.name, prev=head.hash)
        entry = replace(blank, hash=self._keys.digest(blank.body(), self._keys.name) or "")
        causes = {cause for cause, _automation in entry.chain}
        moved = {"new_id": HEAD, "new_seq": entry.seq, "new_hash": entry.hash}
        statements: list[Statement] = [
            (_APPEND, _as_row(entry)),
            *((_LINK, {"cause": cause, "seq": entry.seq}) for cause in causes),
            (_MOVE_HEAD, moved),
        ]
        self._database.prepared.all_on(connection, statements)
        return entry.anchor

    def _signing_begins(self, connection: Connection, head: Anchor) -> bool:
        if not self._keys.name or self._signing or head == START:
            return False
        # Remembered once seen in the chain: what is written here may still be rolled back.
        self._signing = bool(self._key_of(connection, head))
        return not self._signing

    def _key_of(self, connection: Connection, head: Anchor) -> str:
        return connection.execute(_KEY_OF, {"seq": head.seq}).scalar() or ""

    def must_be_signable(self) -> None:
        """Nothing, if an entry added now continues the chain.

        Raises:
            ConfigError: the chain is signed, and there is no key to sign with.
        """
        if self._keys.name:
            return
        with self._database.reading() as connection:
            name = self._key_of(connection, self.head())
        if name:
            raise ConfigError(
                f"audit.key is not set, but the audit is signed with key {name}",
                hint="Set CLICKUP_MLOPS_AUDIT__KEY for every process of the bot.",
            )

    def cut(self, before_ms: int, now_ms: int) -> int:
        """Removes the oldest entries, those that ended before that time; how many.

        An entry of the chain itself records where it was cut and with which hash, so that the
        rest can still be verified. What does not verify is evidence and stays.

        Raises:
            ConfigError: it does not verify.
        """
        last = self._last_before(before_ms)
        if last is None:
            return 0
        removed = takewhile(lambda entry: entry.seq <= last.seq, self.select(Filter()))
        found = check_part(removed, self._keys, cut=self._cut(), anchors=[last])
        if found.problem:
            raise ConfigError(
                f"the audit is not cut, because it is broken: {found.problem}",
                hint="`clickup-mlops audit verify`; keys that signed earlier are audit.old_keys.",
            )

        def run(connection: Connection) -> int:
            self._run(connection, _HEAD, {"id": HEAD})  # alone from here on
            connection.execute(delete(audit_link).where(audit_link.c.seq <= last.seq))
            gone = connection.execute(delete(audit).where(audit.c.seq <= last.seq)).rowcount
            if gone:  # else another process was first
                self.append(connection, _note(CUT, last, now_ms, signed_from=found.signed_from))
            return int(gone)

        return self._database.write(run)

    def _last_before(self, before_ms: int) -> Anchor | None:
        """The end of the unbroken run of old entries."""
        newer = select(audit.c.seq).where(audit.c.at_ms >= before_ms).order_by(audit.c.seq).limit(1)
        old = select(audit.c.seq, audit.c.hash).where(audit.c.at_ms < before_ms)
        wanted = old.order_by(audit.c.seq.desc()).limit(1)
        with self._database.reading() as connection:
            first_kept = connection.execute(newer).scalar()
            if first_kept is not None:
                wanted = wanted.where(audit.c.seq < first_kept)
            found = connection.execute(wanted).first()
        return Anchor(*found) if found else None

    # -- reading

    def get(self, seq: int) -> Entry | None:
        """One entry by its number."""
        return next(iter(self._page(_SELECT.where(audit.c.seq == seq))), None)

    def list(self, wanted: Filter, limit: int) -> Entries:
        """The newest of the wanted entries, newest first."""
        return self._page(_where(wanted).order_by(audit.c.seq.desc()).limit(limit))

    def select(self, wanted: Filter) -> Iterator[Entry]:
        """All wanted entries, oldest first. Holds a thousand at a time."""
        last = -1
        while True:
            page = self._page(
                _where(wanted).where(audit.c.seq > last).order_by(audit.c.seq).limit(BATCH)
            )
            yield from page
            if len(page) < BATCH:
                return
            last = page[-1].seq

    def newest(self, task_id: str, kind: str) -> Entry | None:
        """The last change of this kind on the task that happened."""
        found = self._database.rows(_NEWEST, task_id=task_id, kind=kind)
        return next(map(_entry, found), None)

    def caused_by(self, key: str) -> Entries:
        """What an event caused, directly or over further links of its chain; oldest first.

        The key of a scheduled run, `schedule:<automation>:<time>`, stands for the events of all its
        tasks.
        """
        # `;` follows `:`, so this is every cause that begins with the key and a colon.
        values = {"same": key, "after": f"{key}:", "until": f"{key};"}
        found = map(_entry, self._database.rows(_CAUSED, **values))
        return [one for one in found if any(_is_of(key, cause) for cause in _causes(one))]

    def directly_caused_by(self, causes: Sequence[str]) -> Entries:
        """The entries whose own cause is one of these, such as the undos of changes."""
        return self._page(_SELECT.where(audit.c.cause.in_([*causes])).order_by(audit.c.seq))

    def head(self) -> Anchor:
        """The newest entry's anchor: what to keep elsewhere. Raises ConfigError: it was removed."""
        found = self._database.rows(_READ_HEAD, id=HEAD)
        if not found:
            raise ConfigError("the audit has no head: its row was removed")
        return Anchor(*found[0])

    def verify(self, anchors: Sequence[Anchor] = ()) -> Verdict:
        """Follows the whole chain; see `chain.check`. The kept head is one of the anchors."""
        try:
            kept = [self.head(), *anchors]
            found = check(self.select(Filter()), self._keys, cut=self._cut(), anchors=kept)
            # Read again: meanwhile entries may have been added, and the head moves with them.
            head = self.head().seq
        except ConfigError as problem:
            return Verdict(0, START, str(problem))
        if found.problem or head >= found.head.seq:
            return found
        longer = f"the head is entry {head}, but the chain goes on to {found.head.seq}"
        return replace(found, problem=longer, seq=head)

    def _cut(self) -> Entry | None:
        return next(iter(self._page(_CUTS)), None)

    def _page(self, statement: Select[Any]) -> Entries:
        with self._database.reading() as connection:
            return [_entry(tuple(one)) for one in connection.execute(statement)]


def newest_cut(entries: Iterable[Entry]) -> Entry | None:
    """Behind it the chain begins; None: it was never cut."""
    return max((one for one in entries if one.kind == CUT), key=lambda one: one.seq, default=None)


def _causes(entry: Entry) -> Sequence[str]:
    return entry.cause, *(cause for cause, _automation in entry.chain)


def _is_of(key: str, cause: str) -> bool:
    return cause == key or (":" in key and cause.startswith(f"{key}:"))


def _note(kind: str, about: Anchor, now_ms: int, **more: int | None) -> dict[str, object]:
    """The facts of an entry about the audit itself."""
    return {
        "at_ms": now_ms,
        "begun_ms": now_ms,
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


def _where(wanted: Filter) -> Select[Any]:
    statement = _SELECT
    for name in ("task_id", "automation", "run", "kind", "outcome"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(audit.c[name] == value)
    if wanted.outcome not in (None, "done"):
        statement = statement.where(audit.c.outcome != literal_column("'done'"))  # as in the index
    if wanted.since_ms is not None:
        statement = statement.where(audit.c.at_ms >= wanted.since_ms)
    if wanted.until_ms is not None:
        statement = statement.where(audit.c.at_ms < wanted.until_ms)
    return statement


def _text(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _as_row(entry: Entry) -> dict[str, object]:
    row = entry.as_dict()
    return row | {name: _text(row[name]) for name in _JSON}


def _entry(found: tuple[Any, ...]) -> Entry:
    row = dict(zip(_NAMES, found, strict=True))
    for name in _JSON:
        row[name] = _read(row[name])
    for name in ("calls", "chain"):
        if not isinstance(row[name], list):
            row[name] = [str(row[name])]
    return Entry.from_dict(row)


def _read(text: str) -> Any:
    try:
        return orjson.loads(text)
    except ValueError:
        return text  # it was tampered with; as a text it has another hash


_JSON = ("before", "after", "receipt", "calls", "chain")
_NAMES = tuple(field.name for field in fields(Entry))
_SELECT = select(*(audit.c[name] for name in _NAMES))
_CUTS = _SELECT.where(audit.c.kind == CUT).order_by(audit.c.seq.desc()).limit(1)
_NEWEST = (
    _SELECT.where(
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


_CAUSED = _SELECT.where(
    audit.c.seq.in_(
        union(
            select(audit.c.seq).where(_of(audit.c.cause)),
            select(audit_link.c.seq).where(_of(audit_link.c.cause)),
        )
    )
).order_by(audit.c.seq)
_APPEND = insert(audit)
_LINK = insert(audit_link)
_READ_HEAD = select(audit_head.c.seq, audit_head.c.hash).where(audit_head.c.id == bindparam("id"))
_HEAD = _READ_HEAD.with_for_update()
_MOVE_HEAD = (
    update(audit_head)
    .where(audit_head.c.id == bindparam("new_id"))
    .values(seq=bindparam("new_seq"), hash=bindparam("new_hash"))
)
