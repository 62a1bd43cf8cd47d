"""Notes what people show of the first week, as the pipeline reads their events."""

from collections.abc import Callable, Iterable, Sequence

from clickup_mlops.bot.caused_event import CausedEvent
from clickup_mlops.bot.ports import EventConsumer
from clickup_mlops.clickup.model import Event, Task
from clickup_mlops.features.onboarding.lessons import CONSENT, Observation, observe
from clickup_mlops.features.onboarding.tables.lessons import Lessons
from clickup_mlops.store import Incoming, Store

_BREACH = "breach"
"""Tier of a decision because of a breached objective."""


class Observer(EventConsumer):
    """`workspace` gives the Workspace's id."""

    def __init__(self, store: Store, workspace: Callable[[], str]) -> None:
        self._store, self._workspace = store, workspace

    def read(
        self,
        rows: Sequence[Incoming],
        events: Sequence[CausedEvent],
        task: Task | None,
        evaluated: Iterable[CausedEvent] = (),
    ) -> None:
        """Events that the bot caused show nothing of people."""
        of_people = [caused.event for caused in events if not caused.chain]
        if not any(item.user_id is not None for event in of_people for item in event.items):
            return
        is_breached = task is not None and self._is_breached(task)
        observed = set(observe(of_people, task, is_breached=is_breached))
        self._store.table(Lessons).add(self._workspace(), observed)
        if task is not None and CONSENT in task.tags:
            self._note_consent(of_people, task)

    def _is_breached(self, task: Task) -> bool:
        decided = self._store.decisions.latest(task.id)
        return decided is not None and decided.body.get("tier") == _BREACH

    def _note_consent(self, events: Iterable[Event], task: Task) -> None:
        """Whoever closes the task agrees; whoever opens it again does not any more."""
        lessons, workspace = self._store.table(Lessons), self._workspace()
        for event in events:
            for item in event.items:
                if item.field == "status" and item.user_id is not None:
                    if task.is_open:
                        lessons.withdraw(workspace, item.user_id)
                    else:
                        agreed = Observation(item.user_id, CONSENT, item.date_ms)
                        lessons.add(workspace, [agreed])
