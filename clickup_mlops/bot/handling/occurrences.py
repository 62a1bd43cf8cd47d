"""Which automations are asked about an event: each of them once about each change.

What was evaluated is remembered for each change and automation, with the event for which it was.
That event itself may be handled again (after a crash, a failure, or when somebody replays it);
another event about the same change brings those automations nothing new. What quiet hours hold back
is evaluated for the event that ends them, so that it is not done for the first one, too.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from clickup_mlops.automations.engine import listens
from clickup_mlops.automations.events import BACKFILL
from clickup_mlops.automations.model import Automation, Finding, Held, Problem
from clickup_mlops.automations.occurrence import change_of, changed_ms, offered
from clickup_mlops.bot.handling.context.reader import SLACK_MS
from clickup_mlops.bot.handling.echoes import Heard
from clickup_mlops.bot.lanes.internal_events import HELD, OWN
from clickup_mlops.clickup.model import Event, HistoryItem
from clickup_mlops.store.tables.evaluations import By, Evaluations

Changes = Mapping[str, By]
"""By change: the automations that were evaluated, by the event for which they were."""


class Occurrences:
    """The events of one task that are judged together; knows what was evaluated before.

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

    def offers(
        self, automations: Sequence[Automation], heard: Heard
    ) -> Iterator[tuple[Event, list[Automation]]]:
        """The event as automations see it, with those that see it so, in their order."""
        author = heard.chain[-1][1] if heard.chain else ""
        asked = [
            automation
            for automation in automations
            if listens(automation, heard.event.kind, author)
        ]
        if heard.event.webhook_id == OWN or not heard.event.items:
            yield heard.event, asked
            return
        changes = [change_of(heard.event, item) for item in heard.event.items]
        views = [(self._view(heard.event, changes, automation), automation) for automation in asked]
        news = [(event, automation) for event, automation in views if event is not None]
        for _, same in groupby(news, lambda one: _look(one[0])):
            together = list(same)
            yield together[0][0], [automation for _, automation in together]

    def evaluated(
        self, event: Event, automations: Sequence[Automation], findings: Sequence[Finding]
    ) -> None:
        """These automations were evaluated for the event, as it was offered to them."""
        if event.webhook_id == OWN:  # what an automation was held back from is no change
            return
        names = [automation.name for automation in automations]
        if event.kind == BACKFILL:  # who found nothing to do may want to hear the change itself
            acting = {one.automation for one in findings if not isinstance(one, Problem)}
            self._stand(event.key, [name for name in names if name in acting])
        held = {one.automation for one in findings if isinstance(one, Held)}
        for item in event.items:
            if change := change_of(event, item):
                self._note(change, event.key, [name for name in names if name not in held])
                self._note(change, f"{HELD}:{event.key}", sorted(held))

    def _note(self, change: str, key: str, names: Sequence[str]) -> None:
        by = self._by(change)
        if new := [name for name in names if name not in by.get(key, ())]:
            by.setdefault(key, []).extend(new)
            self._new.add(change)

    def _stand(self, key: str, names: Sequence[str]) -> None:
        """The back-fill stands for every change up to its time, for those who acted on it: of each
        of them only the latest is kept.
        """
        if names:
            old = {k: [n for n in by if n not in names] for k, by in self._by(BACKFILL).items()}
            self._seen[BACKFILL] = {k: by for k, by in old.items() if by} | {key: [*names]}
            self._new.add(BACKFILL)

    def _view(self, event: Event, changes: Sequence[str], automation: Automation) -> Event | None:
        told = zip(event.items, changes, strict=True)
        known = [bool(one) and self._is_known(event, item, one, automation) for item, one in told]
        return offered(event, automation.on, known)

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


def _look(event: Event) -> tuple[str, list[tuple[str, str]]]:
    return event.kind, [(item.id, item.field) for item in event.items]
