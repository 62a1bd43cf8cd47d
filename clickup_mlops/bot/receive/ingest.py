"""The one way of deliveries into the inbox: verified by their raw bytes, keyed, stored, dispatched.

ClickUp's webhook and the tools of integrations are sources; an interface only hands over bytes and
headers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from clickup_mlops.bot.clock import Clock
from clickup_mlops.store import Earlier, Inbox, Incoming


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request, as it came. Names of headers are in lower case; `now_ms` is Unix ms."""

    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    now_ms: int

    def header(self, name: str) -> str:
        """Its value; empty if it is not there."""
        return self.headers.get(name.lower(), "")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A row for the inbox, and the earlier row that it may repeat although the keys differ.

    `is_handled`: nobody has to handle it, it only reports what the bot wrote. `can_wait`: nobody
    listens for it, so that it may be handled together with what comes next.
    """

    row: Incoming
    earlier: Earlier | None = None
    is_handled: bool = False
    can_wait: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """How many rows a delivery put into the inbox, and how many of its rows were there before."""

    new: int
    repeated: int
    answer: str = ""
    """What the source wants to read; empty: nothing special."""

    @property
    def total(self) -> int:
        """How many events were new and repeated together."""
        return self.new + self.repeated


class Handshake(Exception):
    """Nothing was delivered: the source wants to read this text in the answer."""

    def __init__(self, answer: str) -> None:
        super().__init__("a handshake")
        self.answer = answer


class DeliverySource(Protocol):
    """Who may deliver: knows what is genuine, and which rows it becomes."""

    @property
    def contact(self) -> str:
        """The name under which it is noted when it sends something; empty: it is not noted."""
        ...

    def read(self, delivery: Delivery, /) -> Sequence[Arrival]:
        """Verify the raw bytes, then say what to store.

        Raises:
            BadSignature: neither signature nor token is right.
            BadPayload: it is not what the source sends.
            StoreUnavailable: it cannot be decided now; to be delivered again.
            Handshake: it only wants an answer.
        """
        ...


class Ingest:
    """Stores deliveries. Nothing is asked of the store before a delivery was verified."""

    def __init__(
        self,
        inbox: Callable[[], Inbox],
        dispatch: Callable[[str, int], None],
        clock: Clock,
        *,
        dispatch_later: Callable[[str], None] = lambda _lane: None,
        record_contact: Callable[[str], object] = lambda _source: None,
    ) -> None:
        self._inbox, self._dispatch, self._clock = inbox, dispatch, clock
        self._dispatch_later = dispatch_later
        self._record_contact = record_contact

    def accept(self, source: DeliverySource, body: bytes, headers: Mapping[str, str]) -> Receipt:
        """Store what is delivered; on disk when this returns, but for echoes of the bot's writes.

        Raises:
            BadSignature, BadPayload: as `DeliverySource.read`; nothing was stored.
            StoreUnavailable: to be delivered again later.
        """
        names = {name.lower(): _storable(value) for name, value in headers.items()}
        try:
            receipt = self.store(source.read(Delivery(names, body, self._clock())))
        except Handshake as handshake:
            return Receipt(0, 0, handshake.answer)
        if source.contact:
            self._record_contact(source.contact)
        return receipt

    def store(self, arrivals: Sequence[Arrival]) -> Receipt:
        """Store the rows together, and have the lanes of new ones run.

        Raises:
            StoreUnavailable: to be tried again later.
        """
        handled = [arrival.row for arrival in arrivals if arrival.is_handled]
        waiting = [arrival for arrival in arrivals if not arrival.is_handled]
        new = sum(self._inbox().put_handled(row) for row in handled) + self._store_body(waiting)
        return Receipt(new, len(arrivals) - new)

    def _store_body(self, arrivals: Sequence[Arrival]) -> int:
        if not arrivals:
            return 0
        rows = [arrival.row for arrival in arrivals]
        earlier = {
            arrival.row.key: arrival.earlier for arrival in arrivals if arrival.earlier is not None
        }
        if new := self._inbox().put_many(rows, unless=earlier):
            for lane in {arrival.row.lane for arrival in arrivals if arrival.can_wait}:
                self._dispatch_later(lane)
            urgent = [arrival.row for arrival in arrivals if not arrival.can_wait]
            for lane, rank in _rank_lanes(urgent).items():
                self._dispatch(lane, rank)
        return new


def _rank_lanes(rows: Sequence[Incoming]) -> dict[str, int]:
    """Each lane with the best rank of its rows."""
    rank_by_lane: dict[str, int] = {}
    for row in rows:
        rank_by_lane[row.lane] = min(row.rank, rank_by_lane.get(row.lane, row.rank))
    return rank_by_lane


def _storable(header: str) -> str:
    # Else what is made of it could not be stored.
    return header.encode("utf-8", "replace").decode()
