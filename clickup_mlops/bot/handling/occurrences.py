"""Which automations are asked about an event: each of them once about each change.

What was evaluated is remembered for each change and automation, with the event for which it was.
That event itself may be handled again (after a crash, a failure, or when somebody replays it);
another event about the same change brings those automations nothing new. What quiet hours hold back
is evaluated for the event that ends them, so that it is not done for the first one, too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from clickup_mlops.automations.events import BACKFILL, OWN
from clickup_mlops.automations.model import Automation, Finding, Held, Problem
from clickup_mlops.automations.occurrence import change_of, changed_ms, view_of
from clickup_mlops.bot.handling.context.reader import SLACK_MS
from clickup_mlops.bot.lanes.internal_events import HELD
from clickup_mlops.clickup.model import Event, HistoryItem
from clickup_mlops.store.tables.evaluations import By, Evaluations

Changes = Mapping[str, By]
"""By change: the automations that were evaluated, by the event for which they were."""


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

    def __init__(self, known: Evaluations, task_id: str) -> None:
        self._known, self._task_id = known, task_id
        self._seen: dict[str, dict[str, list[str]]] = {}
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
        changes = [change_of(event, item) for item in event.items]
        views = [(self._view(event, changes, automation), automation) for automation in listening]
        unknown = [(seen, automation) for seen, automation in views if seen is not None]
        for _, same in groupby(unknown, lambda one: _appearance(one[0])):
            together = list(same)
            seen = together[0][0]
            reported = [change_of(seen, item) for item in seen.items]
            yield View(seen, [automation for _, automation in together], reported)

    def evaluated(self, view: View, findings: Sequence[Finding]) -> None:
        """The automations of the view were evaluated."""
        event, names = view.event, [automation.name for automation in view.automations]
        if event.webhook_id == OWN:  # the end of quiet hours, or a schedule's time, is no change
            return
        if event.kind == BACKFILL:  # who found nothing to do may want the event of the change
            acting = {one.automation for one in findings if not isinstance(one, Problem)}
            self._note_backfill(event.key, [name for name in names if name in acting])
        held = {one.automation for one in findings if isinstance(one, Held)}
        for change in filter(None, view.changes):
            self._note(change, event.key, [name for name in names if name not in held])
            self._note(change, f"{HELD}:{event.key}", sorted(held))

    def _note(self, change: str, key: str, names: Sequence[str]) -> None:
        by = self._by(change)
        if new := [name for name in names if name not in by.get(key, ())]:
            by.setdefault(key, []).extend(new)
            self._new.add(change)

    def _note_backfill(self, key: str, names: Sequence[str]) -> None:
        """The back-fill stands for every change up to its time, for those who acted on it: of each
        of them only the latest is kept.
        """
        if names:
            old = {k: [n for n in by if n not in names] for k, by in self._by(BACKFILL).items()}
            self._seen[BACKFILL] = {k: by for k, by in old.items() if by} | {key: [*names]}
            self._new.add(BACKFILL)

    def _view(self, event: Event, changes: Sequence[str], automation: Automation) -> Event | None:
        items = zip(event.items, changes, strict=True)
        known = [bool(one) and self._is_known(event, item, one, automation) for item, one in items]
        return view_of(event, automation.on, known)

    def _is_known(
        self, event: Event, item: HistoryItem, change: str, automation: Automation
    ) -> bool:
        others = (names for key, names in self._by(change).items() if key != event.key)
        found = (
            names
            for key, names in self._by(BACKFILL).items()
            if changed_ms(key) + SLACK_MS >= item.date_ms
        )
        return any(automation.name in names for names in (*others, *found))

    def _by(self, change: str) -> dict[str, list[str]]:
        if change not in self._seen:
            asked = [one for one in (change, BACKFILL) if one not in self._seen]  # in one look-up
            known = self._known.get(self._task_id, *asked)
            for one in asked:
                self._seen[one] = {key: [*names] for key, names in known.get(one, {}).items()}
        return self._seen[change]


def _appearance(event: Event) -> tuple[str, list[tuple[str, str]]]:
    return event.kind, [(item.id, item.field) for item in event.items]
