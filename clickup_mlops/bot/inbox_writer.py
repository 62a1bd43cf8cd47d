"""How sources put events into the inbox: one form for all rows, and their lanes are dispatched."""

from collections.abc import Callable, Iterable, Mapping

from clickup_mlops.bot.clock import Clock
from clickup_mlops.store import Earlier, Inbox, Incoming
from clickup_mlops.store.ranks import DEFAULT

NOTHING = b"{}"


class Dispatch:
    """Call it with a lane that has something to do. Never waits.

    Until `connect`, and after `disconnect`, nothing runs lanes here: the sweeper finds them later.
    """

    def __init__(self) -> None:
        self._to: Callable[[str, int], None] | None = None
        self._later: Callable[[str], None] | None = None

    def connect(self, to: Callable[[str, int], None], later: Callable[[str], None]) -> None:
        """From now on lanes run here; `later` gets those that may wait a little."""
        self._to, self._later = to, later

    def disconnect(self) -> None:
        """No lane runs here any more."""
        self._to = self._later = None

    def later(self, lane: str) -> None:
        """As a call, for a lane that gains by waiting for more of its events."""
        if (later := self._later) is not None:
            later(lane)

    def __call__(self, lane: str, rank: int = DEFAULT) -> None:
        """Hand it to who runs lanes here. `rank`: how soon (`store.ranks`)."""
        if (to := self._to) is not None:
            to(lane, rank)


class InboxWriter:
    """Makes rows for the bot's Workspace with the time of now, and stores them.

    `workspace` may ask ClickUp the first time; `dispatch` gets lanes that have something to do.
    """

    def __init__(
        self,
        inbox: Inbox,
        workspace: Callable[[], str],
        clock: Clock,
        dispatch: Callable[[str, int], None] = lambda _lane, _rank: None,
    ) -> None:
        self._inbox, self._workspace, self._clock = inbox, workspace, clock
        self.dispatch = dispatch

    def event(
        self,
        key: str,
        kind: str,
        *,
        source: str,
        lane: str,
        body: bytes = NOTHING,
        list_id: str | None = None,
        event_ms: int | None = None,
        rank: int = DEFAULT,
    ) -> Incoming:
        """A row. The same `key` is stored once; rows of one `lane` are handled in order.

        `event_ms`: when the change happened, if that is known (Unix ms). `rank`: how soon the lane
        is taken (`store.ranks`).
        """
        return Incoming(
            key=key,
            source=source,
            workspace=self._workspace(),
            kind=kind,
            lane=lane,
            list_id=list_id,
            body=body,
            event_ms=event_ms,
            received_ms=self._clock(),
            rank=rank,
        )

    def put(self, event: Incoming) -> bool:
        """Store the row and have its lane run; False: it was there before."""
        new = self._inbox.put(event)
        if new:
            self.dispatch(event.lane, event.rank)
        return new

    def contains(self, key: str) -> bool:
        """Whether a row of this key is stored, handled or not."""
        return self._inbox.by_key(key) is not None

    def put_later(self, event: Incoming, due_ms: int) -> None:
        """Store the row; it is handled from then on (Unix ms)."""
        self._inbox.put_later(event, due_ms)

    def put_many(
        self, events: Iterable[Incoming], *, unless: Mapping[str, Earlier] | None = None
    ) -> None:
        """Store the rows together. Their lanes are dispatched by who knows when all is stored.
        `unless`: the earlier rows that they may repeat, by key.
        """
        self._inbox.put_many(list(events), unless=unless)
