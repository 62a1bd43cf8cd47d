"""The tables of the audit, and an entry as a row of them."""

from dataclasses import fields
from typing import Any

import orjson
from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, select

from clickup_mlops.store.audit.chain import Entry
from clickup_mlops.store.database.readers import NOBODY, readers_of_task
from clickup_mlops.store.database.schema import BigId, Key, metadata, partial

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
    info=readers_of_task(),
)

audit_link = Table(
    "audit_link",
    metadata,
    Column("cause", Key, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    info=NOBODY,
)
"""The entries whose chain names a cause. Only finds them: what proves it is the entry itself."""

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    Column("signature", Text, nullable=False, server_default=""),
    info=NOBODY,
)
"""The end of the chain. The signature is an `Anchor`'s: who removes entries at the end and has no
key cannot sign what remains."""


def _text(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def as_row(entry: Entry) -> dict[str, object]:
    """Values of the columns; JSON as text."""
    row = entry.as_dict()
    return row | {name: _text(row[name]) for name in _JSON}


def entry_of(values: tuple[Any, ...]) -> Entry:
    """The entry of a row that `SELECT` gives."""
    row = dict(zip(_NAMES, values, strict=True))
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
SELECT = select(*(audit.c[name] for name in _NAMES))
"""All columns of the entries, in the order of `Entry`."""
