"""Which automations are asked about an event: each of them once about each change.

What was evaluated is remembered for each change and automation, with the event for which it was.
That event itself may be handled again (after a crash, a failure, or when somebody replays it);
another event about the same change brings those automations nothing new. What quiet hours hold back
is evaluated for the event that ends them, so that it is not done for the first one, too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from operator import itemgetter
from types import MappingProxyType
from typing import Final

from clickup_mlops.automations.events import BACKFILL, DERIVED, LOST, OWN
from clickup_mlops.automations.model import Automation, Finding, Held, Problem
from clickup_mlops.automations.occurrence import (
    COMMENT,
    OTHER,
    change_of,
    changed_ms,
    is_valued,
    items_left,
    list_kinds,
    place_of,
    view_of,
)
from clickup_mlops.bot.internal_events import HELD
from clickup_mlops.clickup.model import Event, HistoryItem
from clickup_mlops.clickup.webhook import SLACK_MS
from clickup_mlops.store.tables.evaluations import By, Evaluations

Changes = Mapping[str, By]
"""By change: the automations that were evaluated, by the event for which they were."""
_Left = tuple[tuple[HistoryItem, ...], tuple[str, ...]]
"""What is new of an event, and the kinds as which it may be seen."""
_NEW: Final = ()
"""In place of a flag for each item: nobody has seen any."""


@dataclass(frozen=True, slots=True)
class View:
    """An event as these automations see it; `changes` are what it reports to them."""

    event: Event
    automations: Sequence[Automation]
    changes: Sequence[str] = ()


class Occurrences:
    """The events of one task that are evaluated together; knows what was evaluated before.

    `changes` is what has to be remembered once everything that they ask for is done.
    """

    def __init__(
        self,
        evaluations: Evaluations,
        task_id: str,
        changes: Iterable[str] = (),
        stored: Changes = MappingProxyType({}),
    ) -> None:
        """`stored`: what is known of these `changes`; others are looked up."""
        self._evaluations, self._task_id = evaluations, task_id
        self._seen: dict[str, dict[str, list[str]]] = {
            change: {key: [*names] for key, names in stored.get(change, {}).items()}
            for change in changes
        }
        self._new: set[str] = set()

    @property
    def changes(self) -> Changes:
        """What was evaluated here, together with what was before."""
        return {change: self._seen[change] for change in sorted(self._new)}

    def views(self, event: Event, listening: Sequence[Automation]) -> Iterator[View]:
        """The event as the automations that listen see it, in their order."""
        if event.webhook_id == OWN or not event.items:
            yield View(event, listening)
            return
        seen_by = [self._seen_by(event, item) for item in event.items]
        is_new = not any(seen_by)
        left: dict[tuple[bool, ...], _Left] = {}
        appearances = []
        for automation in listening:
            flags = _NEW if is_new else tuple(automation.name in names for names in seen_by)
            if flags not in left:
                items = items_left(event, flags or (False,) * len(event.items))
                left[flags] = items, list_kinds(event, items)
            items, kinds = left[flags]
            if items:
                kind = next((kind for kind in kinds if kind in automation.on), event.kind)
                appearances.append(((kind, items), automation))
        for appearance, group in groupby(appearances, itemgetter(0)):
            visible_event = view_of(event, *appearance)
            reported = [change_of(visible_event, item) for item in visible_event.items]
            yield View(visible_event, [automation for _, automation in group], reported)

    def evaluated(self, view: View, findings: Sequence[Finding]) -> None:
        """The automations of the view were evaluated."""
        event, names = view.event, [automation.name for automation in view.automations]
        if event.webhook_id == OWN:  # the end of quiet hours, or a schedule's time, is no change
            return
        if event.webhook_id == BACKFILL:  # who found nothing to do may want the event of the change
            acting = {
                finding.automation for finding in findings if not isinstance(finding, Problem)
            }
            for place, key in _places(event):
                self._note_backfill(place, key, [name for name in names if name in acting])
        held = {finding.automation for finding in findings if isinstance(finding, Held)}
        for change in filter(None, view.changes):
            self._note(change, event.key, [name for name in names if name not in held])
            self._note(change, f"{HELD}:{event.key}", sorted(held))

    def _note(self, change: str, key: str, names: Sequence[str]) -> None:
        by = self._by(change)
        if new := [name for name in names if name not in by.get(key, ())]:
            by.setdefault(key, []).extend(new)
            self._new.add(change)

    def _note_backfill(self, place: str, key: str, names: Sequence[str]) -> None:
        """What a back-fill found stands for every change of the place up to its time, for those who
        acted on it: of each of them only the latest is kept.
        """
        if names:
            old = {k: [n for n in by if n not in names] for k, by in self._by(place).items()}
            self._seen[place] = {k: by for k, by in old.items() if by} | {key: [*names]}
            self._new.add(place)

    def _seen_by(self, event: Event, item: HistoryItem) -> frozenset[str]:
        """The automations that were evaluated for what the item reports, because of other events
        or of what a back-fill found.
        """
        if not (change := change_of(event, item)):
            return frozenset()
        place = _place(item)
        by = self._by(change, place)
        seen = [names for key, names in by.items() if key != event.key]
        if event.webhook_id != BACKFILL and item.field != COMMENT:
            # Of a comment, and of what it derives itself, a back-fill says nothing.
            seen += [
                names
                for known_place in (BACKFILL, place)
                for key, names in self._by(known_place).items()
                if changed_ms(key) + SLACK_MS >= item.date_ms
            ]
        return frozenset(chain.from_iterable(seen))

    def _by(self, change: str, *more: str) -> dict[str, list[str]]:
        """`more`: what is asked next, so that all of it is one look-up."""
        if change not in self._seen:
            unread = [name for name in (change, *more, BACKFILL) if name not in self._seen]
            stored = self._evaluations.get(self._task_id, *unread)
            for name in unread:
                self._seen[name] = {key: [*names] for key, names in stored.get(name, {}).items()}
        return self._seen[change]


def list_changes(events: Iterable[Event]) -> frozenset[str]:
    """The changes about which `Occurrences` will ask for these events."""
    changes = {BACKFILL}
    for event in events:
        if event.webhook_id != OWN:
            changes |= {change_of(event, item) for item in event.items}
            changes |= {_place(item) for item in event.items}
    return frozenset(changes)


def _place(item: HistoryItem) -> str:
    return f"{BACKFILL}:{place_of(item)}"


def _places(event: Event) -> list[tuple[str, str]]:
    """What a back-fill's event stands for, each with a key that ends with the time up to which it
    does: all of a task of which nothing was known, what a task does not show, or what its items are
    about. A comment is known by its id.
    """
    if event.kind == BACKFILL:
        place = BACKFILL if event.raw.get(LOST) is None else f"{BACKFILL}:{OTHER}"
        return [(place, event.key)]
    places = [_place(item) for item in event.items if item.field != COMMENT]
    return [(place, f"{event.key}:{_until_ms(event, place)}") for place in places]


def _until_ms(event: Event, place: str) -> int:
    """A task may show a change before it says that it has changed, but not before it was read."""
    read_ms = event.raw.get(DERIVED)
    changed_ms = event.date_ms or 0
    if is_valued(place.partition(":")[2]) and isinstance(read_ms, int):
        return max(changed_ms, read_ms)
    return changed_ms
