"""Events: look at what was received, replay or discard it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from clickup_mlops.errors import InputError
from clickup_mlops.store import InboxRow, Store

_ALL: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Replayed:
    """Which events are ready again, and which do not exist."""

    replayed: tuple[int, ...]
    unknown: tuple[int, ...]


def event(store: Store, number: int) -> InboxRow:
    """One event. Raises InputError: there is none of this number."""
    row = store.inbox.get(number)
    if row is None:
        raise InputError(f"There is no event {number}", hint="`clickup-mlops events list`")
    return row


def replay(store: Store, numbers: Sequence[int], now_ms: int) -> Replayed:
    """Have these events handled again; the running bot picks them up at once."""
    replayed = [number for number in numbers if store.inbox.replay(number, now_ms)]
    unknown = [number for number in numbers if number not in replayed]
    return Replayed(tuple(replayed), tuple(unknown))


def replay_parked(store: Store, now_ms: int) -> Replayed:
    """Have all parked events handled again."""
    return replay(store, parked(store), now_ms)


@dataclass(frozen=True, slots=True)
class Discarded:
    """Which events were parked and are done now, and which were not parked."""

    discarded: tuple[int, ...]
    not_parked: tuple[int, ...]


def discard(store: Store, numbers: Sequence[int], reason: str, now_ms: int) -> Discarded:
    """End these parked events without handling them. Raises InputError: there is no reason."""
    if not reason.strip():
        raise InputError("Say why the events are discarded", hint="--reason TEXT")
    discarded = store.inbox.discard(numbers, f"Discarded: {reason.strip():.200}", now_ms)
    return Discarded(discarded, tuple(number for number in numbers if number not in discarded))


def parked(store: Store, *, kind: str | None = None, lane: str | None = None) -> list[int]:
    """Numbers of the parked events; of one kind or lane, if given."""
    return [
        row.id
        for row in store.inbox.list("parked", _ALL)
        if kind in (None, row.kind) and lane in (None, row.lane)
    ]


def facts(row: InboxRow) -> dict[str, Any]:
    """An event as plain JSON values; its body decoded when it is JSON."""
    plain = asdict(row)
    try:
        plain["body"] = json.loads(row.body)
    except ValueError:
        plain["body"] = row.body.decode(errors="replace")
    return plain
