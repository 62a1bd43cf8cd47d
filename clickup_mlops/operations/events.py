"""Events: look at what was received, and replay it."""

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
    replayed = [one for one in numbers if store.inbox.replay(one, now_ms)]
    unknown = [one for one in numbers if one not in replayed]
    return Replayed(tuple(replayed), tuple(unknown))


def replay_parked(store: Store, now_ms: int) -> Replayed:
    """Have all parked events handled again."""
    return replay(store, [row.id for row in store.inbox.list("parked", _ALL)], now_ms)


def facts(row: InboxRow) -> dict[str, Any]:
    """An event as plain JSON values; its body decoded when it is JSON."""
    plain = asdict(row)
    try:
        plain["body"] = json.loads(row.body)
    except ValueError:
        plain["body"] = row.body.decode(errors="replace")
    return plain
