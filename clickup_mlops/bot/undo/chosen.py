"""What people have changed since a write of the bot, be it to the value that the bot wrote."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from clickup_mlops.automations.model import Effect
from clickup_mlops.automations.undo import Step
from clickup_mlops.bot.clock import Clock
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import HistoryItem
from clickup_mlops.errors import BadPayload
from clickup_mlops.store import Store
from clickup_mlops.store.tables.overrides import CHANGE

Choices = Mapping[tuple[str, str], int]
"""When people last changed something (Unix ms), by task id and kind of change."""


@dataclass(frozen=True, slots=True)
class People:
    """Reads the events that came in. `me`: the bot's user id, whose own changes are no choices;
    None: not known, so that events prove nothing.
    """

    store: Store
    effects: Mapping[str, Effect]
    me: Callable[[], int | None]
    clock: Clock

    def choices(self, task_ids: Collection[str], since_ms: int) -> Choices:
        """What people changed on these tasks since then. One look into the store."""
        found: dict[tuple[str, str], int] = {}
        me = self.me()
        rows = () if me is None else self.store.inbox.reported(task_ids, since_ms)
        for row in rows:
            for item in _items(row.body):
                if item.user_id not in (None, me):
                    for kind in self._kinds(item):
                        place = row.lane, kind
                        found[place] = max(item.date_ms, found.get(place, 0))
        return found

    def _kinds(self, item: HistoryItem) -> Iterator[str]:
        for effect in self.effects.values():
            if (echo := effect.echo(item)) is not None:
                yield echo[0]

    def chose(self, task_id: str, step: Step, choices: Choices) -> bool:
        """Whether a person has chosen since what this step would undo."""
        written_ms = step.newest.at_ms
        if choices.get((task_id, step.done.kind), 0) > written_ms:
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
