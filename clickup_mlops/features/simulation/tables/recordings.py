"""Recordings: the events that were handled together, with the task as it was read for them.

Simulations replay them. A row is self-contained: the inbox may be pruned, the mirror is updated.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    LargeBinary,
    Table,
    Text,
    bindparam,
    func,
    insert,
    select,
)

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import readers_of_task
from clickup_mlops.store.database.schema import BigId, metadata
from clickup_mlops.store.tables import Expiry, store_table

_PAGE = 500

recording = Table(
    "recording",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("task_id", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index(None, "at_ms"),
    sqlite_autoincrement=True,
    info=readers_of_task(),
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it was stored: its inbox key and its body. `ours`: the bot's own echo."""

    key: str
    body: dict[str, Any]
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Recording:
    """The events handled at one time (Unix ms), and the task as it was read; None if it was not."""

    task_id: str
    at_ms: int
    events: tuple[Recorded, ...]
    task: dict[str, Any] | None


class Recordings:
    """Recordings, oldest first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, recording: Recording) -> None:
        """Stored with this thread's next write."""
        bodies = ((event.key, orjson.dumps(event.body), event.ours) for event in recording.events)
        self.put_bodies(recording.task_id, recording.at_ms, bodies, recording.task)

    def put_bodies(
        self,
        task_id: str,
        at_ms: int,
        events: Iterable[tuple[str, bytes, bool]],
        task: Mapping[str, Any] | None,
    ) -> None:
        """The same for events whose bodies are JSON as it was received: it is not read again."""
        parts = [(key, orjson.Fragment(body), ours) for key, body, ours in events]
        body = _packed(orjson.dumps({"events": parts, "task": task}))
        self._database.defer((_PUT, {"task_id": task_id, "at_ms": at_ms, "body": body}))

    def since(self, since_ms: int) -> Iterator[Recording]:
        """Those since then, oldest first; one page in memory at a time."""
        last = 0
        while page := self._database.rows(_SINCE, since=since_ms, last=last, limit=_PAGE):
            for row_id, task_id, at_ms, body in page:
                yield _recording(task_id, at_ms, orjson.loads(zlib.decompress(body)))
                last = row_id

    def newest(self, limit: int) -> list[Recording]:
        """The last of them, newest first."""
        rows = self._database.rows(_NEWEST, limit=limit)
        return [
            _recording(task_id, at_ms, orjson.loads(zlib.decompress(body)))
            for task_id, at_ms, body in rows
        ]

    def span(self) -> tuple[int, int, int]:
        """How many there are, and the time of the first and last (0 if there is none)."""
        ((count, first, last),) = self._database.rows(_SPAN)
        return int(count), int(first or 0), int(last or 0)


def _packed(body: bytes) -> bytes:
    # Level 1: a third of the size for a tenth of the usual time. A window of 8 KiB: to set up the
    # usual one takes five times as long as to compress an event.
    packer = zlib.compressobj(1, wbits=13, memLevel=5)
    return packer.compress(body) + packer.flush()


def _recording(task_id: str, at_ms: int, body: dict[str, Any]) -> Recording:
    events = tuple(Recorded(*event) for event in body["events"])
    return Recording(task_id, at_ms, events, body["task"])


_PUT = insert(recording)
_SINCE = (
    select(recording.c.id, recording.c.task_id, recording.c.at_ms, recording.c.body)
    .where(recording.c.at_ms >= bindparam("since"), recording.c.id > bindparam("last"))
    .order_by(recording.c.id)
    .limit(bindparam("limit"))
)
_NEWEST = (
    select(recording.c.task_id, recording.c.at_ms, recording.c.body)
    .order_by(recording.c.id.desc())
    .limit(bindparam("limit"))
)
_SPAN = select(func.count(recording.c.id), func.min(recording.c.at_ms), func.max(recording.c.at_ms))

TABLE = store_table(
    Recordings, Expiry("recordings", recording, lambda before: recording.c.at_ms < before)
)
