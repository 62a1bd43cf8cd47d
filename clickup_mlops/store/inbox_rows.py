"""Rows of the inbox as values."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from clickup_mlops.store import ranks


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


class Mirrored(NamedTuple):
    """What the mirror shows of a lane's task, without the task itself: when it had last changed
    (Unix ms) and the number of the newest event that it includes; None: it is not there.

    `is_alone`: no other lane of its List waits.
    """

    updated_ms: int | None
    event_number: int | None
    is_alone: bool


@dataclass(frozen=True, slots=True)
class InboxRow(Incoming):
    """A stored event. `due_ms` is when it may be tried (again); `error` is the last failure."""

    id: int
    state: str
    attempts: int
    due_ms: int
    error: str
    is_cut_off: bool = field(default=False, kw_only=True)
    """When it was taken, a write of its lane had an unknown outcome, or the rest of an evaluation
    waited; else not known."""
    mirrored: Mirrored | None = field(default=None, kw_only=True)
    """As it was when the row was taken; else not known."""


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
    """The row with the values of the columns `inbox.ROW`."""
    *others, rank = values
    return InboxRow(*others, rank=rank)


def read_taken(values: Sequence[Any]) -> InboxRow:
    """The same with four more: whether its lane was cut off, and those of `Mirrored`."""
    *others, rank, is_cut_off, updated_ms, event_number, is_alone = values
    mirrored = Mirrored(updated_ms, event_number, bool(is_alone))
    return InboxRow(*others, rank=rank, is_cut_off=bool(is_cut_off), mirrored=mirrored)
