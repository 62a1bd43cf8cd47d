"""Which tags of a task the bot set by itself: they say no more than what made it set them."""

from collections.abc import Collection
from dataclasses import dataclass

from clickup_mlops.bot.handle.alerts import FIRING, read_alerts
from clickup_mlops.bot.write.people import People
from clickup_mlops.clickup.model import Task
from clickup_mlops.store import Store


@dataclass(frozen=True, slots=True)
class BotTags:
    """Costs no call."""

    store: Store
    people: People

    def of(self, task: Task) -> list[str]:
        """Those that the bot set, at the task's creation or later: not at a person's word, and not
        one that was removed and set again by people.
        """
        return [tag for tag in task.tags if self._is_by_bot(task, tag)]

    def alerts_over(self, task: Task, names: Collection[str]) -> bool:
        """Whether alerts fired about the task and none does any more, and the bot set all tags of
        these names that it has.
        """
        if not _named(task, names):
            return False
        states = [alert["state"] for alert in read_alerts(self.store, task.id).values()]
        return bool(states) and FIRING not in states and self.are_all(task, names)

    def are_all(self, task: Task, names: Collection[str]) -> bool:
        """Whether the task has tags of these names, and the bot set all of them."""
        tags = _named(task, names)
        return bool(tags) and all(self._is_by_bot(task, tag) for tag in tags)

    def _is_by_bot(self, task: Task, tag: str) -> bool:
        kind = f"tag:{tag}"
        write = self.store.journal.latest_done(task.id, kind)
        if write is None:
            write = self.store.journal.by_receipt(task.id)
            if write is None or tag not in ((write.after or {}).get("tags") or ()):
                return False
        elif not write.after or write.actor:
            return False
        return not self.people.changed_ms(task.id, (kind,), write.begun_ms)


def _named(task: Task, names: Collection[str]) -> list[str]:
    folded = {name.casefold() for name in names}
    return [tag for tag in task.tags if tag.casefold() in folded]
