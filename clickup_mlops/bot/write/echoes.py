"""Whose change was it? Our own echoes are told apart from what people do.

By recorded cause: the bot's token may belong to a person who also works in ClickUp, so the actor
alone proves nothing. But what another actor did is certainly no echo.

An echo also tells what the write replaced. If that is not what the bot had read, somebody chose it
in between, and the event of that choice may be late or lost: so the echo reports the choice, too.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from clickup_mlops.automations.engine import Listeners
from clickup_mlops.automations.events import OWN
from clickup_mlops.automations.model import Effect, no_echo
from clickup_mlops.bot.caused_event import CausedEvent
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.lanes.worker import Postponed
from clickup_mlops.clickup.model import Event, HistoryItem
from clickup_mlops.store import Store
from clickup_mlops.store.journal_rows import JournalRow
from clickup_mlops.store.tables.journal import ECHO_LATE_MS, UNDO

PRIORITY: Final = "priority"
S = TypeVar("S")
T = TypeVar("T")
ANSWER_MS: Final = 1_000
"""So long an event waits for the answer to the write that it may report."""


class EchoFilter:
    """Drops the echoes of the bot's own writes; writes nothing.

    `me` gives the bot's user.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        me: Callable[[], int | None],
        *,
        effects: Mapping[str, Effect],
        listeners: Listeners,
    ) -> None:
        self._store, self._clock, self._me = store, clock, me
        self._listeners = listeners
        self._receipts = {n: e.receipt_in for n, e in effects.items() if e.receipt_in is not None}
        # That of the priority first: most echoes are of one, and who has it is not asked further.
        in_order = sorted(effects, key=lambda name: name != PRIORITY)
        self._echoes = [
            effects[name].echo for name in in_order if effects[name].echo is not no_echo
        ]
        self._priority_of = effects[PRIORITY].echo if PRIORITY in effects else no_echo

    def drop(self, events: Sequence[Event]) -> list[CausedEvent]:
        """The events without our own echoes.

        An event of nothing but echoes is kept for the automations that listen, except the one that
        wrote; it is dropped if there is none.

        Raises:
            Postponed: an event may report a write whose answer is still on its way.
        """
        items = [item for event in events if event.webhook_id != OWN for item in event.items]
        # Who we are may cost a call: asked only if somebody has to be told apart from us.
        me = self._me() if any(item.user_id is not None for item in items) else None
        lookups = _Asked(self._store)
        caused = [self._caused(event, me, lookups) for event in events]
        return [caused_event for caused_event in caused if caused_event is not None]

    def is_dropped(self, event: Event) -> bool:
        """Whether it says that all of it was done as the bot, and `drop` leaves nothing of it.

        Raises: as `drop`.
        """
        users = {item.user_id for item in event.items} - {None}
        return users == {self._me()} and not self.drop([event])

    def _caused(self, event: Event, me: int | None, lookups: "_Asked") -> CausedEvent | None:
        if event.webhook_id == OWN:
            return CausedEvent.internal(event)
        creation = self._creation(event, me, lookups)
        writes = [creation or self._echoed(event, item, me, lookups) for item in event.items]
        items = tuple(i for i, write in zip(event.items, writes, strict=True) if write is None)
        if len(items) == len(event.items):
            return CausedEvent(event)
        if items:
            return CausedEvent(replace(event, items=items))
        rows = [write for write in writes if write is not None]
        replaced = [self._replaced(*pair) for pair in zip(event.items, rows, strict=True)]
        if chosen := tuple(item for item in replaced if item is not None):
            return CausedEvent(replace(event, items=chosen))
        return self._echo(event, rows)

    def _replaced(self, item: HistoryItem, write: JournalRow) -> HistoryItem | None:
        """The choice of a priority that our write replaced without knowing of it, if it did.

        Not if a person asked for the write (a command, an undo): that is the later choice.
        """
        is_asked = write.actor or write.cause.startswith(UNDO)
        if item.field != PRIORITY or is_asked:
            return None
        _kind, was = _read(self._priority_of, replace(item, after=item.before)) or ("", None)
        if was in (None, write.before):
            return None
        if self._store.journal.wrote_near(write, was):
            return None  # our own: this write was planned before that one was made
        raw = {name: value for name, value in item.raw.items() if name != "user"}
        return replace(
            item,
            date_ms=item.date_ms - 1,
            user_id=None,
            before=write.before,
            after=item.before,
            raw=raw,
        )

    def _echo(self, event: Event, writes: Sequence[JournalRow]) -> CausedEvent | None:
        """Our own echo, if an automation listens for it; never the echo of an undo, so that what
        is undone stays undone.
        """
        longest = max(writes, key=lambda write: len(write.chain))
        chain = (*longest.chain, (longest.cause, longest.automation))
        listening = self._listeners.of(event, is_own=True) - {longest.automation}
        if longest.cause.startswith(UNDO) or not listening:
            return None
        return CausedEvent(event, chain)

    def _echoed(
        self, event: Event, item: HistoryItem, me: int | None, lookups: "_Asked"
    ) -> JournalRow | None:
        """The write of ours that the item reports."""
        if event.task_id is None or (item.user_id is not None and item.user_id != me):
            return None
        writes = (
            lookups.echo(event.task_id, kind, after, item.date_ms)
            for kind, after in self._reported(item)
        )
        return next(filter(None, writes), None)

    def _reported(self, item: HistoryItem) -> Iterator[tuple[str, object]]:
        """The kinds of write that the item may report, and the value: a date may have been written
        alone or with another one.
        """
        return filter(None, (_read(echo, item) for echo in self._echoes))

    def _creation(self, event: Event, me: int | None, lookups: "_Asked") -> JournalRow | None:
        """The write of ours that made the thing which the event reports.

        Raises:
            Postponed: the answer to such a write is still on its way, and may name this very thing.
        """
        if not {item.user_id for item in event.items} <= {None, me}:
            return None
        for name, receipt_in in self._receipts.items():
            receipt = _read(receipt_in, event)
            if receipt is not None:
                row = lookups.receipt(name, receipt, event.date_ms or 0)
                if row is None and self._may_be_ours(name, event):
                    raise Postponed(self._clock() + ANSWER_MS)
                return row
        return None

    def _may_be_ours(self, effect: str, event: Event) -> bool:
        since_ms = (event.date_ms or self._clock()) - ECHO_LATE_MS
        return any(
            row.kind.partition(":")[0] == effect
            for row in self._store.journal.unfinished()
            # An undo, or an older write, can never be it: waiting for its end might be long.
            if row.after is not None and row.begun_ms >= since_ms
        )


def _read(read: Callable[[S], T | None], subject: S) -> T | None:
    """What an effect reads from an event or an item; of one that ClickUp would not write, nothing.

    It is signed, but no retry makes it readable.
    """
    try:
        return read(subject)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return None


class _Asked:
    """The journal, asked once about each change, though ClickUp reports it in several events."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: list[tuple[tuple[object, ...], JournalRow | None]] = []

    def echo(self, task_id: str, kind: str, after: object, at_ms: int) -> JournalRow | None:
        """As `Journal.match_echo`."""
        return self._once(self._store.journal.match_echo, task_id, kind, after, at_ms)

    def receipt(self, effect: str, receipt: object, event_ms: int) -> JournalRow | None:
        """As `Journal.match_receipt`."""
        return self._once(self._store.journal.match_receipt, effect, receipt, event_ms)

    def _once(self, match: Callable[..., JournalRow | None], *change: object) -> JournalRow | None:
        for earlier_change, row in self._known:
            if earlier_change == change:
                return row
        self._store.flush()  # what another change has matched must not be matched again
        matched = match(*change, wait=False)
        self._known.append((change, matched))
        return matched
