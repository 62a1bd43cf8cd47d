"""What people have changed, by the events that came in, be it to the value that the bot wrote.

Also by people who share the bot's token: what the bot's user did at a time at which no write of the
bot was under way was not the bot.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from clickup_mlops.automations.events import DERIVED
from clickup_mlops.automations.model import Effect
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.write.inverse import Step
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import Event, HistoryItem
from clickup_mlops.errors import BadPayload
from clickup_mlops.json_types import Json
from clickup_mlops.store import Store
from clickup_mlops.store.journal_rows import Write
from clickup_mlops.store.tables.overrides import CHANGE

Place = tuple[str, str]
"""Task id and kind of change."""


class Reported(NamedTuple):
    """A change of a place: when (Unix ms), and to what."""

    at_ms: int
    after: Json


@dataclass(frozen=True, slots=True)
class Choices:
    """The last change of each place by other people, and by the bot's user."""

    by_others: dict[Place, Reported] = field(default_factory=dict)
    by_own_user: dict[Place, Reported] = field(default_factory=dict)

    def note(self, place: Place, change: Reported, *, is_own_user: bool) -> None:
        """Record a change of the place; an older one than the last is ignored."""
        last = self.by_own_user if is_own_user else self.by_others
        if place not in last or change.at_ms > last[place].at_ms:
            last[place] = change


@dataclass(frozen=True, slots=True)
class People:
    """Reads the events that came in. `me`: the bot's user id; None: not known, so that events prove
    nothing.
    """

    store: Store
    effects: Mapping[str, Effect]
    me: Callable[[], int | None]
    clock: Clock

    def choices(self, task_ids: Collection[str], since_ms: int) -> Choices:
        """What was changed on these tasks since then. One look into the store."""
        choices, me = Choices(), self.me()
        rows = () if me is None else self.store.inbox.reported(task_ids, since_ms)
        for row in rows:
            for item in _items(row.body):
                for kind, after in self._changes(item) if item.user_id is not None else ():
                    change = Reported(item.date_ms, after)
                    choices.note((row.lane, kind), change, is_own_user=item.user_id == me)
        return choices

    def is_reported(self, row: int, write: Write, since_ms: int) -> bool:
        """Whether an event since then reports this write of the bot, which is number `row`."""
        me, match = self.me(), self.store.journal.match_echo
        reported = self.store.inbox.reported([write.task_id], since_ms)
        for item in (item for row_of_event in reported for item in _items(row_of_event.body)):
            if item.user_id == me and (write.kind, write.after) in self._changes(item):
                of = match(write.task_id, write.kind, write.after, item.date_ms, wait=False)
                if of is not None and of.id == row:
                    return True
        return False

    def _changes(self, item: HistoryItem) -> Iterator[tuple[str, Json]]:
        for effect in self.effects.values():
            if (echo := effect.echo(item)) is not None:
                yield echo

    def chose(self, task_id: str, step: Step, choices: Choices) -> bool:
        """Whether a person wants what this step would undo: chosen since, or just before by
        somebody of whom the bot did not know yet, so that its write changed nothing.
        """
        written_ms, place = step.newest.at_ms, (task_id, step.change.kind)
        if self._by_person(place, choices, written_ms, step.change.after):
            return True
        if step.change.kind != "priority":
            return False
        override = self.store.overrides.get(task_id, self.clock())
        by_person = override is not None and override.origin == CHANGE and not override.automation
        return bool(
            by_person and override and override.since_ms > written_ms and override.set_by != "undo"
        )

    def _by_person(self, place: Place, choices: Choices, written_ms: int, after: Json) -> bool:
        by_others, by_own_user = choices.by_others.get(place), choices.by_own_user.get(place)
        if by_others is not None and by_others.at_ms > written_ms:
            return True
        last = max(
            filter(None, (by_others, by_own_user)), default=None, key=lambda change: change.at_ms
        )
        if last is None or (last.at_ms <= written_ms and last.after != after):
            return False
        return last is by_others or not self.store.journal.wrote_at(place[0], last.at_ms)

    def derived(self, events: Iterable[Event]) -> dict[str, int]:
        """The kinds of change that nobody has reported, but a back-fill has derived from the task;
        with the latest time at which each may have happened.
        """
        items = (item for event in events if DERIVED in event.raw for item in event.items)
        return {kind: item.date_ms for item in items for kind, _ in self._changes(item)}

    def changed_ms(self, task_id: str, kinds: Collection[str], since_ms: int) -> int:
        """When a person last changed one of these kinds since then; 0: nobody did."""
        choices = self.choices([task_id], since_ms)
        times = [choices.by_others[place].at_ms for place in choices.by_others if place[1] in kinds]
        own_times = [
            choices.by_own_user[place].at_ms for place in choices.by_own_user if place[1] in kinds
        ]
        times += [at for at in own_times if not self.store.journal.wrote_at(task_id, at)]
        return max(times, default=0)


def _items(body: bytes) -> tuple[HistoryItem, ...]:
    try:
        return webhook.parse(body).items
    except BadPayload:
        return ()
