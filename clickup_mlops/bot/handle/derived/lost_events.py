"""Completes what a back-fill has found: each change or comment whose event was lost comes as the
event that ClickUp would have sent, and the back-fill's own event says what was lost.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import Final

from clickup_mlops.automations.events import BACKFILL, DERIVED, LOST
from clickup_mlops.automations.occurrence import POSTED, UPDATED
from clickup_mlops.bot.caused_event import CausedEvent
from clickup_mlops.bot.handle.context.missed_comments import SINCE, MissedComments, may_be_in
from clickup_mlops.bot.handle.derived import items
from clickup_mlops.bot.handle.derived.derivation import Derivation, Read
from clickup_mlops.clickup.model import Event, HistoryItem, Task
from clickup_mlops.clickup.webhook import SLACK_MS
from clickup_mlops.store import Store

FIRST: Final = "first"
"""Key of the body of a back-fill's event: nothing was known of the task."""
NEW: Final = "new"
"""Key of the body of a back-fill's event: the task was created since the last look."""


class LostEvents:
    """`complete` adds what was lost. `missed` reads comments; None: nobody wants them."""

    def __init__(self, store: Store, derivation: Derivation, missed: MissedComments | None) -> None:
        self._store, self._derivation, self._missed = store, derivation, missed

    def may_be_in(self, event: Event) -> bool:
        """Whether the event stands for others that were lost."""
        return event.kind == BACKFILL or (self._missed is not None and may_be_in(event))

    def complete(self, task: Task, events: list[CausedEvent], read: Read) -> list[CausedEvent]:
        """The events, with those that were lost before the back-fill's own, and comments at their
        time; the same list, if it has no event of a back-fill. `read`: when the task was read.

        Raises:
            ClickUpMlopsError: ClickUp does not answer now, or the task is gone.
        """
        looks = [caused.event for caused in events if _is_look(caused.event)]
        if not looks:
            return events
        decisive, comments = _choose_look(looks), [*self._comments(looks)]
        completed = [caused for caused in events if caused.event not in looks]
        completed += map(partial(_derived, read), comments)
        completed.sort(key=attrgetter("event.order"))
        if decisive is not None:
            changes = self._of_task(task, decisive, explained=bool(comments))
            completed += map(partial(_derived, read), changes)
        # A look that found nothing of its own is kept: its row ends with the others.
        completed += [CausedEvent(_nothing(event)) for event in looks if event is not decisive]
        return completed

    def remember(self, task: Task, events: Sequence[CausedEvent], read: Read) -> None:
        """Once the events were handled: the task is known, with this thread's next write. `read`:
        when it was read, before anything was written.
        """
        if any(caused.event.kind == BACKFILL for caused in events):
            self._derivation.remember([task], read, wait=False)
        else:
            self._derivation.remember_first(task, read)

    def _comments(self, looks: Sequence[Event]) -> Iterator[Event]:
        asking = [event for event in looks if may_be_in(event)]
        if self._missed is not None and asking:
            # A look that was cut off goes further back than the one after it.
            yield from self._missed.events(min(asking, key=lambda look: look.raw[SINCE]))

    def _of_task(self, task: Task, look: Event, *, explained: bool) -> Iterator[Event]:
        """What was lost, and the look itself, by which automations see all of it at once."""
        if look.raw.get(FIRST) and not self._store.inbox.reported([task.id], 0):
            changes = items.creation(task) if look.raw.get(NEW) else []
            yield from items.of_creation(look.key, task) if changes else ()
            yield replace(look, items=tuple(changes))
            return
        changes = self._changes(task)
        yield from items.of_changes(look.key, task, changes)
        nothing = explained or self._is_explained(task)
        lost_kinds = items.list_lost_kinds(changes) if changes else [] if nothing else [UPDATED]
        yield replace(look, items=tuple(changes), raw={**look.raw, LOST: lost_kinds})

    def _changes(self, task: Task) -> list[HistoryItem]:
        states_before = self._derivation.read_known([task.id])
        differences = self._derivation.differences([task], states_before).get(task.id, ())
        return items.changes(differences, task, states_before[task.id].at_ms) if differences else []

    def _is_explained(self, task: Task) -> bool:
        """Whether an event, or a write of the bot, is as new as the task."""
        at_ms = task.updated_ms
        if self._store.inbox.reported([task.id], at_ms - SLACK_MS):
            return True
        return self._store.journal.wrote_at(task.id, at_ms)


def lost_comments(events: Sequence[CausedEvent]) -> list[Event]:
    """Those of the events that report a comment whose own event was lost."""
    return [
        caused.event
        for caused in events
        if caused.event.kind == POSTED and caused.event.raw.get(DERIVED)
    ]


def _choose_look(looks: Sequence[Event]) -> Event | None:
    """The look that says what was known of the task: the first one if it was new to the bot and was
    cut off, as the next one knows it; else the newest. None: comments alone were missed.
    """
    backfills = [event for event in looks if event.kind == BACKFILL]
    newest = backfills[-1] if backfills else None
    return next((event for event in backfills if event.raw.get(FIRST)), newest)


def _is_look(event: Event) -> bool:
    return event.webhook_id == BACKFILL and not event.raw.get(DERIVED)


def _derived(read: Read, event: Event) -> CausedEvent:
    return CausedEvent(replace(event, raw={**event.raw, DERIVED: read.end_ms}))


def _nothing(event: Event) -> Event:
    return replace(event, raw={**event.raw, LOST: [], DERIVED: True})
