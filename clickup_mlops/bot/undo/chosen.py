"""What people have changed since a write of the bot, be it to the value that the bot wrote.

Also by people who share the bot's token: what the bot's user did at a time at which no write of the
bot was under way was not the bot.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from clickup_mlops.automations.model import Effect
from clickup_mlops.automations.undo import Step
from clickup_mlops.bot.clock import Clock
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import HistoryItem
from clickup_mlops.errors import BadPayload
from clickup_mlops.store import Store
from clickup_mlops.store.tables.overrides import CHANGE

Place = tuple[str, str]
"""Task id and kind of change."""


@dataclass(frozen=True, slots=True)
class Choices:
    """When something was last changed (Unix ms): by other people, and by the bot's user."""

    others: dict[Place, int] = field(default_factory=dict)
    own: dict[Place, int] = field(default_factory=dict)

    def note(self, place: Place, at_ms: int, *, own: bool) -> None:
        """It was changed then."""
        times = self.own if own else self.others
        times[place] = max(at_ms, times.get(place, 0))


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
        found, me = Choices(), self.me()
        rows = () if me is None else self.store.inbox.reported(task_ids, since_ms)
        for row in rows:
            for item in _items(row.body):
                for kind in self._kinds(item) if item.user_id is not None else ():
                    found.note((row.lane, kind), item.date_ms, own=item.user_id == me)
        return found

    def _kinds(self, item: HistoryItem) -> Iterator[str]:
        for effect in self.effects.values():
            if (echo := effect.echo(item)) is not None:
                yield echo[0]

    def chose(self, task_id: str, step: Step, choices: Choices) -> bool:
        """Whether a person has chosen since what this step would undo."""
        written_ms, place = step.newest.at_ms, (task_id, step.done.kind)
        if choices.others.get(place, 0) > written_ms:
            return True
        own_ms = choices.own.get(place, 0)
        if own_ms > written_ms and not self.store.journal.wrote_at(task_id, own_ms):
            return True
        if step.done.kind != "priority":
            return False
        kept = self.store.overrides.get(task_id, self.clock())
        by_person = kept is not None and kept.origin == CHANGE and not kept.automation
        return bool(by_person and kept and kept.since_ms > written_ms and kept.set_by != "undo")


def _items(body: bytes) -> tuple[HistoryItem, ...]:
    try:
        return webhook.parse(body).items
    except BadPayload:
        return ()
